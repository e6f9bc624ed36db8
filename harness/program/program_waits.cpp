// How a conversation waits: for what the proxy shows, for the answer of one connection, and for the
// end of the program; and how it goes on with one connection while another one waits.
//
// A program's statements are sent one after the other, also where it has several connections, so
// that they are counted in one order. But one that waits for what only the program can do, such as
// the end of another connection's transaction, is left under way, and the program goes on. What
// ends then is written down from the last sent on, whichever the server has answered first.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <csignal>

#include "harness/program/program_conversation.h"
#include "harness/run/failure.h"

namespace splitproof::harness {

namespace {

// How often a connection that waits is asked about while another one of the program wants to go on.
constexpr std::chrono::milliseconds question_every{10};
// Longer than any statement may run; behind it the server itself is not to be trusted.
constexpr std::chrono::minutes patience{10};
// How long a connection may stay open whose program has ended.
constexpr std::chrono::seconds last_words_time{5};

bool asks(const WireNotice& notice) {
  return notice.kind == WireNotice::Kind::asked || notice.kind == WireNotice::Kind::opened;
}

}  // namespace

// A program's time is what it spends by itself: while a statement runs, or another session has its
// turn, its clock stands still.
void ProgramConversation::wait(bool for_program) {
  if (!under_way_.empty()) return wait_for_server();
  const std::chrono::milliseconds limit = stage_.program.time_limit;
  const sim::Deadline deadline(for_program ? std::max(limit - program_time_, limit * 0)
                                           : std::chrono::milliseconds(last_words_time));
  const std::chrono::milliseconds before = deadline.left();
  pollfd asked[] = {{stage_.mailbox.descriptor(), POLLIN, 0}, {process_.descriptor(), POLLIN, 0}};
  ::poll(asked, for_program ? 2 : 1, static_cast<int>(before.count()));
  if (!for_program) {
    if (!deadline.passed()) return;
    // Somebody whom the program has started, and who has left its group, holds a connection.
    if (std::exchange(is_left_behind_, true)) fail("a program's connections cannot be closed");
    for (auto& [link, wire] : wires_) cut(wire);
    return;
  }
  program_time_ += before - deadline.left();
  if (!deadline.passed() || process_.has_ended()) return;
  end_over_time();
}

void ProgramConversation::wait_for_server() {
  pollfd asked{stage_.mailbox.descriptor(), POLLIN, 0};
  if (::poll(&asked, 1, static_cast<int>(question_every.count())) != 0) return;
  go_on_with_others(*under_way_.back().wire);
  const bool is_over =
      std::ranges::any_of(under_way_, [](const UnderWay& one) { return one.limit.passed(); });
  if (is_over && !over_time_) end_over_time();
}

// A backend notices that its client has gone only when its statement has ended.
void ProgramConversation::end_over_time() {
  over_time_ = true;
  process_.signal(SIGKILL);
  for (auto& [link, wire] : wires_) {
    tell(wire, [](Link& one) { one.cut(); });
    if (!wire.closed && wire.backend > 0) terminate_backend(wire);
  }
}

std::optional<WireNotice> ProgramConversation::early(const Wire& wire, Kind kind) {
  const auto came = std::ranges::find_if(early_, [&](const WireNotice& notice) {
    return notice.connection == wire.link && notice.kind == kind;
  });
  if (came == early_.end()) return std::nullopt;
  WireNotice notice = std::move(*came);
  early_.erase(came);
  return notice;
}

// Whoever looks at the sessions of others while a statement runs must find them as they are: what
// they open and close is dealt with behind it.
std::optional<WireNotice> ProgramConversation::await(Wire& wire, Kind kind) {
  const sim::Deadline deadline(patience);
  sim::Deadline limit(stage_.program.time_limit);
  while (!deadline.passed()) {
    if (std::optional<WireNotice> came = early(wire, kind)) return came;
    if (wire.closed) return std::nullopt;
    const std::optional<WireNotice> notice = stage_.mailbox.take();
    if (!notice) {
      pollfd asked{stage_.mailbox.descriptor(), POLLIN, 0};
      ::poll(&asked, 1, static_cast<int>(question_every.count()));
      go_on_with_others(wire);
      if (waits_for_others()) limit = sim::Deadline(stage_.program.time_limit);
      if (!over_time_ && limit.passed()) end_over_time();
      continue;
    }
    const bool is_its = notice->connection == wire.link;
    if (is_its && notice->kind == kind) return notice;
    if (is_its && notice->kind == Kind::closed) {
      wire.closed = true;
      return std::nullopt;
    }
    const bool can_wait = notice->kind == Kind::ready || notice->kind == Kind::closed;
    if (can_wait && stage_.turns != nullptr) {
      deferred_.push_back(*notice);
    } else {
      note_or_defer(*notice);
    }
  }
  fail("the server does not answer");
}

void ProgramConversation::note_or_defer(const WireNotice& notice) {
  if (asks(notice)) {
    deferred_.push_back(notice);
  } else {
    note(notice);
  }
}

bool ProgramConversation::handle_deferred() {
  if (deferred_.empty()) return false;
  const WireNotice notice = std::move(deferred_.front());
  deferred_.pop_front();
  handle(notice);
  return true;
}

// A statement that waits for what only the program can do goes on when the program goes on
// elsewhere: it lets another connection's lock go, or sends the data of a COPY.
bool ProgramConversation::waits_for_program(const Wire& wire) {
  const sim::Answer<sim::Rows> rows = world_.query(
      {"SELECT array_to_string(pg_blocking_pids($1::int), ','), coalesce(wait_event_type = "
       "'Client' AND state = 'active', false) FROM pg_stat_get_activity($1::int)",
       {wire.backend}});
  if (!rows.ok()) fail("the server cannot be asked: " + rows.error().message);
  if (rows.value().rows.empty()) return false;
  if (sim::to_string(rows.value().rows[0][1]) == "t") return true;
  const std::string blockers = "," + sim::to_string(rows.value().rows[0][0]) + ",";
  return std::ranges::any_of(wires_, [&](const auto& entry) {
    return blockers.find(fmt::format(",{},", entry.second.backend)) != std::string::npos;
  });
}

void ProgramConversation::go_on_with_others(const Wire& last) {
  const bool may_go_on = !deferred_.empty() || !early_.empty();
  if (!may_go_on || stage_.turns != nullptr || last.backend == 0) return;
  if (!waits_for_program(last)) return;
  // Its transaction may be what `last` waits for.
  for (std::size_t place = under_way_.size(); place-- > 0;) {
    if (finish(place)) return;
  }
  handle_deferred();
}

bool ProgramConversation::finish(std::size_t place) {
  Wire& wire = *under_way_[place].wire;
  const std::optional<WireNotice> answer = early(wire, Kind::answered);
  if (!answer && !wire.closed) return false;
  const Going going = std::move(under_way_[place].going);
  under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(place));
  if (answer) {
    deliver(wire, going, answer->end);
  } else {
    note_gone(wire, going, 0, nullptr);
  }
  return true;
}

}  // namespace splitproof::harness
