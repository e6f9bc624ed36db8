// What becomes of a unit: sent on, answered, written down; and what its answers mean for the
// transactions of the program.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/program/program_conversation.h"
#include "harness/run/failure.h"

namespace splitproof::harness {

namespace {

using sim::StatementKind;

bool is_done(const WireAnswer& answer) {
  return answer.end == WireEnd::done || answer.end == WireEnd::suspended;
}

// A COMMIT of a failed transaction is answered by ROLLBACK.
bool is_rolled_back(const WireStep& step, const WireAnswer& answer) {
  return step.statement.kind() == StatementKind::commit && !answer.tags.empty() &&
         answer.tags.back() == "ROLLBACK";
}

// Tags end in the number of rows, where there is one.
std::int64_t rows_in(const std::vector<std::string>& tags) {
  std::int64_t all = 0;
  for (const std::string& tag : tags) {
    std::int64_t rows = 0;
    const std::size_t last = tag.rfind(' ');
    if (last == std::string::npos || tag.starts_with("SELECT")) continue;
    std::from_chars(tag.data() + last + 1, tag.data() + tag.size(), rows);
    all += rows;
  }
  return all;
}

std::string in_words(const WireStep& step, const WireAnswer& answer) {
  switch (answer.end) {
    case WireEnd::refused:
      return fmt::format("error {}: {}", answer.error.code, answer.error.message);
    case WireEnd::skipped:
      return "skipped: a statement before it was refused";
    case WireEnd::suspended:
      return fmt::format("ok, {} rows, and more to come", answer.rows);
    case WireEnd::done:
      break;
  }
  if (is_rolled_back(step, answer)) return "rolled back: the transaction had failed";
  if (step.statement.kind() == StatementKind::read) return fmt::format("ok, {} rows", answer.rows);
  if (step.statement.kind() == StatementKind::write) {
    return fmt::format("ok, {} rows affected", rows_in(answer.tags));
  }
  return "ok";
}

std::string digest_of(const WireAnswer& answer) {
  if (!is_done(answer)) return "";
  return fmt::format("{:016x}-{}-{}", answer.rows_digest, answer.rows, rows_in(answer.tags));
}

// What the Sync that commits several statements is answered with is the server's readiness alone.
WireAnswer answer_of_sync(const WireUnitEnd& end, bool has_failed) {
  WireAnswer answer;
  if (end.error_at_sync) {
    answer.end = WireEnd::refused;
    answer.error = *end.error_at_sync;
  }
  const bool all_done = !has_failed && std::ranges::all_of(end.answers, is_done);
  answer.tags.emplace_back(all_done ? "COMMIT" : "ROLLBACK");
  return answer;
}

}  // namespace

std::optional<WireUnitEnd> ProgramConversation::sent_and_answered(
    Wire& wire, const std::function<void(Link&)>& word) {
  const Turns* const turns = stage_.turns;
  const bool enters = turns != nullptr && wire.session != nullptr;
  if (enters) {
    if (!wire.transaction.failed && wire.may_be_asked) {
      const sim::Status settled =
          world_.before_statement(*wire.session, turns->scheduler.others_wait(told_.client));
      if (!settled.ok()) fail("a deadlock's victim cannot be settled: " + settled.error().message);
    }
    turns->sessions.use(told_.client, *wire.session);
    turns->scheduler.enter(told_.client);
  }
  tell(wire, word);
  const std::optional<WireNotice> notice = await(wire, Kind::answered);
  if (enters) {
    waited_for_ = turns->scheduler.leave(told_.client);
    given_up_ = turns->scheduler.gave_up(told_.client);
  }
  if (!notice) return std::nullopt;
  return notice->end;
}

std::optional<WireReply> ProgramConversation::ask(Wire& wire, const std::string& sql) {
  if (wire.lost) return std::nullopt;
  tell(wire, [sql](Link& link) { link.ask(sql); });
  const std::optional<WireNotice> notice = await(wire, Kind::replied);
  if (!notice) return std::nullopt;
  return notice->reply;
}

// Of a program that is alone it is left under way: the main loop goes on when it is answered. The
// disk is not full for longer than one unit.
void ProgramConversation::go_through(Wire& wire, Going going) {
  if (stage_.turns == nullptr && going.full == nullptr) {
    tell(wire, [](Link& link) { link.send_on(); });
    under_way_.push_back({&wire, std::move(going), sim::Deadline(stage_.program.time_limit)});
    return;
  }
  const auto end = sent_and_answered(wire, [](Link& link) { link.send_on(); });
  if (!end) return note_gone(wire, going, 0, nullptr);
  deliver(wire, going, *end);
}

void ProgramConversation::deliver(Wire& wire, const Going& going, const WireUnitEnd& end) {
  record_answers(wire, going, end, going.steps.size(), nullptr);
  tell(wire, [](Link& link) { link.deliver(); });
}

// What the step met, where `last` is what the last one did.
const Fault* ProgramConversation::struck_at(const Going& going, std::size_t step,
                                            const Fault* last) {
  if (going.full != nullptr && step == going.full_at) return going.full;
  return step + 1 == going.steps.size() ? last : nullptr;
}

// The client has left in the middle of a COPY, the server has ended the connection by itself, or
// the time was over. Of several sessions none is blamed for that: how long each may take is not
// known.
void ProgramConversation::note_gone(Wire& wire, const Going& going, std::size_t first,
                                    const Fault* fault) {
  if (over_time_ && stage_.turns != nullptr) {
    fail(fmt::format("the statement '{}' ran for longer than {} and was ended",
                     going.steps.back().what.statement.name(), stage_.program.time_limit));
  }
  for (std::size_t i = first; i < going.steps.size(); ++i) {
    const Step& step = going.steps[i];
    record(wire, step, struck_at(going, i, fault), no_answer);
    forget_unanswered(wire, step);
  }
  lose(wire);
}

void ProgramConversation::record_answers(Wire& wire, const Going& going, const WireUnitEnd& end,
                                         std::size_t steps, const Fault* fault) {
  for (std::size_t i = 0; i < steps; ++i) {
    const Step& step = going.steps[i];
    WireAnswer answer = i < end.answers.size() ? end.answers[i] : WireAnswer{};
    if (i >= end.answers.size()) answer.end = WireEnd::skipped;
    if (i == going.statements) answer = answer_of_sync(end, wire.has_failed);
    // A statement of its own is committed by its Sync.
    if (i + 1 == going.statements && i + 1 == steps && end.error_at_sync) {
      answer.end = WireEnd::refused;
      answer.error = *end.error_at_sync;
    }
    if (going.stays && !is_done(answer)) wire.has_failed = true;
    const TransactionState before = wire.transaction;
    follow(wire, step, is_done(answer), answer);
    const bool alone = going.steps.size() == 1 && !going.stays;
    note_touched(wire, step, before, is_done(answer), alone);
    record(wire, step, struck_at(going, i, fault), in_words(step.what, answer), digest_of(answer));
  }
  // What goes on to a Flush says nothing of the transaction, and an answer that is lost is unheard.
  if (going.stays || steps < going.steps.size()) return;
  wire.has_failed = false;
  if (end.status == 'I') {
    end_transaction(wire, sim::Outcome::aborted);
    wire.transaction = TransactionState{};
  } else {
    wire.transaction.open = true;
    wire.transaction.failed = end.status == 'E';
  }
}

void ProgramConversation::follow(Wire& wire, const Step& step, bool ok, const WireAnswer& answer) {
  const sim::Statement& statement = step.what.statement;
  const bool durable = commits(step.point);
  durable_sent_ = durable_sent_ || durable;
  if (ok && statement.kind() == StatementKind::write) wire.written.push_back(statement.name());
  if (durable) {
    const bool committed = ok && !is_rolled_back(step.what, answer);
    if (committed) durable_.push_back(statement.text());
    end_transaction(wire, committed ? sim::Outcome::committed : sim::Outcome::aborted);
  } else if (statement.kind() == StatementKind::rollback && ok) {
    end_transaction(wire, sim::Outcome::aborted);
  }
  wire.transaction.follow(statement, ok, sim::Dialect::postgres);
}

void ProgramConversation::forget_unanswered(Wire& wire, const Step& step) {
  if (!commits(step.point)) return;
  durable_sent_ = true;
  unanswered_ = true;
  if (step.what.statement.kind() == StatementKind::write) {
    wire.written.push_back(step.what.statement.name());
  }
  end_transaction(wire, sim::Outcome::indeterminate);
}

// One that wrote nothing is no transaction that anybody could lose.
void ProgramConversation::end_transaction(Wire& wire, sim::Outcome outcome) {
  if (wire.written.empty()) return;
  TransactionTold transaction;
  transaction.connection = wire.number;
  transaction.statements = std::exchange(wire.written, {});
  transaction.told = outcome;
  told_.transactions.push_back(std::move(transaction));
}

// Nobody moves between the answer and this.
void ProgramConversation::note_touched(Wire& wire, const Step& step, const TransactionState& before,
                                       bool ok, bool alone) {
  const Turns* const turns = stage_.turns;
  if (turns == nullptr || !turns->scheduler.asks_what_is_touched()) return;
  Footprint everything;
  everything.everything();
  if (!alone || wire.session == nullptr || wire.lost) return turns->scheduler.touch(everything);
  const sim::Answer<Footprint> touched =
      world_.touched(*wire.session, {step.what.statement, before, wire.transaction, ok});
  if (!touched.ok()) fail("nobody can say what a step touched: " + touched.error().message);
  turns->scheduler.touch(touched.value());
}

void ProgramConversation::record(const Wire& wire, const Step& step, const Fault* fault,
                                 const std::string& answer, const std::string& seen) {
  director_.record(&step.point, told_.client, wire.number, step.what.statement, fault,
                   {answer, director_.keeps_what_is_seen() ? seen : "",
                    std::exchange(waited_for_, ""), std::exchange(given_up_, false)});
}

// A transaction that was open is rolled back by the server.
void ProgramConversation::lose(Wire& wire) {
  if (!wire.lost && wire.transaction.open && stage_.turns != nullptr) {
    Footprint everything;
    everything.everything();
    stage_.turns->scheduler.touch(everything);
  }
  end_transaction(wire, sim::Outcome::aborted);
  wire.transaction = TransactionState{};
  wire.lost = true;
  if (wire.session == nullptr) return;
  if (stage_.turns != nullptr) stage_.turns->sessions.remove(*wire.session);
  world_.part_from(*wire.session);
  wire.session.reset();
}

void ProgramConversation::cut(Wire& wire) {
  tell(wire, [](Link& link) { link.cut(); });
  lose(wire);
}

void ProgramConversation::wait_until_gone(Wire& wire) {
  constexpr int questions_max = 100000;
  for (int question = 0; wire.backend > 0; ++question) {
    const sim::Answer<sim::Rows> rows =
        world_.query({"SELECT 1 FROM pg_stat_get_activity($1::int)", {wire.backend}});
    if (!rows.ok()) fail("the server cannot be asked: " + rows.error().message);
    if (rows.value().rows.empty()) wire.backend = 0;
    if (question >= questions_max) {
      fail("a program has ended, and a statement of it still runs in the server");
    }
  }
}

// After a crash the same number is given out again, and only the rows can tell.
void ProgramConversation::resolve_transactions() {
  for (const auto& [index, xid] : xids_) {
    TransactionTold& transaction = told_.transactions[index];
    if (xid == 0) {
      transaction.known_by = "it had no transaction id, so that only the rows can tell";
      continue;
    }
    if (crashed_) {
      transaction.known_by = "the server was restarted, so that only the rows can tell";
      continue;
    }
    const sim::Answer<sim::Rows> rows = world_.query(
        {"SELECT pg_xact_status(((pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 32 << "
         "32) + $1::bigint)::text::xid8)",
         {xid}});
    if (!rows.ok()) fail("the server cannot be asked: " + rows.error().message);
    const std::string status = sim::to_string(rows.value().rows.at(0).at(0));
    if (status == "committed" || status == "aborted") transaction.held = status == "committed";
    transaction.known_by = "pg_xact_status";
  }
}

}  // namespace splitproof::harness
