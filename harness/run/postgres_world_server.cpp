// The half of PostgresWorld that breaks the server: one backend of it, or all of it.
#include "harness/run/postgres_world.h"
#include "sim/sql/postgres/postgres_engine.h"

namespace splitproof::harness {

sim::Status PostgresWorld::open_observer() {
  sim::Answer<std::unique_ptr<sim::Session>> observer = engine_->connect();
  if (!observer.ok()) return observer.error();
  observer_ = std::move(observer).value();
  // What the observer writes is waited for only where a crash could take it away again: the image
  // that reset() puts back must survive one.
  const sim::Answer<sim::Rows> set = observer_->execute(
      std::string("SET session_replication_role = replica; SET client_min_messages = error; "
                  "SET synchronous_commit = ") +
      (can_crash() ? "on" : "off"));
  if (!set.ok()) return set.error();
  return sim::Done{};
}

sim::Status PostgresWorld::may_crash(sim::PostgresServer& server) {
  server_ = &server;
  return open_observer();
}

sim::Status PostgresWorld::meet(sim::Session& session, std::int64_t backend) {
  backends_[&session] = backend;
  return sim::Done{};
}

void PostgresWorld::part_from(const sim::Session& session) {
  backends_.erase(&session);
  hasty_.erase(&session);
  footprints_.forget(session);
}

sim::Status PostgresWorld::terminate(sim::Session& session) {
  const auto backend = backends_.find(&session);
  if (backend == backends_.end()) return sim::Done{};
  const std::int64_t pid = backend->second;
  // From here on the session is one that has lost its connection, and is not lent again.
  backends_.erase(backend);
  const sim::Answer<sim::Rows> ended = query({"SELECT pg_terminate_backend($1::int)", {pid}});
  if (!ended.ok()) return ended.error();
  return wait_for_end_of(pid);
}

std::int64_t PostgresWorld::backend_of(const sim::Session& session) const {
  const auto backend = backends_.find(&session);
  return backend == backends_.end() ? 0 : backend->second;
}

sim::Status PostgresWorld::crash(CrashServer::How how, std::int64_t backend) {
  if (server_ == nullptr) return World::crash(how, backend);
  const sim::Result<sim::Done, sim::ServerError> recovered = crash_server(how, backend);
  drop_sessions();
  if (!recovered.ok()) {
    return sim::Error{sim::ErrorKind::connection_lost, "", recovered.error().message};
  }
  return open_observer();
}

void PostgresWorld::drop_sessions() {
  idle_.clear();
  observer_.reset();
  backends_.clear();
  hasty_.clear();
}

sim::Result<sim::Done, sim::ServerError> PostgresWorld::crash_server(CrashServer::How how,
                                                                     std::int64_t backend) {
  switch (how) {
    case CrashServer::How::all:
      server_->crash();
      break;
    case CrashServer::How::immediate:
      server_->stop_immediately();
      break;
    case CrashServer::How::backend:
      return server_->kill_backend(static_cast<pid_t>(backend));
  }
  return server_->restart();
}

sim::Status PostgresWorld::fill_disk() {
  if (!can_fill_disk()) return World::fill_disk();
  is_full_ = true;
  const sim::Result<sim::Done, sim::ServerError> filled = server_->fill_disk();
  if (!filled.ok()) return sim::Error{sim::ErrorKind::invalid, "", filled.error().message};
  return sim::Done{};
}

sim::Status PostgresWorld::free_disk() {
  if (!can_fill_disk()) return World::free_disk();
  const sim::Result<sim::Done, sim::ServerError> freed = server_->free_disk();
  if (!freed.ok()) return sim::Error{sim::ErrorKind::invalid, "", freed.error().message};
  is_full_ = false;
  return sim::Done{};
}

sim::Status PostgresWorld::lay_out() {
  if (!can_fill_disk()) return World::lay_out();
  for (const TableCopy& table : tables_) {
    const sim::Answer<sim::Rows> written = query("VACUUM (FULL) " + table.name);
    if (!written.ok()) return written.error();
  }
  return sim::Done{};
}

}  // namespace splitproof::harness
