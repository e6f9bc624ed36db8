#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "harness/history/seen.h"
#include "harness/inject/interposed_session.h"
#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

// Statements that leave no trace in a session; others are SET, PREPARE, CREATE TEMP, PRAGMA,
// SELECT set_config(...), SELECT INTO TEMP, advisory locks and the like. In doubt a trace is
// assumed: it costs a fresh session and hides nothing. Tables are no trace on SQLite: temporary
// ones are looked for when the session is handed back.
bool leaves_no_trace(const sim::Statement& statement, sim::Dialect dialect) {
  sim::WordScanner words(statement.text());
  std::string word = words.next();
  if (word == "INSERT" || word == "UPDATE" || word == "DELETE") return true;
  if (dialect == sim::Dialect::sqlite && (word == "CREATE" || word == "DROP")) return true;
  const bool writes = statement.kind() == sim::StatementKind::write;
  if (writes && word != "WITH") return false;
  if (word == "PRAGMA") return false;
  for (; !word.empty(); word = words.next()) {
    if (word == "SET_CONFIG" || word.find("ADVISORY") != std::string::npos) return false;
    if (word == "INTO" && !writes) return false;
  }
  return true;
}

}  // namespace

InterposedSession::InterposedSession(InterposedEngine& engine, std::unique_ptr<sim::Session> real)
    : engine_(engine),
      real_(std::move(real)),
      number_(engine.director_.next_connection(engine.client_)) {
  engine_.live_.push_back(this);
  if (engine_.turns_ == nullptr) return;
  engine_.turns_->sessions.add(engine_.client_, *real_);
  wait_in_turn(true);
}

InterposedSession::~InterposedSession() {
  std::erase(engine_.live_, this);
  if (real_ == nullptr) return;
  leave_turns();
  if (!transaction_.open) {
    engine_.world_.take_back(std::move(real_), untouched_);
  } else {
    touch_everything();
    // A failure here shows at the next reset of the world.
    static_cast<void>(cut_real().ok());
  }
}

sim::Answer<sim::Rows> InterposedSession::execute(const sim::Statement& statement) {
  Director& director = engine_.director_;
  await_turn();
  if (real_ == nullptr) {
    record(nullptr, statement, nullptr, "no answer: the connection is lost");
    return lost_connection(engine_.dialect());
  }
  if (engine_.world_.has_lost(*real_)) {
    sim::Answer<sim::Rows> answer = forward(statement);
    record(nullptr, statement, nullptr, answer_text(answer, statement.kind()));
    return answer;
  }
  const FaultPoint point = director.arrive(engine_.client_, statement, transaction_);
  const Fault* fault = director.strike(point);
  const auto* exception = fault == nullptr ? nullptr : std::get_if<ThrowException>(fault);
  if (exception != nullptr && !exception->after) {
    record(&point, statement, fault, "not sent: the program throws");
    fail_program(point, "before");
  }
  const bool carried_out = fault != nullptr && exception == nullptr;
  const TransactionState before = transaction_;
  show_before(statement);
  sim::Answer<sim::Rows> answer = carried_out ? carry_out(statement, *fault) : forward(statement);
  transaction_.follow(statement, answer.ok(), engine_.dialect());
  if (carried_out) touch_everything();
  note_touched(statement, before, answer.ok());
  record(&point, statement, fault, text_of(answer, statement),
         director.keeps_what_is_seen() ? digest_of_answer(answer) : "");
  show_after(statement, before, answer.ok());
  engine_.die_without_power();
  if (exception != nullptr) fail_program(point, "after");
  return answer;
}

sim::Answer<sim::Rows> InterposedSession::forward(const sim::Statement& statement) {
  untouched_ = untouched_ && leaves_no_trace(statement, engine_.dialect());
  const auto begun = std::chrono::steady_clock::now();
  sim::Answer<sim::Rows> answer =
      engine_.turns_ == nullptr ? real_->execute(statement) : execute_in_turn(statement);
  const std::chrono::milliseconds limit = engine_.world_.statement_limit();
  const bool is_ended = !answer.ok() && answer.error().kind == sim::ErrorKind::interrupted;
  if (is_ended && limit.count() > 0 && std::chrono::steady_clock::now() - begun >= limit) {
    engine_.failure_ = fmt::format("the statement '{}' ran for longer than {} and was ended",
                                   statement.name(), limit);
  }
  if (!answer.ok() && answer.error().kind == sim::ErrorKind::connection_lost) {
    leave_turns();
    real_.reset();
    transaction_ = TransactionState{};
  }
  return answer;
}

