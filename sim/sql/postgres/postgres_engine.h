// PostgreSQL behind the Session door, by libpqxx.
//
// libpqxx 6 loses the SQLSTATE of conflicts, reconnects silently and raises in_doubt_error too
// often; the adapter restores the first from the exception's type, refuses the second, and avoids
// the third by sending BEGIN and COMMIT as plain statements.
#pragma once

#include <string>

#include "sim/sql/engine.h"

namespace splitproof::sim {

class PostgresEngine final : public Engine {
 public:
  // `connection` is a libpq connection string or URL.
  explicit PostgresEngine(std::string connection) : connection_(std::move(connection)) {}

  Dialect dialect() const override { return Dialect::postgres; }
  Answer<std::unique_ptr<Session>> connect() override;

 private:
  std::string connection_;
};

}  // namespace splitproof::sim
