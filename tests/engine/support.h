// What the tests of this folder share: a fresh database on either engine, and sessions on it.
//
// SQLite's is a file in a folder of the test's own; PostgreSQL's is a database on one throw-away
// server of this program, which is started when the first test needs it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/process/guardian.h"
#include "sim/sql/engine.h"
#include "sim/sql/postgres/postgres_session.h"

namespace splitproof::sim {

// Called by main() before and after all tests.
void use_guardian(Guardian* guardian);
void stop_shared_server();

class FreshDatabase {
 public:
  explicit FreshDatabase(Dialect dialect);
  ~FreshDatabase();
  FreshDatabase(const FreshDatabase&) = delete;
  FreshDatabase& operator=(const FreshDatabase&) = delete;

  Engine& engine() { return *engine_; }
  // A libpq connection string; empty on SQLite.
  const std::string& connection() const { return connection_; }

 private:
  std::string folder_;
  std::string connection_;
  std::unique_ptr<Engine> engine_;
};

std::unique_ptr<Session> connect(Engine& engine);

// The rows of a statement that must succeed; an exception, which fails the test, when it does not.
Rows run(Session& session, const Statement& statement);

// The error of a statement that must fail.
Error refuse(Session& session, const Statement& statement);

// One whole number.
std::int64_t number(Session& session, const Statement& statement);

// The contract of Session and Engine, tried on both.
class BothEngines : public testing::TestWithParam<Dialect> {
 protected:
  bool on_postgres() const { return GetParam() == Dialect::postgres; }

  FreshDatabase database_{GetParam()};
  std::unique_ptr<Session> session_ = connect(database_.engine());
};

// What only PostgreSQL has.
class OnPostgres : public testing::Test {
 protected:
  std::unique_ptr<PostgresSession> open();

  FreshDatabase database_{Dialect::postgres};
  std::unique_ptr<PostgresSession> session_ = open();
};

inline std::string name_of(const testing::TestParamInfo<Dialect>& dialect) {
  return std::string(to_string(dialect.param));
}

}  // namespace splitproof::sim