// A step is a statement that reaches the database; one on a lost connection does not.
void InterposedSession::await_turn() {
  if (engine_.turns_ == nullptr || real_ == nullptr || engine_.world_.has_lost(*real_)) return;
  engine_.turns_->scheduler.await_turn(engine_.client_);
}

sim::Answer<sim::Rows> InterposedSession::execute_in_turn(const sim::Statement& statement) {
  Turns& turns = *engine_.turns_;
  const char client = engine_.client_;
  const sim::StatementKind kind = statement.kind();
  const bool may_wait = kind == sim::StatementKind::read || kind == sim::StatementKind::write ||
                        kind == sim::StatementKind::commit;
  if (may_wait && !transaction_.failed) {
    require(engine_.world_.before_statement(*real_, turns.scheduler.others_wait(client)),
            "a deadlock's victim cannot be settled");
  }
  turns.sessions.use(client, *real_);
  turns.scheduler.enter(client);
  sim::Answer<sim::Rows> answer = real_->execute(statement);
  waited_for_ = turns.scheduler.leave(client);
  given_up_ = turns.scheduler.gave_up(client);
  return answer;
}

void InterposedSession::wait_in_turn(bool waits) {
  std::function<bool()> yield;
  if (waits) {
    yield = [turns = engine_.turns_, client = engine_.client_] {
      return turns->scheduler.yield(client);
    };
  }
  engine_.world_.wait_by(*real_, std::move(yield));
}

void InterposedSession::show_before(const sim::Statement& statement) {
  if (engine_.turns_ == nullptr || engine_.turns_->watch == nullptr) return;
  wait_in_turn(false);
  engine_.turns_->watch->before({engine_.client_, number_}, *real_, statement, transaction_);
  wait_in_turn(true);
}

void InterposedSession::show_after(const sim::Statement& statement, const TransactionState& before,
                                   bool ok) {
  if (engine_.turns_ == nullptr || engine_.turns_->watch == nullptr) return;
  const std::vector<Event>& events = engine_.director_.history().events;
  const Event& event = events.back();
  const Watched watched{{engine_.client_, number_},
                        event.operation,
                        events.size() - 1,
                        statement,
                        before,
                        transaction_,
                        ok,
                        !event.waited_for.empty()};
  if (real_ != nullptr) wait_in_turn(false);
  engine_.turns_->watch->after(watched, real_.get());
  if (real_ != nullptr) wait_in_turn(true);
}

void InterposedSession::touch_everything() {
  if (engine_.turns_ == nullptr) return;
  Footprint everything;
  everything.everything();
  engine_.turns_->scheduler.touch(everything);
}

void InterposedSession::note_touched(const sim::Statement& statement,
                                     const TransactionState& before, bool ok) {
  if (engine_.turns_ == nullptr || !engine_.turns_->scheduler.asks_what_is_touched()) return;
  if (real_ == nullptr || engine_.world_.has_lost(*real_)) return touch_everything();
  const sim::Answer<Footprint> touched =
      engine_.world_.touched(*real_, {statement, before, transaction_, ok});
  if (!touched.ok()) {
    engine_.failure_ = "nobody can say what a step touched: " + touched.error().message;
    return touch_everything();
  }
  engine_.turns_->scheduler.touch(touched.value());
}

void InterposedSession::leave_turns() {
  if (engine_.turns_ == nullptr || real_ == nullptr) return;
  engine_.turns_->sessions.remove(*real_);
  engine_.world_.wait_by(*real_, {});
}

std::vector<std::string> InterposedSession::held() {
  if (real_ == nullptr) return {};
  std::vector<std::string> held = engine_.world_.held_by(*real_);
  if (!held.empty()) touch_everything();
  transaction_ = TransactionState{};
  for (std::string& text : held) text = fmt::format("connection {}: {}", number_, text);
  return held;
}

sim::Answer<std::unique_ptr<sim::Session>> InterposedEngine::connect() {
  sim::Answer<std::unique_ptr<sim::Session>> real = world_.lend();
  if (!real.ok()) die_without_power();
  if (!real.ok()) return real.error();
  return std::unique_ptr<sim::Session>(
      std::make_unique<InterposedSession>(*this, std::move(real).value()));
}

void InterposedEngine::die_without_power() {
  if (!world_.has_power() && !std::exchange(is_dead_, true)) throw PowerFailed{};
}

std::vector<std::string> InterposedEngine::held() {
  if (is_dead_) return {};
  std::vector<std::string> all;
  for (InterposedSession* session : live_) {
    for (std::string& text : session->held()) all.push_back(std::move(text));
  }
  return all;
}

}  // namespace splitproof::harness
