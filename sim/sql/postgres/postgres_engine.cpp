#include "sim/sql/postgres/postgres_engine.h"

#include <utility>

#include "sim/sql/postgres/postgres_session.h"

namespace splitproof::sim {

Answer<std::unique_ptr<Session>> PostgresEngine::connect() {
  Answer<std::unique_ptr<PostgresSession>> session = PostgresSession::connect(connection_);
  if (!session.ok()) return session.error();
  return std::unique_ptr<Session>(std::move(session).value());
}

}  // namespace splitproof::sim
