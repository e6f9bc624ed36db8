#include "sim/server/postgres_server.h"

#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "sim/server/cluster.h"
#include "sim/server/cluster_image.h"
#include "sim/server/postgres_server_state.h"

namespace splitproof::sim {

Result<std::unique_ptr<PostgresServer>, ServerError> PostgresServer::start(
    Guardian& guardian, const ServerSettings& settings, Disk* disk) try {
  Result<PostgresPrograms, ServerError> programs = find_postgres(postgres_folders());
  if (!programs.ok()) return programs.error();
  Result<std::optional<Account>, ServerError> account = server_account();
  if (!account.ok()) return account.error();
  Result<ServerFolder, ServerError> folder =
      ServerFolder::make(guardian, server_folder_parents(), account.value());
  if (!folder.ok()) return folder.error();
  const Result<Done, ServerError> made =
      disk == nullptr
          ? make_cluster(guardian, programs.value(), account.value(), folder.value().path())
          : put_cluster_on(*disk, guardian, programs.value(), account.value());
  if (!made.ok()) return made.error();
  std::unique_ptr<PostgresServer> server(new PostgresServer(
      std::make_unique<State>(guardian, settings, std::move(programs).value(),
                              std::move(account).value(), std::move(folder).value(), disk)));
  const Result<Done, ServerError> ready = server->state_->launch(Deadline(server_start_time));
  if (!ready.ok()) return ready.error();
  if (const std::optional<SmallDisk>& small = server->state_->disk) {
    const Result<std::string, ServerError> name = small->make_tablespace(server->connection());
    if (!name.ok()) return name.error();
    server->state_->tablespace = name.value();
  }
  return server;
} catch (const GuardianGone& gone) {
  return ServerError{gone.what()};
}

PostgresServer::PostgresServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

PostgresServer::~PostgresServer() {
  if (state_->simulated != nullptr) {
    state_->lose_power();
  } else {
    stop();
  }
  // After crash() nobody recovered, and the lock file still names what the dead server held.
  remove_if_unused(shared_memory_of_server(state_->data));
  remove_if_unused(segments_made_for(state_->data, state_->postmasters));
  state_->guardian.forget_server(state_->data);
}

std::string PostgresServer::connection(const std::string& database) const {
  return state_->connection(database);
}

const std::string& PostgresServer::version() const { return state_->version; }

const std::string& PostgresServer::folder() const { return state_->folder.path(); }

std::string PostgresServer::log() const {
  const std::ifstream file(state_->log);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

pid_t PostgresServer::pid() const { return state_->postmaster ? state_->postmaster->pid() : -1; }

const std::string& PostgresServer::tablespace() const { return state_->tablespace; }

Result<Done, ServerError> PostgresServer::fill_disk() { return state_->disk->fill(); }

Result<Done, ServerError> PostgresServer::free_disk() { return state_->disk->free(); }

void PostgresServer::crash() { state_->crash(); }

void PostgresServer::kill_at_once() { state_->kill_at_once(); }

void PostgresServer::lose_power() { state_->lose_power(); }

std::unique_lock<std::mutex> PostgresServer::hold_disk() {
  return state_->mounted == nullptr ? std::unique_lock<std::mutex>() : state_->mounted->hold();
}

void PostgresServer::stop_immediately() { state_->stop_immediately(); }

Result<Done, ServerError> PostgresServer::kill_backend(pid_t pid) {
  return state_->kill_backend(pid);
}

void PostgresServer::stop() { state_->stop(); }

// A server that finds something left of the one before it ends at once; it is started again until
// that has gone.
Result<Done, ServerError> PostgresServer::restart() try {
  stop();
  // Where the power was off, nothing is left of the one before.
  const bool is_alone = state_->simulated != nullptr && state_->mounted == nullptr;
  const Deadline deadline(server_start_time);
  const Deadline patience(std::chrono::seconds(1));
  while (true) {
    Result<Done, ServerError> ready = state_->launch(deadline);
    if (ready.ok() || is_alone || patience.passed()) return ready;
  }
} catch (const GuardianGone& gone) {
  return ServerError{gone.what()};
}

}  // namespace splitproof::sim
