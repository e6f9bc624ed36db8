#include "harness/run/worlds.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "harness/preload/preloaded_programs.h"
#include "harness/program/programs.h"
#include "harness/run/failure.h"
#include "harness/run/postgres_disk_world.h"
#include "harness/run/sqlite_world.h"

namespace splitproof::harness {

namespace {

EnvironmentError unusable(const sim::Error& error) {
  return {
      fmt::format("the database server cannot be used: {} ({})", error.message, error.native_code)};
}

}  // namespace

sim::Result<std::unique_ptr<World>, EnvironmentError> Worlds::make(const std::string& target) {
  if (target == "sqlite") {
    auto world = std::make_unique<SqliteWorld>();
    static_cast<void>(world->limit_statements(statement_limit_).ok());
    return std::unique_ptr<World>(std::move(world));
  }
  if (target == "postgres" && server_ == nullptr) {
    auto server = start_server({});
    if (!server.ok()) return server.error();
    server_ = std::move(server).value();
  }
  auto world = target == "postgres" ? on_server(server_->connection(), server_.get())
                                    : on_server(target, nullptr);
  if (!world.ok()) return world.error();
  return std::unique_ptr<World>(std::move(world).value());
}

sim::Result<std::unique_ptr<World>, EnvironmentError> Worlds::make_postgres(
    const sim::ServerSettings& settings) {
  if (!settings.disk.empty()) return make_postgres_on_disk(settings);
  if (chosen_server_ == nullptr || chosen_ != settings) {
    // The memory of the one before is given back first.
    chosen_server_.reset();
    auto server = start_server(settings);
    if (!server.ok()) return server.error();
    chosen_server_ = std::move(server).value();
    chosen_ = settings;
  }
  auto world = on_server(chosen_server_->connection(), chosen_server_.get());
  if (!world.ok()) return world.error();
  world.value()->choose(settings);
  return std::unique_ptr<World>(std::move(world).value());
}

// A server that was struck is of no use to the next world.
sim::Result<std::unique_ptr<World>, EnvironmentError> Worlds::make_postgres_on_disk(
    const sim::ServerSettings& settings) {
  chosen_server_.reset();
  chosen_disk_ = std::make_unique<sim::Disk>(sim::persona_named(settings.disk).value());
  auto server = start_server(settings, chosen_disk_.get());
  if (!server.ok()) return server.error();
  chosen_server_ = std::move(server).value();
  chosen_ = settings;
  auto world = PostgresDiskWorld::create(*chosen_server_, *chosen_disk_, settings, "splitproof");
  if (!world.ok()) return unusable(world.error());
  const sim::Status limited = world.value()->limit_statements(statement_limit_);
  if (!limited.ok()) return unusable(limited.error());
  return std::unique_ptr<World>(std::move(world).value());
}

sim::Result<std::unique_ptr<sim::PostgresServer>, EnvironmentError> Worlds::start_server(
    const sim::ServerSettings& settings, sim::Disk* disk) {
  if (guardian_ == nullptr) return EnvironmentError{"no server can be started without a guardian"};
  sim::Result<std::unique_ptr<sim::PostgresServer>, sim::ServerError> server =
      sim::PostgresServer::start(*guardian_, settings, disk);
  if (!server.ok()) return EnvironmentError{server.error().message};
  return std::move(server).value();
}

sim::Result<std::unique_ptr<World>, EnvironmentError> Worlds::make_sqlite_file(
    SqliteSharing sharing) {
  if (guardian_ == nullptr) return EnvironmentError{"no run folder can be made without a guardian"};
  sim::Result<sim::ServerFolder, sim::ServerError> folder =
      sim::ServerFolder::make(*guardian_, sim::server_folder_parents(), std::nullopt);
  if (!folder.ok()) return EnvironmentError{folder.error().message};
  return std::unique_ptr<World>(
      std::make_unique<SqliteFileWorld>(std::move(folder).value(), sharing));
}

sim::Result<std::unique_ptr<PostgresWorld>, EnvironmentError> Worlds::on_server(
    const std::string& connection, sim::PostgresServer* ours) {
  // Several workers, and several processes, may use one server.
  static std::atomic<int> next{0};
  const std::string database = fmt::format("splitproof_{}_{}", ::getpid(), ++next);
  sim::Answer<std::unique_ptr<PostgresWorld>> world = PostgresWorld::create(
      connection, database, ours == nullptr ? std::string() : ours->tablespace());
  if (!world.ok()) return unusable(world.error());
  if (ours != nullptr) {
    const sim::Status told = world.value()->may_crash(*ours);
    if (!told.ok()) return unusable(told.error());
  }
  const sim::Status limited = world.value()->limit_statements(statement_limit_);
  if (!limited.ok()) return unusable(limited.error());
  return std::move(world).value();
}

std::unique_ptr<World> Worlds::reachable() {
  auto world = make_sqlite_file();
  if (!world.ok()) throw HarnessFailure(world.error().message);
  return std::move(world).value();
}

std::unique_ptr<World> Worlds::make_sqlite_disk(const StorageSetting& setting) {
  return std::make_unique<SqliteDiskWorld>(setting);
}

std::unique_ptr<ClientProcesses> Worlds::programs(const std::vector<OperationSpec>& operations,
                                                  const std::string& code,
                                                  const std::string& target) {
  if (guardian_ == nullptr) throw HarnessFailure("no program can be run without a guardian");
  if (target == "sqlite") return make_preloaded_programs(*guardian_, operations, code);
  return make_programs(*guardian_, operations, code);
}

ClientHost& Worlds::clients() {
  if (clients_ == nullptr) clients_ = std::make_unique<ClientHost>(*guardian_, "/proc/self/exe");
  return *clients_;
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
