#include "harness/inject/interposed_engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

// SQLite's nearest counterpart of a lost connection: the file behind the handle went away.
sim::Error lost(sim::Dialect dialect) {
  if (dialect == sim::Dialect::sqlite) {
    return {sim::ErrorKind::connection_lost, "SQLITE_IOERR",
            "the file behind the connection is out of reach"};
  }
  return {sim::ErrorKind::connection_lost, "08006", "the connection to the database is lost"};
}

// Statements that leave no trace in a session; others are SET, PREPARE, CREATE TEMP, PRAGMA,
// SELECT set_config(...), SELECT INTO TEMP, advisory locks and the like. In doubt a trace is
// assumed: it costs a fresh session and hides nothing.
bool leaves_no_trace(const sim::Statement& statement) {
  sim::WordScanner words(statement.text());
  std::string word = words.next();
  if (word == "INSERT" || word == "UPDATE" || word == "DELETE") return true;
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

class InterposedSession final : public sim::Session {
 public:
  InterposedSession(InterposedEngine& engine, std::unique_ptr<sim::Session> real)
      : engine_(engine), real_(std::move(real)), number_(engine.director_.next_connection()) {
    engine_.live_.push_back(this);
  }

  ~InterposedSession() override {
    std::erase(engine_.live_, this);
    if (real_ == nullptr) return;
    if (!transaction_.open) {
      engine_.world_.take_back(std::move(real_), untouched_);
    } else {
      // A failure here shows at the next reset of the world.
      static_cast<void>(engine_.world_.cut(std::move(real_)).ok());
    }
  }

  sim::Answer<sim::Rows> execute(const sim::Statement& statement) override;
  std::vector<std::string> held();

 private:
  sim::Answer<sim::Rows> carry_out(const sim::Statement& statement, const Fault& fault);
  sim::Answer<sim::Rows> forward(const sim::Statement& statement);
  sim::Error cut();
  [[noreturn]] void fail_program(const FaultPoint& point, const char* where) const;

  InterposedEngine& engine_;
  std::unique_ptr<sim::Session> real_;  // Null once the connection is lost.
  int number_;
  bool untouched_ = true;
  TransactionState transaction_;
};

sim::Answer<sim::Rows> InterposedSession::execute(const sim::Statement& statement) {
  Director& director = engine_.director_;
  if (real_ == nullptr) {
    director.record(nullptr, number_, statement, nullptr, "no answer: the connection is lost");
    return lost(engine_.dialect());
  }
  const FaultPoint point = director.arrive(statement, transaction_);
  const Fault* fault = director.strike(point);
  const auto* exception = fault == nullptr ? nullptr : std::get_if<ThrowException>(fault);
  if (exception != nullptr && !exception->after) {
    director.record(&point, number_, statement, fault, "not sent: the program throws");
    fail_program(point, "before");
  }
  sim::Answer<sim::Rows> answer =
      fault == nullptr || exception != nullptr ? forward(statement) : carry_out(statement, *fault);
  transaction_.follow(statement, answer.ok(), engine_.dialect());
  director.record(&point, number_, statement, fault, answer_text(answer, statement.kind()));
  if (exception != nullptr) fail_program(point, "after");
  return answer;
}

sim::Answer<sim::Rows> InterposedSession::forward(const sim::Statement& statement) {
  untouched_ = untouched_ && leaves_no_trace(statement);
  sim::Answer<sim::Rows> answer = real_->execute(statement);
  if (!answer.ok() && answer.error().kind == sim::ErrorKind::connection_lost) {
    real_.reset();
    transaction_ = TransactionState{};
  }
  return answer;
}

sim::Answer<sim::Rows> InterposedSession::carry_out(const sim::Statement& statement,
                                                    const Fault& fault) {
  if (const auto* error = std::get_if<RaiseError>(&fault)) {
    const sim::Error raised = engine_.world_.raise(*real_, statement, *error, transaction_);
    if (raised.native_code != error->code) {
      engine_.failure_ = fmt::format("the planned error {} could not be raised: {} ({})",
                                     error->code, raised.message, raised.native_code);
    }
    if (error->rolls_back) transaction_ = TransactionState{};
    return raised;
  }
  // A lost reply: the statement is executed, its answer is thrown away with the connection.
  if (std::holds_alternative<LoseReply>(fault)) static_cast<void>(forward(statement).ok());
  return cut();
}

sim::Error InterposedSession::cut() {
  transaction_ = TransactionState{};
  if (real_ == nullptr) return lost(engine_.dialect());
  const sim::Status ended = engine_.world_.cut(std::move(real_));
  real_ = nullptr;
  if (!ended.ok()) engine_.failure_ = "a connection could not be cut: " + ended.error().message;
  return lost(engine_.dialect());
}

void InterposedSession::fail_program(const FaultPoint& point, const char* where) const {
  throw PlannedException(
      fmt::format("an exception of the program, planned {} statement {}", where, point.statement));
}

std::vector<std::string> InterposedSession::held() {
  if (real_ == nullptr) return {};
  std::vector<std::string> held = engine_.world_.held_by(*real_);
  transaction_ = TransactionState{};
  for (std::string& text : held) text = fmt::format("connection {}: {}", number_, text);
  return held;
}

sim::Answer<std::unique_ptr<sim::Session>> InterposedEngine::connect() {
  sim::Answer<std::unique_ptr<sim::Session>> real = world_.lend();
  if (!real.ok()) return real.error();
  return std::unique_ptr<sim::Session>(
      std::make_unique<InterposedSession>(*this, std::move(real).value()));
}

std::vector<std::string> InterposedEngine::held() {
  std::vector<std::string> all;
  for (InterposedSession* session : live_) {
    for (std::string& text : session->held()) all.push_back(std::move(text));
  }
  return all;
}

}  // namespace splitproof::harness
