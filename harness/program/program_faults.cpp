// What strikes a program: at what it asks the server, and itself.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <csignal>

#include "harness/program/program_conversation.h"
#include "harness/run/failure.h"
#include "sim/process/deadline.h"

namespace splitproof::harness {

namespace {

std::string failing_statement(const RaiseError& fault) {
  return fmt::format(
      "DO $splitproof$BEGIN RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = '{}'; END$splitproof$",
      fault.code, planned_message(fault));
}

// How long a program that was asked to end, and has no handler for it, may take.
constexpr std::chrono::milliseconds end_time{10'000};
// How long one with a handler is waited for; those of whole runtimes end at once.
constexpr std::chrono::milliseconds handler_time{1'000};

}  // namespace

void ProgramConversation::strike(Wire& wire, Going& going, const Fault& fault, bool is_last) {
  const Step& step = going.steps.back();
  if (const auto* error = std::get_if<RaiseError>(&fault)) return raise(wire, going, *error);
  if (std::holds_alternative<DropConnection>(fault)) {
    if (!send_up_to(wire, going)) return;
    record(wire, step, &fault, no_answer);
    return cut(wire);
  }
  if (const auto* ended = std::get_if<TerminateBackend>(&fault)) {
    return terminate(wire, going, fault, ended->after, is_last);
  }
  if (std::holds_alternative<StopProcess>(fault)) return stop(wire, going, fault);
  if (const auto* crashed = std::get_if<CrashServer>(&fault)) {
    return crash(wire, going, *crashed, is_last);
  }
  if (std::holds_alternative<KillProcess>(fault) || std::holds_alternative<EndProcess>(fault)) {
    return strike_process(wire, going, fault, is_last);
  }
  lose_reply(wire, going, fault, is_last);
}

void ProgramConversation::fill_disk(Going& going, const Fault& fault) {
  const sim::Status filled = world_.fill_disk();
  if (!filled.ok()) fail("the disk cannot be filled: " + filled.error().message);
  going.full = &fault;
  going.full_at = going.steps.size() - 1;
}

void ProgramConversation::free_disk() {
  const sim::Status freed = world_.free_disk();
  if (!freed.ok()) fail("the disk cannot be emptied: " + freed.error().message);
}

// The statements of the unit before the struck one, which the server runs.
bool ProgramConversation::send_up_to(Wire& wire, const Going& going) {
  const std::size_t before = going.steps.size() - 1;
  if (before == 0) return true;
  const auto end = sent_and_answered(wire, [before](Link& link) { link.send_first(before); });
  if (!end) {
    note_gone(wire, going, 0, nullptr);
    return false;
  }
  Going first = going;
  first.steps.pop_back();
  first.stays = true;
  record_answers(wire, first, *end, before, nullptr);
  return true;
}

// Those, and the struck one; nothing is delivered. With `writes_down` the struck one is written
// down with its answer.
bool ProgramConversation::send_through(Wire& wire, Going& going, const Fault& fault, bool is_last,
                                       bool writes_down) {
  const std::size_t count = going.steps.size();
  const Step& step = going.steps.back();
  if (step.what.statement.kind() == sim::StatementKind::commit && !writes_down) note_xid(wire);
  const auto end = sent_and_answered(wire, [count, is_last](Link& link) {
    if (is_last) {
      link.send_on();
    } else {
      link.send_first(count);
    }
  });
  if (!end) {
    note_gone(wire, going, 0, &fault);
    return false;
  }
  going.stays = going.stays || !is_last;
  record_answers(wire, going, *end, writes_down ? count : count - 1, &fault);
  if (writes_down) return true;
  record(wire, step, &fault, no_answer);
  const std::size_t before = told_.transactions.size();
  forget_unanswered(wire, step);
  const std::int64_t xid = std::exchange(xid_, 0);
  if (told_.transactions.size() > before) xids_.emplace_back(before, xid);
  return true;
}

void ProgramConversation::note_xid(const Wire& wire) {
  const sim::Answer<sim::Rows> rows = world_.query(
      {"SELECT backend_xid::text::bigint FROM pg_stat_get_activity($1::int)", {wire.backend}});
  if (!rows.ok()) fail("the server cannot be asked: " + rows.error().message);
  xid_ = 0;
  if (rows.value().rows.empty()) return;
  const auto* const xid = std::get_if<std::int64_t>(&rows.value().rows.front().front());
  if (xid != nullptr) xid_ = *xid;
}

void ProgramConversation::raise(Wire& wire, const Going& going, const RaiseError& fault) {
  const std::size_t place = going.steps.size() - 1;
  const std::string sql = failing_statement(fault);
  auto end = sent_and_answered(wire, [place, sql](Link& link) { link.send_failing(place, sql); });
  const Fault planned = fault;
  if (!end) return note_gone(wire, going, 0, &planned);
  const bool is_raised = end->answers.size() > place &&
                         end->answers[place].end == WireEnd::refused &&
                         end->answers[place].error.code == fault.code;
  // Where a statement before it is refused by itself, nothing behind that one is run.
  const bool is_reached = std::ranges::all_of(
      end->answers.begin(),
      end->answers.begin() + static_cast<std::ptrdiff_t>(std::min(place, end->answers.size())),
      [](const WireAnswer& answer) { return answer.end != WireEnd::refused; });
  if (!is_raised && is_reached) {
    fail(fmt::format("the planned error {} could not be raised", fault.code));
  }
  // A COMMIT that fails ends its transaction.
  const bool is_commit = going.steps.back().what.statement.kind() == sim::StatementKind::commit;
  if (is_commit && is_raised && !going.stays) {
    if (!ask(wire, "ROLLBACK")) fail("a failed transaction could not be ended");
    tell(wire, [](Link& link) { link.show_idle(); });
    end->status = 'I';
  }
  record_answers(wire, going, *end, place + 1, &planned);
  tell(wire, [](Link& link) { link.deliver(); });
}

void ProgramConversation::lose_reply(Wire& wire, Going& going, const Fault& fault, bool is_last) {
  if (!send_through(wire, going, fault, is_last, false)) return;
  if (std::holds_alternative<TearReply>(fault)) {
    tell(wire, [](Link& link) { link.deliver_half(); });
    return lose(wire);
  }
  if (std::holds_alternative<DelayReply>(fault)) delay(wire);
  cut(wire);
}

// Until the program gives up: it closes the connection, asks for a cancellation, which the server
// gets too late, or ends. One that waits for longer than it says is cut all the same.
void ProgramConversation::delay(Wire& wire) {
  const sim::Deadline deadline(2 * stage_.program.own_timeout + std::chrono::seconds(1));
  has_cancelled_ = false;
  const auto has_given_up = [&] { return has_cancelled_ || wire.left || process_.has_ended(); };
  while (!deadline.passed() && !wire.closed && !has_given_up()) {
    if (const std::optional<WireNotice> notice = stage_.mailbox.take()) {
      const bool waits = notice->kind == Kind::asked || notice->kind == Kind::opened;
      // On another connection it goes on, and has given this one up.
      if (waits) {
        deferred_.push_back(*notice);
        return;
      }
      note(*notice);
      continue;
    }
    pollfd asked[] = {{stage_.mailbox.descriptor(), POLLIN, 0}, {process_.descriptor(), POLLIN, 0}};
    ::poll(asked, 2, static_cast<int>(deadline.left().count()));
  }
}

void ProgramConversation::terminate_backend(Wire& wire) {
  const sim::Answer<sim::Rows> ended =
      world_.query({"SELECT pg_terminate_backend($1::int)", {wire.backend}});
  if (!ended.ok()) fail("a backend cannot be ended: " + ended.error().message);
  wait_until_gone(wire);
}

void ProgramConversation::terminate(Wire& wire, Going& going, const Fault& fault, bool after,
                                    bool is_last) {
  if (after) {
    if (!send_through(wire, going, fault, is_last, true)) return;
    if (is_last) tell(wire, [](Link& link) { link.deliver(); });
  } else {
    if (!send_up_to(wire, going)) return;
    record(wire, going.steps.back(), &fault, no_answer);
  }
  lose(wire);
  terminate_backend(wire);
  if (!after || !is_last) tell(wire, [](Link& link) { link.give_up(); });
}

void ProgramConversation::stop(Wire& wire, Going& going, const Fault& fault) {
  if (!send_up_to(wire, going)) return;
  process_.stop();
  record(wire, going.steps.back(), &fault, no_answer);
  lose(wire);
  terminate_backend(wire);
  tell(wire, [](Link& link) { link.give_up(); });
  process_.go_on();
}

void ProgramConversation::crash(Wire& wire, Going& going, const CrashServer& fault, bool is_last) {
  using When = CrashServer::When;
  const Fault planned = fault;
  if (fault.when == When::before) {
    if (!send_up_to(wire, going)) return;
    record(wire, going.steps.back(), &planned, no_answer);
  } else if (!send_through(wire, going, planned, is_last, fault.when == When::after)) {
    return;
  }
  crashed_ = true;
  const std::int64_t backend = wire.backend;
  for (auto& [link, one] : wires_) {
    lose(one);
    one.backend = 0;
  }
  const sim::Status crashed = world_.crash(fault.how, backend);
  if (!crashed.ok()) fail("the server cannot be crashed: " + crashed.error().message);
  const bool answers = fault.when == When::after && is_last;
  tell(wire, [answers](Link& link) {
    if (answers) {
      link.deliver();
    } else {
      link.cut();
    }
  });
}

// Whether the program ends by this signal within the time that those take who are asked to.
bool ProgramConversation::ends_by(int number) {
  const bool must_end = number == SIGKILL || !process_.handles(number);
  process_.signal(number);
  pollfd ended{process_.descriptor(), POLLIN, 0};
  const std::chrono::milliseconds time = must_end ? end_time : handler_time;
  if (::poll(&ended, 1, static_cast<int>(time.count())) == 1) return true;
  if (must_end) process_.signal(SIGKILL);
  return must_end;
}

void ProgramConversation::strike_process(Wire& wire, Going& going, const Fault& fault,
                                         bool is_last) {
  const auto* const kills = std::get_if<KillProcess>(&fault);
  const bool after = kills != nullptr ? kills->after : std::get<EndProcess>(fault).after;
  const Step& step = going.steps.back();
  const bool connects = step.point.place == PointKind::connect;
  if (after) {
    if (!send_through(wire, going, fault, is_last, true)) return;
  } else if (!connects && !send_up_to(wire, going)) {
    return;
  }
  if (ends_by(kills != nullptr ? SIGKILL : SIGTERM)) {
    killed_ = true;
    killed_how_ = fmt::format("the program was {} {} statement {}",
                              kills != nullptr ? "killed" : "ended by SIGTERM",
                              after ? "after" : "before", step.point.statement);
    if (!after) record(wire, step, &fault, "not sent: the process is killed");
    for (auto& [link, one] : wires_) cut(one);
    return;
  }
  // It has a handler of its own, and goes on for a while.
  if (connects) {
    record(wire, step, &fault, "ok");
    return tell(wire, [](Link& link) { link.send_on(); });
  }
  if (!after) {
    if (going.steps.size() > 1) {
      record(wire, step, &fault, no_answer);
      return cut(wire);
    }
    if (!send_through(wire, going, fault, is_last, true)) return;
  }
  if (is_last) return tell(wire, [](Link& link) { link.deliver(); });
  cut(wire);
}

}  // namespace splitproof::harness
