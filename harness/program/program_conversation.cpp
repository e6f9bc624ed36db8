// The loop of an attempt: what the proxy shows is taken in its order until the program has ended.
#include "harness/program/program_conversation.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "harness/run/failure.h"

namespace splitproof::harness {

ProgramConversation::~ProgramConversation() {
  for (auto& [link, wire] : wires_) {
    if (wire.session != nullptr) world_.part_from(*wire.session);
    if (wire.session != nullptr && stage_.turns != nullptr) {
      stage_.turns->sessions.remove(*wire.session);
    }
    tell(wire, [](Link& one) { one.cut(); });
  }
}

void ProgramConversation::fail(const std::string& what) const {
  throw HarnessFailure(fmt::format("{} (operation {} of a program)", what, told_.operation + 1));
}

void ProgramConversation::run() {
  const auto is_over = [this] {
    return std::ranges::all_of(wires_, [](const auto& entry) { return entry.second.closed; });
  };
  std::optional<sim::ExitStatus> status;
  while (true) {
    if (under_way_.empty() ? handle_deferred() : finish(under_way_.size() - 1)) continue;
    if (const std::optional<WireNotice> notice = stage_.mailbox.take()) {
      note_or_defer(*notice);
      continue;
    }
    // What a program leaves running would hold its connections.
    if (!status && under_way_.empty() && process_.has_ended()) {
      status = process_.end();
      continue;
    }
    if (status && is_over()) break;
    wait(!status);
  }
  for (auto& [link, wire] : wires_) wait_until_gone(wire);
  tell_outcome(*status);
  resolve_transactions();
}

ProgramConversation::Wire* ProgramConversation::find(int link) {
  const auto known = wires_.find(link);
  return known == wires_.end() ? nullptr : &known->second;
}

void ProgramConversation::tell(const Wire& wire, std::function<void(Link&)> word) {
  stage_.proxy.tell(wire.link, std::move(word));
}

void ProgramConversation::handle(const WireNotice& notice) {
  if (notice.kind == Kind::opened) return opened(notice);
  Wire* const wire = find(notice.connection);
  if (wire != nullptr && notice.kind == Kind::asked) return asked(*wire, notice);
  note(notice);
}

void ProgramConversation::note(const WireNotice& notice) {
  if (notice.kind == Kind::cancels) {
    has_cancelled_ = true;
    return;
  }
  if (notice.kind == Kind::answered || notice.kind == Kind::replied) {
    early_.push_back(notice);
    return;
  }
  Wire* const wire = find(notice.connection);
  if (wire == nullptr) return;
  if (notice.kind == Kind::known) wire->backend = notice.key.process;
  if (notice.kind == Kind::ready) meet(*wire);
  if (notice.kind == Kind::left) wire->left = true;
  if (notice.kind == Kind::closed) {
    wire->closed = true;
    if (!is_under_way(*wire)) lose(*wire);
  }
}

void ProgramConversation::meet(Wire& wire) {
  wire.session = std::make_unique<WireSession>(
      [this, &wire](const std::string& sql) { return ask(wire, sql); });
  const sim::Status met = world_.meet(*wire.session, wire.backend);
  if (!met.ok()) fail(met.error().message);
  if (stage_.turns != nullptr) stage_.turns->sessions.add(told_.client, *wire.session);
}

void ProgramConversation::opened(const WireNotice& notice) {
  Wire& wire = wires_[notice.connection];
  wire.link = notice.connection;
  wire.number = director_.next_connection(told_.client);
  if (killed_ || over_time_) return cut(wire);
  Going going;
  const sim::Statement connect = sim::Statement::of_kind(sim::StatementKind::read, "connect");
  const FaultPoint point = director_.arrive(told_.client, connect, {}, PointKind::connect);
  going.steps.push_back({point, {connect, {}}});
  const Fault* const fault = director_.strike(point);
  if (fault == nullptr) {
    record(wire, going.steps.back(), nullptr, "ok");
    return tell(wire, [](Link& link) { link.send_on(); });
  }
  if (const auto* error = std::get_if<RaiseError>(fault)) {
    const ServerWords words{"FATAL", error->code, planned_message(*error)};
    record(wire, going.steps.back(), fault, fmt::format("error {}: {}", words.code, words.message));
    wire.lost = true;
    return tell(wire, [words](Link& link) { link.refuse(words); });
  }
  if (std::holds_alternative<DropConnection>(*fault)) {
    record(wire, going.steps.back(), fault, no_answer);
    return cut(wire);
  }
  strike_process(wire, going, *fault, true);
}

void ProgramConversation::asked(Wire& wire, const WireNotice& notice) {
  if (killed_ || over_time_ || wire.lost) return cut(wire);
  const WireStepsOfUnit unit = stage_.steps.of(notice.unit, wire.transaction, wire.executed);
  wire.may_be_asked = wire.executed == 0 && unit.executed == 0;
  wire.executed = unit.executed;
  Going going;
  going.statements = notice.unit.statements.size();
  going.stays = notice.unit.ends_with == 'H';
  if (!unit.steps.empty() && stage_.turns != nullptr) {
    stage_.turns->scheduler.await_turn(told_.client);
  }
  const Fault* fault = nullptr;
  bool writes = false;
  for (const WireStep& step : unit.steps) {
    const FaultPoint point =
        director_.arrive(told_.client, step.statement, step.transaction, PointKind::wire, writes);
    writes = writes || step.statement.kind() == sim::StatementKind::write;
    going.steps.push_back({point, step});
    fault = director_.strike(point);
    if (fault == nullptr) continue;
    if (!std::holds_alternative<FillDisk>(*fault)) break;
    fill_disk(going, *std::exchange(fault, nullptr));
  }
  const bool is_full = going.full != nullptr;
  const bool is_last = going.steps.size() == unit.steps.size();
  if (fault != nullptr) strike(wire, going, *fault, is_last);
  if (fault == nullptr) go_through(wire, std::move(going));
  if (is_full) free_disk();
}

bool ProgramConversation::has_done_everything() const {
  if (stage_.clean == nullptr || durable_.empty()) return false;
  // What a program makes up anew in each run stands in its statements, too.
  return std::ranges::equal(durable_, *stage_.clean, {}, shape_of, shape_of);
}

sim::Outcome ProgramConversation::outcome_of_killed() const {
  if (!durable_sent_) return sim::Outcome::aborted;
  return has_done_everything() ? sim::Outcome::committed : sim::Outcome::indeterminate;
}

void ProgramConversation::tell_outcome(const sim::ExitStatus& status) {
  told_.output = process_.last_lines();
  if (killed_) {
    told_.outcome = outcome_of_killed();
    told_.why = killed_how_;
    return;
  }
  if (over_time_) {
    told_.outcome = durable_sent_ ? sim::Outcome::indeterminate : sim::Outcome::aborted;
    told_.why =
        fmt::format("the program ran for longer than {} and was ended", stage_.program.time_limit);
    return;
  }
  if (status.success()) {
    told_.outcome = sim::Outcome::committed;
    return;
  }
  // Where everything was answered and the program fails all the same, its two witnesses disagree.
  const bool in_doubt = unanswered_ || has_done_everything();
  told_.outcome = in_doubt ? sim::Outcome::indeterminate : sim::Outcome::aborted;
  told_.why = "the program ended with " + to_string(status);
}

}  // namespace splitproof::harness
