// Programs on SQLite under the preloaded library, for the tests: what they are, and the experiments
// around them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/preload/preloaded_programs.h"
#include "harness/run/worlds.h"
#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {

inline ProgramSpec program_of(std::vector<std::string> command) {
  ProgramSpec program;
  program.command = std::move(command);
  return program;
}

// A Python program that has the database open as `db`, where every statement is its own
// transaction until BEGIN.
inline ProgramSpec python(const std::string& script) {
  return program_of({"/usr/bin/python3", "-c",
                     "import os, sqlite3, subprocess, sys, time\n"
                     "db = sqlite3.connect(os.environ['SQLITE_PATH'], isolation_level=None)\n" +
                         script});
}

inline ProgramSpec shell(const std::string& script) {
  return program_of({"/bin/sh", "-c", script});
}

// Nobody asks for what a program does.
inline OperationFactory no_operation() {
  return [] {
    return [](sim::Client&) -> sim::TransactionEnd {
      return {sim::Outcome::aborted, std::nullopt, 1};
    };
  };
}

// One operation for each program; of several sessions where they are `at_once`.
class Programs {
 public:
  Programs(const Texts& sql, const std::vector<ProgramSpec>& programs,
           SqliteSharing sharing = SqliteSharing::rollback_journal)
      : world_(std::move(Worlds(shared_guardian()).make_sqlite_file(sharing)).value()),
        scenario_(harness::at_once(sql, Texts(programs.size(), "run"))) {
    for (std::size_t i = 0; i < programs.size(); ++i) scenario_.operations[i].program = programs[i];
    experiment_ = std::make_unique<Experiment>(
        *world_, scenario_, std::vector<OperationFactory>(programs.size(), no_operation()));
    processes_ = make_preloaded_programs(*shared_guardian(), scenario_.operations, "form");
    experiment_->run_clients_in(processes_.get());
  }

  RunRecord run(const std::string& plan = "clean") { return experiment_->run(plan_of(plan), {}); }
  Experiment& experiment() { return *experiment_; }
  World& world() { return *world_; }
  Scenario& scenario() { return scenario_; }

 private:
  std::unique_ptr<World> world_;
  Scenario scenario_;
  std::unique_ptr<Experiment> experiment_;
  std::unique_ptr<ClientProcesses> processes_;
};

}  // namespace splitproof::harness
