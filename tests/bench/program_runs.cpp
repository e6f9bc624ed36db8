// What it costs to test anyone's program: fault runs a second of a program of five statements, with
// psql and with psycopg2.
//
// Each fault run of the sweep sets the database back, runs the program behind the proxy, reads the
// state, and runs the program once more where it did not end with 0. Most of that is the program's
// own start, which is measured besides: the same program without its statements, started in the
// same way, as often as the fault runs start it. "without starts" is what is left for us and for
// the server. Rounds (first argument, default 3) go through the whole sweep; rates are medians.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "harness/program/program_environment.h"
#include "harness/program/program_process.h"
#include "harness/program/programs.h"
#include "harness/run/case_runner.h"
#include "harness/run/worlds.h"

namespace splitproof::harness {
namespace {

const std::vector<std::string> families_measured = {"error", "drop", "lose-reply", "kill"};

struct Measured {
  std::string name;
  std::vector<std::string> command;
  std::vector<std::string> start;  // The same without its statements.
};

std::vector<Measured> programs_measured() {
  const std::string sql =
      "BEGIN;\nUPDATE a SET n = 90;\nUPDATE b SET n = 110;\nSELECT n FROM a;\nCOMMIT;";
  const std::string python =
      "import os, psycopg2\nc = psycopg2.connect(os.environ['DATABASE_URL'])\n"
      "with c, c.cursor() as q:\n"
      "    for s in ('UPDATE a SET n = 90', 'UPDATE b SET n = 110', 'SELECT n FROM a'):\n"
      "        q.execute(s)\n";
  return {
      {"psql",
       {"/bin/sh", "-c", fmt::format("exec psql -X -q -v ON_ERROR_STOP=1 <<'END'\n{}\nEND", sql)},
       {"/bin/sh", "-c", "exec psql --version"}},
      {"psycopg2",
       {"/usr/bin/python3", "-c", python},
       {"/usr/bin/python3", "-c", "import os, psycopg2"}}};
}

Scenario scenario_of(const Measured& measured) {
  Scenario scenario;
  scenario.name = measured.name;
  scenario.data.sql = {"CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
                       "CREATE TABLE b (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
                       "INSERT INTO a VALUES (1, 100)", "INSERT INTO b VALUES (1, 100)"};
  scenario.operations.emplace_back();
  scenario.operations.front().title = measured.name;
  ProgramSpec program;
  program.command = measured.command;
  program.folder = std::filesystem::temp_directory_path().string();
  scenario.operations.front().program = program;
  return scenario;
}

double milliseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void measure(sim::Guardian& guardian, Worlds& worlds, const Measured& measured, int rounds) {
  auto world = worlds.make("postgres");
  if (!world.ok()) throw std::runtime_error(world.error().message);
  const Scenario scenario = scenario_of(measured);
  Experiment experiment(*world.value(), scenario, {[] { return Operation(); }});
  const auto programs = make_programs(guardian, scenario.operations, "");
  experiment.run_clients_in(programs.get());
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  ProgramSpec start = *scenario.operations.front().program;
  start.command = measured.start;
  const std::string output =
      (std::filesystem::temp_directory_path() / fmt::format("bench-program-{}", ::getpid()))
          .string();
  std::vector<double> with_starts;
  std::vector<double> without_starts;
  int runs = 0;
  for (int round = 0; round < rounds; ++round) {
    double taken = 0;
    double started = 0;
    runs = 0;
    for (const FaultPoint& point : prepared.clean.record.points) {
      for (const Fault& fault : faults_of_programs(sim::Dialect::postgres, families_measured)) {
        if (!can_strike(fault, point)) continue;
        const auto begin = std::chrono::steady_clock::now();
        const RunRecord run =
            experiment.run(Plan{{Strike{'a', point.statement, fault, false}}}, {});
        taken += milliseconds_since(begin);
        for (const auto& [name, oracle] : all_oracles()) oracle(run, prepared.references);
        for (std::size_t i = 0; i < run.history.told.size(); ++i) {
          const auto begin_start = std::chrono::steady_clock::now();
          ProgramProcess(guardian, start, program_environment(start, {}), output).wait();
          started += milliseconds_since(begin_start);
        }
        ++runs;
      }
    }
    with_starts.push_back(1000.0 * runs / taken);
    without_starts.push_back(1000.0 * runs / std::max(1.0, taken - started));
  }
  std::filesystem::remove(output);
  fmt::print("{:<10} {:8} {:12.1f} {:16.1f}\n", measured.name, runs, median(with_starts),
             median(without_starts));
}

int run(int rounds) {
  const std::unique_ptr<sim::Guardian> guardian = sim::Guardian::start();
  Worlds worlds(guardian.get());
  fmt::print("fault runs a second, medians of {} rounds\n", rounds);
  fmt::print("{:<10} {:>8} {:>12} {:>16}\n", "program", "runs", "with starts", "without starts");
  for (const Measured& measured : programs_measured()) {
    measure(*guardian, worlds, measured, rounds);
  }
  return 0;
}

}  // namespace
}  // namespace splitproof::harness

int main(int argc, char** argv) {
  try {
    return splitproof::harness::run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 3);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "bench_program_runs: {}\n", failure.what());
    return 4;
  }
}
