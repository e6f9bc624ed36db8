// Programs of a few lines, each a case of its own on PostgreSQL: two tables with a row each, and
// what comes out when the program is run there.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "harness/program/programs.h"
#include "harness/run/case_runner.h"
#include "tests/harness/server.h"

namespace splitproof::harness {

// A program that psql runs line by line.
inline ProgramSpec psql(const std::string& script, const std::string& options = "") {
  ProgramSpec program;
  program.command = {
      "/bin/sh", "-c",
      "exec psql -X -q -v ON_ERROR_STOP=1 " + options + " <<'END'\n" + script + "\nEND"};
  program.folder = "/";
  return program;
}

// Runs the scenario's programs on `world` as a case of its first variant, or under one plan.
inline CaseOutcome run_programs(const Scenario& scenario, World& world,
                                const std::string& plan = "") {
  Case subject;
  subject.scenario = &scenario;
  subject.variant = &scenario.variants.front();
  subject.target = subject.target_kind = "postgres";
  subject.argument = "program";
  CaseOptions options;
  options.programs = [&] {
    return make_programs(*shared_guardian(), scenario.operations, "command");
  };
  if (!plan.empty()) options.plan = parse_plan(plan).value();
  const std::vector<OperationFactory> operations(scenario.operations.size(),
                                                 [] { return Operation(); });
  return run_case(subject, world, operations, options);
}

// The one variant that such a scenario has.
inline Variant of_a_command() {
  Variant variant;
  variant.name = variant.code = "command";
  variant.expect["postgres"] = {};
  return variant;
}

// Runs the programs that a test adds as a case, or under one plan.
class ProgramCase : public testing::Test {
 protected:
  ProgramCase() {
    scenario_.name = "program";
    scenario_.title = "a program";
    scenario_.data.sql = {"CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
                          "CREATE TABLE b (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
                          "INSERT INTO a VALUES (1, 100)", "INSERT INTO b VALUES (1, 100)"};
    scenario_.variants.push_back(of_a_command());
  }

  void add(ProgramSpec program, char session = 'a') {
    OperationSpec operation;
    operation.session = session;
    operation.title = "program " + std::to_string(scenario_.operations.size() + 1);
    operation.program = std::move(program);
    scenario_.operations.push_back(operation);
  }

  CaseOutcome run(const std::string& plan = "") {
    return run_programs(scenario_, *postgres_world(), plan);
  }

  Scenario scenario_;
};

// Oracle and plan of each finding.
inline std::vector<std::string> findings_of(const CaseOutcome& outcome) {
  std::vector<std::string> texts;
  for (const Finding& finding : outcome.verdict.findings) {
    texts.push_back(finding.oracle + " " + finding.plan);
  }
  return texts;
}

inline bool all_closed(const CaseVerdict& verdict) {
  return std::ranges::all_of(verdict.sweeps, [](const SweepAccount& account) {
    if (!account.closed) std::cout << account.fault << ": " << account.open_because << '\n';
    return account.closed;
  });
}

// A program of the extended protocol: what stands between \\startpipeline and \\endpipeline ends by
// one Sync.
inline ProgramSpec pgbench(const std::string& script) {
  ProgramSpec program;
  program.command = {"/bin/sh", "-c",
                     "exec pgbench -n -M extended -t 1 -f /dev/stdin <<'END'\n" + script + "\nEND"};
  program.folder = "/";
  return program;
}

// One run of the scenario's programs under a plan, without a judgement.
class ProgramRun : public ProgramCase {
 protected:
  RunRecord run_once(const std::string& plan) {
    world_ = postgres_world();
    experiment_ = std::make_unique<Experiment>(
        *world_, scenario_,
        std::vector<OperationFactory>(scenario_.operations.size(), [] { return Operation(); }));
    programs_ = make_programs(*shared_guardian(), scenario_.operations, "command");
    experiment_->run_clients_in(programs_.get());
    scenario_.retry_attempts = 0;
    return experiment_->run(parse_plan(plan).value(), {});
  }

  static std::string amount(const RunRecord& run, const std::string& table) {
    return sim::to_string(run.after->state.at(table)->rows.front().at(1));
  }

 private:
  std::unique_ptr<PostgresWorld> world_;
  std::unique_ptr<Experiment> experiment_;
  std::unique_ptr<ClientProcesses> programs_;
};

}  // namespace splitproof::harness
