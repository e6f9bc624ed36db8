#include "harness/program/programs.h"

#include <fmt/format.h>

#include <charconv>

#include "harness/program/program_conversation.h"
#include "harness/program/program_environment.h"
#include "harness/run/failure.h"
#include "harness/run/program_spec.h"
#include "sim/server/server_folder.h"
#include "sim/sql/postgres/connection_string.h"

namespace splitproof::harness {

namespace {

// Where the server is that this connection string leads to.
WirePlace place_of(const std::string& connection) {
  std::map<std::string, std::string> known = sim::parameters_in(connection);
  WirePlace place;
  const std::string& host = known["host"];
  const std::string& port = known["port"];
  (host.starts_with('/') ? place.folder : place.host) = host;
  if (!port.empty()) std::from_chars(port.data(), port.data() + port.size(), place.port);
  return place;
}

// Functions that may write, by the server's word; in upper case.
std::set<std::string> functions_that_may_write(World& world) {
  const sim::Answer<sim::Rows> rows = world.query(
      "SELECT DISTINCT upper(p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = "
      "p.pronamespace WHERE p.provolatile = 'v' AND n.nspname NOT IN ('pg_catalog', "
      "'information_schema', 'splitproof_image')");
  if (!rows.ok()) throw HarnessFailure("the functions cannot be listed: " + rows.error().message);
  std::set<std::string> names;
  for (const sim::Row& row : rows.value().rows) names.insert(sim::to_string(row.front()));
  return names;
}

class Programs final : public ClientProcesses {
 public:
  Programs(sim::Guardian& guardian, const std::vector<OperationSpec>& operations,
           sim::ServerFolder folder)
      : guardian_(guardian), operations_(operations), folder_(std::move(folder)) {}

  void attempt(World& world, Director& director, Told& told, std::uint64_t,
               const Turns* turns) override {
    Door& door = door_of(world, told.client);
    const ProgramSpec& program = *operations_[static_cast<std::size_t>(told.operation)].program;
    const auto known = clean_.find(told.operation);
    const ProgramStage stage{world,
                             director,
                             *door.proxy,
                             door.mailbox,
                             *steps_,
                             program,
                             known == clean_.end() ? nullptr : &known->second,
                             turns};
    // Before the program is started, which may ask at once.
    door.mailbox.clear();
    ProgramProcess process(
        guardian_, program,
        program_environment(program, database_variables(world.address(), door.proxy->port())),
        fmt::format("{}/output-{}", folder_.path(), told.client));
    ProgramConversation conversation(stage, process, told);
    conversation.run();
    if (!door.proxy->failure().empty()) {
      throw HarnessFailure("the proxy met what is not the protocol: " + door.proxy->failure());
    }
    if (told.outcome == sim::Outcome::committed && director.fired().empty()) {
      clean_.emplace(told.operation, conversation.durable());
    }
  }

 private:
  // A session's way to the server.
  struct Door {
    WireMailbox mailbox;
    std::unique_ptr<WireProxy> proxy;
  };

  Door& door_of(World& world, char client) {
    const std::lock_guard guard(mutex_);
    if (!steps_) steps_.emplace(functions_that_may_write(world));
    Door& door = doors_[client];
    if (door.proxy != nullptr) return door;
    auto proxy = WireProxy::start(place_of(world.address()), folder_.path(), door.mailbox);
    if (!proxy.ok()) throw HarnessFailure(proxy.error());
    door.proxy = std::move(proxy).value();
    return door;
  }

  sim::Guardian& guardian_;
  std::vector<OperationSpec> operations_;
  sim::ServerFolder folder_;
  std::mutex mutex_;
  std::optional<WireSteps> steps_;
  std::map<char, Door> doors_;
  std::map<int, std::vector<std::string>> clean_;  // By operation.
};

}  // namespace

std::unique_ptr<ClientProcesses> make_programs(sim::Guardian& guardian,
                                               const std::vector<OperationSpec>& operations,
                                               const std::string& code) {
  auto folder = sim::ServerFolder::make(guardian, sim::server_folder_parents(), std::nullopt);
  if (!folder.ok()) throw HarnessFailure(folder.error().message);
  std::vector<OperationSpec> in_form = operations;
  for (OperationSpec& operation : in_form) {
    const std::string& its = operation.code.empty() ? code : operation.code;
    if (operation.program) operation.program = with_code(*operation.program, its);
  }
  return std::make_unique<Programs>(guardian, in_form, std::move(folder).value());
}

}  // namespace splitproof::harness
