#include "harness/isolation/anomaly_bench.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/inject/interposed_engine.h"
#include "harness/run/failure.h"
#include "harness/run/initial_data.h"

namespace splitproof::harness {

namespace {

std::string answer_in_words(const sim::Answer<sim::Rows>& answer, sim::StatementKind kind) {
  if (!answer.ok()) {
    return fmt::format("error {}: {}", answer.error().native_code, answer.error().message);
  }
  if (kind == sim::StatementKind::read) return rows_in_words(answer.value());
  return kind == sim::StatementKind::write ? fmt::format("ok, {} rows", answer.value().affected)
                                           : "ok";
}

// A statement failed by itself: no other session is to blame.
[[noreturn]] void refuse(const AnomalyStep& step, const sim::Error& error) {
  const std::string text = fmt::format(
      "{}:{}:{}: found '{}', which the database refuses: {} ({}); expected a statement that fails "
      "by a conflict only",
      step.place.file, step.place.line, step.place.column, step.sql, error.message,
      error.native_code);
  const bool authors =
      error.kind == sim::ErrorKind::invalid || error.kind == sim::ErrorKind::constraint;
  if (authors) throw UnusableInput(text);
  throw HarnessFailure(text);
}

}  // namespace

// What is shared by the sessions of one run, one of which moves at a time.
struct AnomalyBench::Course {
  explicit Course(World& world) : director({}, world.dialect()), sessions(world) {}

  Director director;
  ClientSessions sessions;
  AnomalyRecord record;
};

AnomalyBench::AnomalyBench(World& world, const AnomalyProgram& anomaly,
                           const IsolationColumn& column)
    : world_(world), anomaly_(anomaly), column_(column) {
  const sim::Status filled = world_.fill([&](sim::Engine& engine) {
    return write_initial_data(anomaly_.data, engine, world_.clock(), world_.address());
  });
  if (!filled.ok()) {
    const sim::ErrorKind kind = filled.error().kind;
    const bool authors = kind == sim::ErrorKind::invalid || kind == sim::ErrorKind::constraint;
    if (authors) throw UnusableInput(filled.error().message);
    throw HarnessFailure("the data cannot be written: " + filled.error().message);
  }
  held();
}

std::string AnomalyBench::held() const {
  if (anomaly_.held.sql.empty()) return "";
  const sim::Answer<sim::Rows> rows = world_.query(anomaly_.held.sql);
  if (!rows.ok()) refuse(anomaly_.held, rows.error());
  return rows_in_words(rows.value());
}

AnomalyRecord AnomalyBench::run(Strategy& strategy) {
  const sim::Status reset = world_.reset({});
  if (!reset.ok()) {
    throw HarnessFailure("the database cannot be set back: " + reset.error().message);
  }
  Course course(world_);
  Scheduler::Jobs jobs;
  for (std::size_t i = 0; i < anomaly_.sessions.size(); ++i) {
    const AnomalySession& session = anomaly_.sessions[i];
    course.director.begin_operation(session.letter, static_cast<int>(i), false);
    jobs[session.letter] = [this, &course, &session] { work(course, session); };
  }
  course.record.plan.order = shortest_order(scheduler_.run(jobs, strategy, course.sessions));
  course.record.run.held = held();
  return std::move(course.record);
}

void AnomalyBench::work(Course& course, const AnomalySession& session) {
  Turns turns{scheduler_, course.sessions};
  InterposedEngine engine(world_, course.director, session.letter, &turns);
  const sim::Answer<std::unique_ptr<sim::Session>> connected = engine.connect();
  if (!connected.ok()) {
    throw HarnessFailure("no session can be opened: " + connected.error().message);
  }
  const sim::Outcome outcome = carry_out(course, session, *connected.value());
  if (!engine.failure().empty()) throw HarnessFailure(engine.failure());
  course.record.run.told[session.letter] = outcome;
}

sim::Outcome AnomalyBench::carry_out(Course& course, const AnomalySession& session,
                                     sim::Session& connection) const {
  const bool in_transaction = !column_.begin.sql.empty();
  const char letter = session.letter;
  bool ok = !in_transaction || send(course, letter, connection, column_.begin).ok();
  for (std::size_t i = 0; ok && i < session.steps.size(); ++i) {
    const sim::Answer<sim::Rows> answer = send(course, letter, connection, session.steps[i]);
    ok = answer.ok();
    if (ok) course.record.run.answers[{letter, i}] = rows_in_words(answer.value());
  }
  if (!in_transaction) {
    ok = ok && send_all(course, letter, connection, session.undo);
  } else if (ok && session.commits) {
    ok = send(course, letter, connection, {"COMMIT", {}}).ok();
  }
  if (ok && session.commits) return sim::Outcome::committed;
  // After a failure there may be nothing to roll back any more.
  if (in_transaction) {
    const AnomalyStep back{"ROLLBACK", {}};
    const sim::Answer<sim::Rows> answer = send(course, letter, connection, back);
    if (ok && !answer.ok()) refuse(back, answer.error());
  }
  return sim::Outcome::aborted;
}

bool AnomalyBench::send_all(Course& course, char letter, sim::Session& connection,
                            const std::vector<AnomalyStep>& steps) const {
  return std::ranges::all_of(
      steps, [&](const AnomalyStep& step) { return send(course, letter, connection, step).ok(); });
}

sim::Answer<sim::Rows> AnomalyBench::send(Course& course, char letter, sim::Session& connection,
                                          const AnomalyStep& step) const {
  const sim::Statement statement(step.sql);
  sim::Answer<sim::Rows> answer = connection.execute(statement);
  const bool ends = statement.kind() == sim::StatementKind::rollback;
  if (!answer.ok() && !sim::is_retryable(answer.error()) && !ends) refuse(step, answer.error());
  course.record.lines.push_back({letter, statement.name(),
                                 answer_in_words(answer, statement.kind()),
                                 course.director.history().events.back().waited_for});
  return answer;
}

}  // namespace splitproof::harness
