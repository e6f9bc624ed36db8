#include "harness/run/world.h"

namespace splitproof::harness {

sim::Status World::limit_statements(std::chrono::milliseconds limit) {
  statement_limit_ = limit;
  return sim::Done{};
}

sim::Status World::meet(sim::Session&, std::int64_t) {
  return sim::Error{sim::ErrorKind::invalid, "", "programs have no connections to this database"};
}

sim::Status World::terminate(sim::Session&) {
  return sim::Error{sim::ErrorKind::invalid, "", "there is no server that could end a connection"};
}

bool World::has_lost(const sim::Session&) const { return false; }

sim::Status World::crash(CrashServer::How, std::int64_t) {
  return sim::Error{sim::ErrorKind::invalid, "", "there is no server of ours that could crash"};
}

sim::Status World::fill_disk() {
  return sim::Error{sim::ErrorKind::invalid, "", "there is no disk of ours that could be full"};
}

sim::Status World::free_disk() { return World::fill_disk(); }

sim::Status World::lay_out() { return World::fill_disk(); }

namespace {

sim::Error one_client_only() {
  return {sim::ErrorKind::invalid, "", "this world has one client, not sessions at once"};
}

}  // namespace

void World::wait_by(sim::Session&, std::function<bool()>) {}

sim::Answer<std::optional<Wait>> World::waits(sim::Session&, const std::vector<sim::Session*>&) {
  return one_client_only();
}

sim::Status World::cancel(sim::Session&) { return one_client_only(); }

sim::Status World::before_statement(sim::Session&, bool) { return sim::Done{}; }

sim::Answer<Footprint> World::touched(sim::Session&, const Answered&) {
  Footprint everything;
  everything.everything();
  return everything;
}

sim::Answer<std::unique_ptr<sim::Session>> World::open_snapshot() { return one_client_only(); }

sim::Answer<std::shared_ptr<const Table>> World::table(sim::Session&, const std::string&) {
  return one_client_only();
}

sim::Answer<State> World::view(sim::Session&) { return one_client_only(); }

sim::Status World::obey_rules(sim::Session&, bool) { return one_client_only(); }

std::string World::in_sql(const std::string& table) const { return table; }

}  // namespace splitproof::harness
