// A server on a simulated disk, for tests, and short ways to ask it.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "sim/disk/disk.h"
#include "sim/server/postgres_server.h"
#include "sim/sql/postgres/postgres_session.h"
#include "tests/crash/support.h"

namespace splitproof::tests {

inline std::unique_ptr<sim::PostgresServer> start_on(sim::Disk& disk,
                                                     const sim::ServerSettings& settings) {
  auto server = sim::PostgresServer::start(sim::test_guardian(), settings, &disk);
  if (!server.ok()) throw std::runtime_error(server.error().message);
  return std::move(server).value();
}

inline std::unique_ptr<sim::Session> session_on(const sim::PostgresServer& server) {
  auto session = sim::PostgresSession::connect(server.connection());
  if (!session.ok()) throw std::runtime_error(session.error().message);
  return std::move(session).value();
}

// The first value of the answer; an exception where there is none.
inline std::string ask(sim::Session& session, const std::string& sql) {
  const auto answer = session.execute(sql);
  if (!answer.ok()) throw std::runtime_error(sql + ": " + answer.error().message);
  return answer.value().rows.empty() ? "" : sim::to_string(answer.value().rows.front().front());
}

}  // namespace splitproof::tests
