#include "harness/program/wire_mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "harness/run/failure.h"

namespace splitproof::harness {

WireMailbox::WireMailbox() : call_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!call_.is_open()) throw HarnessFailure("the system gives no event for the proxy");
}

void WireMailbox::put(WireNotice notice) {
  const std::lock_guard guard(mutex_);
  notices_.push_back(std::move(notice));
  const std::uint64_t one = 1;
  static_cast<void>(::write(call_.get(), &one, sizeof(one)));
}

std::optional<WireNotice> WireMailbox::take() {
  const std::lock_guard guard(mutex_);
  if (notices_.empty()) return std::nullopt;
  WireNotice notice = std::move(notices_.front());
  notices_.pop_front();
  std::uint64_t calls = 0;
  if (notices_.empty()) static_cast<void>(::read(call_.get(), &calls, sizeof(calls)));
  return notice;
}

void WireMailbox::clear() {
  while (take()) {
  }
}

WireVerdict WireMailbox::before(int connection, const WireUnit& unit) {
  put({.kind = WireNotice::Kind::asked, .connection = connection, .unit = unit});
  return WireVerdict::hold;
}

WireVerdict WireMailbox::after(int connection, const WireUnitEnd& end) {
  put({.kind = WireNotice::Kind::answered, .connection = connection, .end = end});
  return WireVerdict::hold;
}

WireVerdict WireMailbox::opened(int connection, const FirstMessage& first) {
  const bool is_session = first.kind == FirstMessage::Kind::session;
  put({.kind = is_session ? WireNotice::Kind::opened : WireNotice::Kind::cancels,
       .connection = connection});
  return is_session ? WireVerdict::hold : WireVerdict::pass;
}

void WireMailbox::known_as(int connection, const BackendKey& key) {
  put({.kind = WireNotice::Kind::known, .connection = connection, .key = key});
}

void WireMailbox::ready(int connection) {
  put({.kind = WireNotice::Kind::ready, .connection = connection});
}

void WireMailbox::left(int connection) {
  put({.kind = WireNotice::Kind::left, .connection = connection});
}

void WireMailbox::answered_us(int connection, const WireReply& reply) {
  put({.kind = WireNotice::Kind::replied, .connection = connection, .reply = reply});
}

void WireMailbox::closed(int connection) {
  put({.kind = WireNotice::Kind::closed, .connection = connection});
}

}  // namespace splitproof::harness
