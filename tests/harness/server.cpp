#include "tests/harness/server.h"

#include <stdexcept>
#include <utility>

#include "sim/server/postgres_server.h"

namespace splitproof::harness {
namespace {

sim::Guardian* given_guardian = nullptr;
std::unique_ptr<sim::PostgresServer> server;

}  // namespace

void use_guardian(sim::Guardian* guardian) { given_guardian = guardian; }

void stop_shared_server() { server.reset(); }

sim::Guardian* shared_guardian() { return given_guardian; }

std::string server_connection() {
  if (!server) {
    sim::Result<std::unique_ptr<sim::PostgresServer>, sim::ServerError> started =
        sim::PostgresServer::start(*given_guardian);
    if (!started.ok()) throw std::runtime_error(started.error().message);
    server = std::move(started).value();
  }
  return server->connection();
}

std::unique_ptr<PostgresWorld> postgres_world() {
  static int count = 0;
  sim::Answer<std::unique_ptr<PostgresWorld>> world =
      PostgresWorld::create(server_connection(), "test_" + std::to_string(++count));
  if (!world.ok()) throw std::runtime_error(world.error().message);
  return std::move(world).value();
}

}  // namespace splitproof::harness
