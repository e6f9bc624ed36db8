#include "tests/engine/support.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "sim/server/postgres_server.h"
#include "sim/sql/postgres/postgres_engine.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::sim {
namespace {

Guardian* guardian = nullptr;
std::unique_ptr<PostgresServer> server;

PostgresServer& shared_server() {
  if (!server) {
    Result<std::unique_ptr<PostgresServer>, ServerError> started = PostgresServer::start(*guardian);
    if (!started.ok()) throw std::runtime_error(started.error().message);
    server = std::move(started).value();
  }
  return *server;
}

std::string new_postgres_database() {
  static int count = 0;
  const std::string name = "test_" + std::to_string(++count);
  PostgresEngine engine(shared_server().connection());
  run(*connect(engine), "CREATE DATABASE " + name);
  return shared_server().connection(name);
}

}  // namespace

void use_guardian(Guardian* given) { guardian = given; }

void stop_shared_server() { server.reset(); }

FreshDatabase::FreshDatabase(Dialect dialect) {
  if (dialect == Dialect::postgres) {
    connection_ = new_postgres_database();
    engine_ = std::make_unique<PostgresEngine>(connection_);
    return;
  }
  folder_ = "/tmp/splitproof-test-XXXXXX";
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("cannot make " + folder_);
  engine_ = std::make_unique<SqliteEngine>(folder_ + "/database", SqliteOptions{});
}

FreshDatabase::~FreshDatabase() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::unique_ptr<Session> connect(Engine& engine) {
  Answer<std::unique_ptr<Session>> session = engine.connect();
  if (!session.ok()) throw std::runtime_error(session.error().message);
  return std::move(session).value();
}

Rows run(Session& session, const Statement& statement) {
  Answer<Rows> answer = session.execute(statement);
  if (answer.ok()) return std::move(answer).value();
  const Error& error = answer.error();
  throw std::runtime_error(statement.text() + ": " + error.native_code + " " + error.message);
}

Error refuse(Session& session, const Statement& statement) {
  const Answer<Rows> answer = session.execute(statement);
  if (answer.ok()) throw std::runtime_error(statement.text() + " succeeded");
  return answer.error();
}

std::int64_t number(Session& session, const Statement& statement) {
  return std::get<std::int64_t>(run(session, statement).rows.at(0).at(0));
}

std::unique_ptr<PostgresSession> OnPostgres::open() {
  Answer<std::unique_ptr<PostgresSession>> session =
      PostgresSession::connect(database_.connection());
  if (!session.ok()) throw std::runtime_error(session.error().message);
  return std::move(session).value();
}

}  // namespace splitproof::sim
