// The half of an interposed session that carries out what the plan says.
#include <fmt/format.h>

#include "harness/history/file_names.h"
#include "harness/inject/interposed_session.h"

namespace splitproof::harness {

sim::Error lost_connection(sim::Dialect dialect) {
  if (dialect == sim::Dialect::sqlite) {
    return {sim::ErrorKind::connection_lost, "SQLITE_IOERR",
            "the file behind the connection is out of reach"};
  }
  return {sim::ErrorKind::connection_lost, "08006", "the connection to the database is lost"};
}

std::string planned_exception(const FaultPoint& point, const char* where) {
  return fmt::format("an exception of the program, planned {} statement {}", where,
                     point.statement);
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
  if (needs_process(fault)) {
    engine_.failure_ = "the plan kills a process, and the client is none of its own";
  }
  if (const auto* ended = std::get_if<TerminateBackend>(&fault)) {
    return terminate(statement, ended->after);
  }
  if (const auto* crashed = std::get_if<CrashServer>(&fault)) {
    return crash(statement, *crashed);
  }
  if (std::holds_alternative<FillDisk>(fault)) {
    require(engine_.world_.fill_disk(), "the disk cannot be filled");
    sim::Answer<sim::Rows> answer = forward(statement);
    require(engine_.world_.free_disk(), "the disk cannot be emptied");
    if (answer.ok()) return answer;
    sim::Error error = answer.error();
    error.message = without_file_names(std::move(error.message));
    return error;
  }
  // A lost reply: the statement is executed, its answer is thrown away with the connection.
  if (std::holds_alternative<LoseReply>(fault)) static_cast<void>(forward(statement).ok());
  return cut();
}

sim::Status InterposedSession::cut_real() {
  World& world = engine_.world_;
  return untouched_ ? world.cut_untouched(std::move(real_)) : world.cut(std::move(real_));
}

sim::Error InterposedSession::cut() {
  transaction_ = TransactionState{};
  if (real_ == nullptr) return lost_connection(engine_.dialect());
  leave_turns();
  const sim::Status ended = cut_real();
  real_ = nullptr;
  if (!ended.ok()) engine_.failure_ = "a connection could not be cut: " + ended.error().message;
  return lost_connection(engine_.dialect());
}

// What the client gets is the real answer: of the statement, or of the dead connection.
sim::Answer<sim::Rows> InterposedSession::terminate(const sim::Statement& statement, bool after) {
  if (after) {
    sim::Answer<sim::Rows> answer = forward(statement);
    if (real_ != nullptr) require(engine_.world_.terminate(*real_), "a backend cannot be ended");
    return answer;
  }
  require(engine_.world_.terminate(*real_), "a backend cannot be ended");
  return forward(statement);
}

sim::Answer<sim::Rows> InterposedSession::crash(const sim::Statement& statement,
                                                const CrashServer& fault) {
  const std::int64_t backend = engine_.world_.backend_of(*real_);
  const auto crash = [&] {
    require(engine_.world_.crash(fault.how, backend), "the server cannot be crashed");
  };
  if (fault.when == CrashServer::When::before) {
    crash();
    return forward(statement);
  }
  sim::Answer<sim::Rows> answer = forward(statement);
  crash();
  if (fault.when == CrashServer::When::after) return answer;
  leave_turns();
  real_.reset();
  transaction_ = TransactionState{};
  return lost_connection(engine_.dialect());
}

std::string InterposedSession::text_of(const sim::Answer<sim::Rows>& answer,
                                       const sim::Statement& statement) const {
  if (!engine_.world_.has_power()) return "no answer: " + engine_.world_.why_dark();
  return answer_text(answer, statement.kind());
}

void InterposedSession::require(const sim::Status& done, const char* what) {
  if (!done.ok()) engine_.failure_ = fmt::format("{}: {}", what, done.error().message);
}

void InterposedSession::fail_program(const FaultPoint& point, const char* where) const {
  throw PlannedException(planned_exception(point, where));
}

}  // namespace splitproof::harness
