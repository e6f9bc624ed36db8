// What it costs to test: a fault run against the same run with no interposer, and how many fault
// runs there are in a second.
//
// A plain run sets the database back, does the operation on a session that stays open, and reads
// the state. A closing run is the same run under the interposer, with a fault planned behind its
// last statement: it counts points, asks the plan, writes the history, digests the state, and
// nothing strikes. A fault run is one of the sweep, in which the fault strikes; where the client
// was not told `committed` it also does the operation again and reads again, on a new connection
// if the fault took the old one. In each round the three take turns once for every plan of the
// sweep, so that what else the machine does falls on all alike. Medians over all rounds (first
// argument, default 5); "sweep" is the sum of the fault runs against that of the plain ones.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>
#include <vector>

#include "harness/run/case_runner.h"
#include "harness/run/worlds.h"
#include "scenarios/catalog.h"
#include "sim/base/period.h"

namespace splitproof::harness {
namespace {

void require(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

// The rows of two clients on two platforms, for the 92 days from 1 July.
std::string daily_rows() {
  std::string values;
  for (const char* const client : {"c1", "c2"}) {
    for (const char* const platform : {"google", "meta"}) {
      sim::Day day{std::chrono::year{2025} / std::chrono::July / 1};
      for (int i = 0; i < 92; ++i) {
        values += fmt::format(
            "{}('{}', '{}', '{}', 'Hotel', 3, 1000, 5000, 100, 10, 1, 2, 20, 10, 5, 2, 40000, 900)",
            values.empty() ? "" : ", ", client, platform, sim::to_string(day));
        day = sim::Day{std::chrono::sys_days{day} + std::chrono::days{1}};
      }
    }
  }
  return "INSERT INTO daily_kpi_data (client_id, platform, date, client_name, campaigns_count, "
         "total_spend_minor, total_impressions, total_clicks, total_conversions, click_to_call, "
         "email_contacts, booking_step_1, booking_step_2, booking_step_3, reservations, "
         "reservation_value_minor, reach) VALUES " +
         values;
}

Scenario scenario_of(const std::string& operation, std::map<std::string, std::string> with,
                     const std::string& sql) {
  Scenario scenario;
  scenario.name = operation;
  scenario.data.aggregator_schema = true;
  scenario.data.sql = {sql};
  scenario.operations.emplace_back();
  scenario.operations.front().title = operation;
  scenario.operations.front().run = operation;
  scenario.operations.front().with = std::move(with);
  return scenario;
}

std::vector<Scenario> scenarios_measured() {
  return {
      scenario_of("aggregate-month", {{"month", "2025-08"}, {"today", "2025-09-01"}}, daily_rows()),
      scenario_of("transfer", {{"reference", "r"}, {"from", "A"}, {"to", "B"}, {"amount", "30.00"}},
                  "INSERT INTO accounts (name, balance_minor) VALUES ('A', 10000), ('B', "
                  "5000)")};
}

// Each fault at each point where it can strike, once and from there on, as the sweep plans them.
std::vector<Plan> plans_of(const RunRecord& clean, sim::Dialect dialect) {
  std::vector<Plan> plans;
  for (const Fault& fault : faults_of(dialect, {})) {
    for (const bool persistent : {false, true}) {
      for (const FaultPoint& point : clean.points) {
        if (can_strike(fault, point)) {
          plans.push_back(Plan{{Strike{'a', point.statement, fault, persistent}}});
        }
      }
    }
  }
  return plans;
}

double milliseconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total;
}

struct Times {
  std::vector<double> plain;
  std::vector<double> closing;
  std::vector<double> fault;
};

Times measure(World& world, const Scenario& scenario, int rounds) {
  const OperationFactory factory =
      scenarios::find_operation(scenario.operations.front(), "transactional").value();
  Experiment experiment(world, scenario, {factory});
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  const std::vector<Plan> plans = plans_of(prepared.clean.record, world.dialect());
  sim::Rng rng(1);
  sim::Client client(world.engine(), world.clock(), rng);
  const auto plain = [&] {
    expect(world.reset({}), "the database cannot be set back");
    const sim::TransactionEnd end = factory()(client);
    require(end.outcome == sim::Outcome::committed, "the plain run is not committed");
    expect(world.read(), "the database cannot be read");
  };
  plain();
  const int last = static_cast<int>(prepared.clean.record.points.size());
  const Plan behind_the_end{{Strike{'a', last + 1, DropConnection{}, true}}};
  Times times;
  for (int round = 0; round < rounds; ++round) {
    for (const Plan& plan : plans) {
      times.plain.push_back(milliseconds_of(plain));
      times.closing.push_back(milliseconds_of([&] {
        require(experiment.run(behind_the_end, {}).fired.empty(), "a fault fired behind the end");
      }));
      times.fault.push_back(milliseconds_of([&] {
        require(!experiment.run(plan, {}).fired.empty(), "a planned fault did not fire");
      }));
    }
  }
  return times;
}

void report(const std::string& target, const Scenario& scenario, const Times& times) {
  const double plain = median(times.plain);
  fmt::print("{:<9} {:<16} {:8.3f} {:8.3f} {:8.3f} {:8.2f} {:8.2f} {:8.2f} {:9.0f}\n", target,
             scenario.name, plain, median(times.closing), median(times.fault),
             median(times.closing) / plain, median(times.fault) / plain,
             sum(times.fault) / sum(times.plain),
             1000.0 * static_cast<double>(times.fault.size()) / sum(times.fault));
}

void measure_all(sim::Guardian& guardian, int rounds) {
  fmt::print("{:<26} {:^26} {:^26} {:>9}\n", "", "milliseconds a run", "times the plain run",
             "faults");
  fmt::print("{:<9} {:<16} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}\n", "engine", "operation",
             "plain", "closing", "fault", "closing", "fault", "sweep", "a second");
  for (const char* const target : {"sqlite", "postgres"}) {
    for (const Scenario& scenario : scenarios_measured()) {
      Worlds worlds(&guardian);
      const auto world = worlds.make(target);
      require(world.ok(), world.ok() ? "" : world.error().message);
      report(target, scenario, measure(*world.value(), scenario, rounds));
    }
  }
}

}  // namespace
}  // namespace splitproof::harness

int main(int argc, char** argv) {
  using namespace splitproof;
  try {
    const auto guardian = sim::Guardian::start();
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    harness::require(rounds > 0, "usage: bench_fault_run [ROUNDS]");
    harness::measure_all(*guardian, rounds);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_fault_run: {}\n", error.what());
    return 1;
  }
  return 0;
}
