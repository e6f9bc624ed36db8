// A session on a PostgreSQL server, with the few things that only PostgreSQL has.
//
// It never reconnects: libpqxx would do so silently, on a backend that knows nothing of the
// session's transaction, settings and temporary tables. Text without parameters goes by the simple
// protocol, so several statements in one text all run, as the server has it; only the first one's
// kind is known, and the rows are those of the last. With parameters the server takes one statement
// only.
#pragma once

#include <memory>
#include <string>

#include "sim/sql/session.h"

namespace splitproof::sim {

class PostgresSession final : public Session {
 public:
  // `connection` is a libpq connection string or URL. The client encoding is UTF-8, whatever the
  // database's is.
  static Answer<std::unique_ptr<PostgresSession>> connect(const std::string& connection);

  ~PostgresSession() override;
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;

  // Whole numbers and floating point numbers come back as such; everything else, NUMERIC, dates and
  // booleans ("t" and "f") included, as the server's text. A COMMIT that the server answers by
  // ROLLBACK, because the transaction had failed, is an error of code 25P02.
  Answer<Rows> execute(const Statement& statement) override;

  // The process id of the server's process for this session; it stays after the session was lost.
  int backend_pid() const;

 private:
  struct State;
  explicit PostgresSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The server's version, "15.18".
Answer<std::string> postgres_version(Session& session);

}  // namespace splitproof::sim
