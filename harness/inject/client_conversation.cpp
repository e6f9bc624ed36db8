#include "harness/inject/client_conversation.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>

#include "harness/inject/interposed_engine.h"
#include "harness/run/failure.h"

namespace splitproof::harness {

namespace {

// Far longer than any statement of a client that is alone on its database.
constexpr std::chrono::seconds patience{60};

// Also SQLite's outermost RELEASE, which commits.
bool is_durable(const FaultPoint& point) {
  return commits(point) || (point.dialect == sim::Dialect::sqlite &&
                            point.kind == sim::StatementKind::release && !point.transaction.open);
}

// Whether the fault ends the statement before it is sent.
bool strikes_before(const Fault& fault) {
  if (const auto* kills = std::get_if<KillProcess>(&fault)) return !kills->after;
  const auto* throws = std::get_if<ThrowException>(&fault);
  return throws != nullptr && !throws->after;
}

}  // namespace

std::map<int, std::vector<std::string>> durable_statements(const History& history,
                                                           sim::Dialect dialect) {
  std::map<int, std::vector<std::string>> texts;
  std::map<std::pair<char, int>, TransactionState> sessions;
  for (const Event& event : history.events) {
    if (is_of_machine(event.client)) continue;
    FaultPoint point;
    TransactionState& transaction = sessions[{event.client, event.connection}];
    point.kind = event.kind;
    point.dialect = dialect;
    point.transaction = transaction;
    const bool ok = event.answer.starts_with("ok");
    if (ok && is_durable(point)) texts[event.operation].push_back(event.text);
    transaction.follow(event.text, ok, dialect);
  }
  return texts;
}

void Conversation::fail(const std::string& what) const {
  throw HarnessFailure(fmt::format("the client's process {} (operation {}, {} statements sent)",
                                   what, told_.operation + 1, statements_));
}

Message Conversation::hear() {
  sim::Result<Message, Silence> message = channel_.receive(sim::Deadline(patience));
  if (message.ok()) return std::move(message).value();
  switch (message.error()) {
    case Silence::closed:
      fail("is gone, and its host with it");
    case Silence::late:
      fail("said nothing for a minute");
    case Silence::unintelligible:
      break;
  }
  fail("said something unintelligible");
}

void Conversation::tell(const Message& message) {
  if (!channel_.send(message)) fail("is gone, and its host with it");
}

void Conversation::run(std::uint64_t seed) {
  const bool postgres = world_.dialect() == sim::Dialect::postgres;
  std::string address = world_.address();
  if (address.empty()) throw HarnessFailure("the database cannot be reached by another process");
  constexpr std::string_view sqlite = "sqlite:";
  if (!postgres) address.erase(0, sqlite.size());
  tell({"run", std::to_string(told_.operation), postgres ? "postgres" : "sqlite", address,
        std::to_string(seed), std::to_string(world_.clock().now().time_since_epoch().count())});
  for (bool alive = true; alive;) {
    const Message message = hear();
    const std::string& about = message.front();
    if (about == "client" && message.size() == 2) {
      process_ = number_of<pid_t>(message[1]).value_or(0);
      tell({"go"});
    } else if (about == "connected" && message.size() == 2) {
      connected(message);
    } else if (about == "statement" && message.size() > 3) {
      alive = statement(message);
    } else if (about == "told" && message.size() == 3) {
      told(message);
      alive = false;
    } else if (about == "refused" && message.size() == 2) {
      fail("could not be made: " + message[1]);
    } else {
      expect_end(message, "no end", -1);
    }
  }
  for (Connection& connection : connections_) wait_until_gone(connection);
}

void Conversation::connected(const Message& message) {
  connections_.push_back({director_.next_connection(told_.client),
                          number_of<std::int64_t>(message[1]).value_or(0),
                          false,
                          {}});
  tell({"go"});
}

bool Conversation::statement(const Message& message) {
  const int index = number_of<int>(message[1]).value_or(0) - 1;
  const std::optional<sim::Statement> statement = statement_of(message, 3);
  if (!statement || index < 0 || static_cast<std::size_t>(index) >= connections_.size()) {
    fail("said something unintelligible");
  }
  ++statements_;
  Connection& connection = connections_[static_cast<std::size_t>(index)];
  if (connection.lost || message[2] == "lost") {
    record(nullptr, connection, *statement, nullptr, carry_out({"go"}, connection).answer);
    tell({"go"});
    return true;
  }
  const FaultPoint point = director_.arrive(told_.client, *statement, connection.transaction);
  const Fault* const fault = director_.strike(point);
  if (fault != nullptr && strikes_before(*fault)) {
    return end_before({point, *statement, fault}, connection);
  }
  return go_through({point, *statement, fault}, connection);
}

bool Conversation::end_before(const Step& step, const Connection& connection) {
  if (needs_process(*step.fault)) {
    record(&step.point, connection, step.statement, step.fault, "not sent: the process is killed");
    kill("before", step.point);
    return false;
  }
  record(&step.point, connection, step.statement, step.fault, "not sent: the program throws");
  tell({"throw", planned_exception(step.point, "before")});
  return true;
}

bool Conversation::go_through(const Step& step, Connection& connection) {
  const bool durable = is_durable(step.point);
  const bool kills = step.fault != nullptr && needs_process(*step.fault);
  const bool throws = step.fault != nullptr && std::holds_alternative<ThrowException>(*step.fault);
  durable_sent_ = durable_sent_ || durable;
  const Heard heard = step.fault == nullptr || kills || throws ? carry_out({"go"}, connection)
                                                               : strike(*step.fault, connection);
  if (heard.ok && durable) durable_.push_back(step.statement.text());
  connection.transaction.follow(step.statement, heard.ok, world_.dialect());
  record(&step.point, connection, step.statement, step.fault, heard.answer);
  if (kills) {
    kill("after", step.point);
    return false;
  }
  tell(throws ? Message{"throw", planned_exception(step.point, "after")} : Message{"go"});
  return true;
}

Conversation::Heard Conversation::carry_out(const Message& message, Connection& connection) {
  tell(message);
  const Message answer = hear();
  if (answer.front() != "answer" || answer.size() != 5) expect_end(answer, "no end", -1);
  if (answer[2] == "lost") {
    connection.lost = true;
    connection.transaction = TransactionState{};
  }
  return {answer[1] == "ok", answer[3], answer[4]};
}

Conversation::Heard Conversation::strike(const Fault& fault, Connection& connection) {
  if (const auto* error = std::get_if<RaiseError>(&fault)) return raise(*error, connection);
  if (const auto* ended = std::get_if<TerminateBackend>(&fault)) {
    return terminate(ended->after, connection);
  }
  if (const auto* crashed = std::get_if<CrashServer>(&fault)) {
    return crash(*crashed, connection);
  }
  if (std::holds_alternative<FillDisk>(fault)) return with_full_disk(connection);
  Heard heard = carry_out({std::holds_alternative<LoseReply>(fault) ? "lose" : "cut"}, connection);
  wait_until_gone(connection);
  return heard;
}

Conversation::Heard Conversation::raise(const RaiseError& fault, Connection& connection) {
  Heard heard = carry_out({"raise", fault.code, fault.rolls_back ? "rollback" : ""}, connection);
  if (heard.code != fault.code) {
    throw HarnessFailure(
        fmt::format("the planned error {} could not be raised: {}", fault.code, heard.answer));
  }
  if (fault.rolls_back) connection.transaction = TransactionState{};
  return heard;
}

Conversation::Heard Conversation::with_full_disk(Connection& connection) {
  const auto require = [](const sim::Status& done) {
    if (!done.ok()) throw HarnessFailure("the disk cannot be filled: " + done.error().message);
  };
  require(world_.fill_disk());
  Heard heard = carry_out({"go"}, connection);
  require(world_.free_disk());
  return heard;
}

Conversation::Heard Conversation::terminate(bool after, Connection& connection) {
  const auto end = [&] {
    const sim::Answer<sim::Rows> ended =
        world_.query({"SELECT pg_terminate_backend($1::int)", {connection.backend}});
    if (!ended.ok()) throw HarnessFailure("a backend cannot be ended: " + ended.error().message);
    wait_until_gone(connection);
  };
  if (!after) end();
  Heard heard = carry_out({"go"}, connection);
  if (after && !connection.lost) end();
  connection.lost = true;
  return heard;
}

Conversation::Heard Conversation::crash(const CrashServer& fault, Connection& connection) {
  const auto crash = [&] {
    const sim::Status crashed = world_.crash(fault.how, connection.backend);
    if (!crashed.ok()) {
      throw HarnessFailure("the server cannot be crashed: " + crashed.error().message);
    }
    for (Connection& one : connections_) {
      one.lost = true;
      one.backend = 0;
    }
  };
  const bool unanswered = fault.when == CrashServer::When::unanswered;
  if (fault.when == CrashServer::When::before) crash();
  Heard heard = carry_out({unanswered ? "lose" : "go"}, connection);
  if (fault.when != CrashServer::When::before) crash();
  return heard;
}

void Conversation::record(const FaultPoint* point, const Connection& connection,
                          const sim::Statement& statement, const Fault* fault,
                          const std::string& answer) {
  director_.record(point, told_.client, connection.number, statement, fault, {answer, "", ""});
}

// The process waits for our word, and nobody but its host, which is told to later, gives its
// process id back: the signal reaches it and nobody else.
void Conversation::kill(const char* when, const FaultPoint& point) {
  if (process_ <= 0 || ::kill(process_, SIGKILL) != 0) fail("could not be killed");
  expect_end(hear(), "signal", SIGKILL);
  told_.outcome = outcome_of_killed();
  told_.why = fmt::format("the process was killed {} statement {}", when, point.statement);
}

sim::Outcome Conversation::outcome_of_killed() const {
  if (!durable_sent_) return sim::Outcome::aborted;
  const bool all_answered = clean_ != nullptr && durable_ == *clean_;
  return all_answered ? sim::Outcome::committed : sim::Outcome::indeterminate;
}

void Conversation::told(const Message& message) {
  for (const sim::Outcome outcome :
       {sim::Outcome::committed, sim::Outcome::aborted, sim::Outcome::indeterminate}) {
    if (sim::to_string(outcome) == message[1]) told_.outcome = outcome;
  }
  told_.why = message[2];
  expect_end(hear(), "exit", 0);
}

void Conversation::expect_end(const Message& end, const char* how, int number) const {
  if (end.front() != "ended" || end.size() != 3) fail("said something unintelligible");
  if (end[1] == how && number_of<int>(end[2]) == number) return;
  fail(
      fmt::format("ended by itself with {} {}", end[1] == "exit" ? "exit code" : "signal", end[2]));
}

void Conversation::wait_until_gone(Connection& connection) {
  constexpr int questions_max = 100000;
  for (int question = 0; connection.backend > 0; ++question) {
    const sim::Answer<sim::Rows> rows =
        world_.query({"SELECT 1 FROM pg_stat_get_activity($1::int)", {connection.backend}});
    if (!rows.ok()) throw HarnessFailure("the server cannot be asked: " + rows.error().message);
    if (rows.value().rows.empty()) connection.backend = 0;
    if (question >= questions_max) fail("is gone, and its backend stays");
  }
}

}  // namespace splitproof::harness
