#include "harness/wire/readiness.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace splitproof::harness {

namespace {

constexpr int told_at_once_max = 64;

std::uint32_t events_of(Wanted wanted) {
  return (wanted.reads ? EPOLLIN : 0U) | (wanted.writes ? EPOLLOUT : 0U);
}

}  // namespace

Readiness::Readiness() : kernel_(::epoll_create1(EPOLL_CLOEXEC)) {}

bool Readiness::ask(const FileHandle& socket, std::uint64_t tag, Wanted before, Wanted now) {
  if (before == now) return true;
  epoll_event event{};
  event.events = events_of(now);
  event.data.u64 = tag;
  int how = EPOLL_CTL_MOD;
  if (!before.is_something()) how = EPOLL_CTL_ADD;
  if (!now.is_something()) how = EPOLL_CTL_DEL;
  return ::epoll_ctl(kernel_.get(), how, socket.get(), &event) == 0;
}

bool Readiness::wait(std::vector<News>& news) {
  std::array<epoll_event, told_at_once_max> told;
  const int count = ::epoll_wait(kernel_.get(), told.data(), told_at_once_max, -1);
  if (count < 0) return errno == EINTR;
  for (int i = 0; i < count; ++i) {
    const epoll_event& one = told[static_cast<std::size_t>(i)];
    const bool can_only_be_written = one.events == EPOLLOUT;
    news.push_back({one.data.u64, !can_only_be_written});
  }
  return true;
}

}  // namespace splitproof::harness
