#include "harness/run/worlds.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "harness/run/postgres_world.h"
#include "harness/run/sqlite_world.h"

namespace splitproof::harness {

sim::Result<std::unique_ptr<World>, EnvironmentError> Worlds::make(const std::string& target) {
  if (target == "sqlite") return std::unique_ptr<World>(std::make_unique<SqliteWorld>());
  if (target != "postgres") return on_server(target);
  if (server_ == nullptr) {
    if (guardian_ == nullptr)
      return EnvironmentError{"no server can be started without a guardian"};
    sim::Result<std::unique_ptr<sim::PostgresServer>, sim::ServerError> server =
        sim::PostgresServer::start(*guardian_);
    if (!server.ok()) return EnvironmentError{server.error().message};
    server_ = std::move(server).value();
  }
  return on_server(server_->connection());
}

sim::Result<std::unique_ptr<World>, EnvironmentError> Worlds::on_server(
    const std::string& connection) {
  // Several workers, and several processes, may use one server.
  static std::atomic<int> next{0};
  const std::string database = fmt::format("splitproof_{}_{}", ::getpid(), ++next);
  sim::Answer<std::unique_ptr<PostgresWorld>> world = PostgresWorld::create(connection, database);
  if (!world.ok()) {
    return EnvironmentError{fmt::format("the database server cannot be used: {} ({})",
                                        world.error().message, world.error().native_code)};
  }
  return std::unique_ptr<World>(std::move(world).value());
}

std::string without_password(const std::string& url) {
  const std::size_t begin = url.find("://");
  if (begin == std::string::npos) return url;
  const std::size_t at = url.find('@', begin);
  const std::size_t slash = url.find('/', begin + 3);
  std::string clean = url;
  if (at != std::string::npos && (slash == std::string::npos || at < slash)) {
    const std::size_t colon = url.find(':', begin + 3);
    if (colon < at) clean.erase(colon, at - colon);
  }
  constexpr std::string_view parameter = "password=";
  for (std::size_t found = clean.find(parameter); found != std::string::npos;) {
    const std::size_t value = found + parameter.size();
    clean.replace(value, std::min(clean.find('&', value), clean.size()) - value, "***");
    found = clean.find(parameter, value);
  }
  return clean;
}

}  // namespace splitproof::harness
