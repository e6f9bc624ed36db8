#include "sim/sql/postgres/postgres_session.h"

#include <optional>
#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/nontransaction>
#include <utility>

#include "sim/sql/postgres/postgres_error.h"
#include "sim/sql/postgres/postgres_values.h"
#include "sim/sql/postgres/transaction_block.h"

#ifdef __SANITIZE_ADDRESS__
// libpqxx 6 loses one result (2 kB) whenever it finds a connection broken: it asks for the
// connection's encoding, which throws, before anybody owns the result. The leak checker asks these.
extern "C" const char* __lsan_default_options();
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx\n"; }
#endif

namespace splitproof::sim {

struct PostgresSession::State {
  explicit State(const std::string& text)
      : connection(text), quiet(connection), backend_pid(connection.backendpid()) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    // Deprecated because libpqxx 7 never reconnects. The check of is_open() in execute() does not
    // cover a connection found broken inside a call.
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
    if (connection.get_client_encoding() != "UTF8") connection.set_client_encoding("UTF8");
    door.emplace(connection);
  }

  Answer<Rows> run(const Statement& statement);
  Error lose(Error error);

  pqxx::connection connection;
  // Without a handler of its own, libpq prints the server's notices to standard error.
  pqxx::quiet_errorhandler quiet;
  int backend_pid;
  // Not a transaction: BEGIN and COMMIT are statements like others. libpqxx's own transactions
  // begin too early and take every loss during a commit for doubt.
  std::optional<pqxx::nontransaction> door;
  TransactionBlock block;
  std::optional<Error> lost;
};

Answer<Rows> PostgresSession::State::run(const Statement& statement) {
  try {
    if (statement.parameters().empty()) {
      return rows_of(door->exec(statement.text()), statement.kind());
    }
    const ParameterTexts texts(statement.parameters());
    return rows_of(
        door->exec_params(statement.text(), pqxx::prepare::make_dynamic_params(texts.pointers())),
        statement.kind());
  } catch (const std::exception&) {
    const Error error = translate(std::current_exception());
    if (connection.is_open()) return error;
    // libpqxx loses the server's last words (57P01) and speaks of an encoding instead.
    return postgres_error("08006", "the connection to the server was lost; no answer came");
  }
}

// The connection is closed at once: where it is still open, as after an error of class 08 raised by
// a function in the server, the server then rolls back as it does for every lost client.
Error PostgresSession::State::lose(Error error) {
  door.reset();
  connection.disconnect();
  lost = std::move(error);
  return *lost;
}

Answer<std::unique_ptr<PostgresSession>> PostgresSession::connect(const std::string& connection) {
  try {
    return std::unique_ptr<PostgresSession>(
        new PostgresSession(std::make_unique<State>(connection)));
  } catch (const std::exception&) {
    const Error error = translate(std::current_exception());
    // sqlclient_unable_to_establish_sqlconnection: unlike 08006, nothing was ever sent.
    if (error.native_code == "08006") return postgres_error("08001", error.message);
    return error;
  }
}

PostgresSession::PostgresSession(std::unique_ptr<State> state) : state_(std::move(state)) {}

PostgresSession::~PostgresSession() = default;

int PostgresSession::backend_pid() const { return state_->backend_pid; }

Answer<Rows> PostgresSession::execute(const Statement& statement) {
  if (state_->lost) return *state_->lost;
  if (has_zero_byte(statement)) {
    return postgres_error("22021", "a text has a zero byte, which PostgreSQL cannot hold");
  }
  // A failed transaction's COMMIT is sent all the same, for it ends the transaction.
  const bool was_failed = state_->block.is_failed();
  Answer<Rows> answer = state_->run(statement);
  if (!answer.ok()) {
    if (answer.error().kind == ErrorKind::connection_lost) return state_->lose(answer.error());
    state_->block.failed(statement);
    return answer;
  }
  state_->block.succeeded(statement);
  if (was_failed && statement.kind() == StatementKind::commit) {
    return postgres_error("25P02",
                          "the server answered COMMIT with ROLLBACK, because a statement of the "
                          "transaction had failed; nothing was saved");
  }
  return answer;
}

Answer<std::string> postgres_version(Session& session) {
  const Answer<Rows> answer = session.execute("SHOW server_version");
  if (!answer.ok()) return answer.error();
  // "15.18 (Debian 15.18-0+deb12u1)"
  const std::string full = to_string(answer.value().rows.at(0).at(0));
  return full.substr(0, full.find(' '));
}

}  // namespace splitproof::sim
