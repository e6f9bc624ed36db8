// Our own SIGKILL while a client process is at work: a second later nothing of it may be there.
#include "tests/harness/client_owner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/inject/client_process.h"
#include "harness/run/process_sweep.h"
#include "harness/run/worlds.h"
#include "sim/process/process_list.h"
#include "tests/harness/client_operations.h"

namespace splitproof::harness {

int own_clients(const std::string& report) {
  const std::unique_ptr<sim::Guardian> guardian = sim::Guardian::start();
  Worlds worlds(guardian.get());
  const std::unique_ptr<World> world = std::move(worlds.make_sqlite_file()).value();
  ClientHost host(*guardian, "/proc/self/exe");
  Scenario scenario = scenario_of({"CREATE TABLE t (id integer)"});
  scenario.operations.front().steps = {"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"};
  Experiment experiment(*world, scenario, {in_one_transaction({})});
  use_processes(experiment, {}, host, "transactional");
  RunOptions options;
  options.on_event = [&](const Event& event) {
    if (event.statement != 2) return;
    std::ofstream file(report + ".part");
    file << host.pid() << '\n';
    for (const sim::ProcessHandle& client : sim::children_of(host.pid())) {
      file << client.pid() << '\n';
    }
    file << std::filesystem::path(world->address().substr(7)).parent_path().string() << '\n';
    file.close();
    std::filesystem::rename(report + ".part", report);
    while (true) ::pause();
  };
  experiment.run(plan_of("a9=kill"), options);
  return 1;
}

namespace {

using testing::IsEmpty;
using testing::SizeIs;

struct Report {
  std::vector<sim::ProcessHandle> processes;
  std::string folder;
};

sim::Child start_owner(const std::string& report) {
  std::map<std::string, std::string> environment;
  for (const char* const name : {"PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) environment[name] = value;
  }
  sim::ChildOptions options;
  options.command = {"/proc/self/exe", "own-clients", report};
  options.environment = environment;
  sim::Result<sim::Child, sim::ChildError> child = sim::Child::start(options);
  if (!child.ok()) throw std::runtime_error(child.error().message);
  return std::move(child).value();
}

Report read_report(const std::string& path, sim::Child& owner) {
  const sim::Deadline deadline(std::chrono::minutes(1));
  while (!std::filesystem::exists(path)) {
    if (owner.wait_for(std::chrono::milliseconds(1)) || deadline.passed()) {
      throw std::runtime_error("the owner of clients did not report");
    }
  }
  Report report;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("/")) {
      report.folder = line;
    } else if (auto handle = sim::ProcessHandle::open(std::stoi(line))) {
      report.processes.push_back(std::move(*handle));
    }
  }
  return report;
}

TEST(KilledOwnerOfClients, LeavesNoProcessAndNoFolder) {
  const std::filesystem::path scratch =
      std::filesystem::temp_directory_path() / ("splitproof-test-" + std::to_string(::getpid()));
  std::filesystem::create_directory(scratch);
  {
    sim::Child owner = start_owner((scratch / "report").string());
    const Report report = read_report((scratch / "report").string(), owner);
    EXPECT_THAT(report.processes, SizeIs(2)) << "a host and a client";
    for (const sim::ProcessHandle& process : report.processes) EXPECT_FALSE(process.ended());
    EXPECT_TRUE(std::filesystem::exists(report.folder + "/database-journal"))
        << "the client is in the middle of its transaction";
    owner.signal(SIGKILL);
    EXPECT_EQ(owner.wait().signal, SIGKILL);
    const sim::Deadline second(std::chrono::milliseconds(1000));
    EXPECT_TRUE(sim::wait_all(report.processes, second));
    while (std::filesystem::exists(report.folder) && !second.passed()) {
    }
    EXPECT_FALSE(std::filesystem::exists(report.folder));
  }
  std::filesystem::remove_all(scratch);
}

}  // namespace
}  // namespace splitproof::harness
