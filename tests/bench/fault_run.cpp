// What it costs to test: a fault run against the same run with no interposer, and how many fault
// runs there are in a second, by what strikes.
//
// A plain run sets the database back, does the operation on a session that stays open, and reads
// the state. A closing run is the same run under the interposer, with a fault planned behind its
// last statement: it counts points, asks the plan, writes the history, digests the state, and
// nothing strikes. A fault run is one of the sweep, in which the fault strikes; where the client
// was not told `committed` it also does the operation again and reads again, on a new connection
// if the fault took the old one. Closing and fault runs are judged by every oracle.
//
// In each round (first argument, default 5; targets may follow) the three take turns once for every
// plan of the sweep, and plans of different faults follow each other, so that what else the machine
// does falls on all alike; the engines and operations take turns too. Milliseconds are medians over
// all runs; "sweep" is the sum of the fault runs against that of the plain ones; rates are medians
// over the rounds. Everything runs on one core, but for the server's part on PostgreSQL.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "harness/run/case_runner.h"
#include "harness/run/worlds.h"
#include "scenarios/catalog.h"
#include "sim/base/period.h"

namespace splitproof::harness {
namespace {

// Those that need neither a process nor a server of their own.
const std::vector<std::string> families_measured = {"error", "throw", "drop", "lose-reply"};

// Fault runs a second that are aimed at: on SQLite whatever strikes the aggregation, on PostgreSQL
// errors, because a lost connection costs a new process of the server.
constexpr double sqlite_aim = 3000;
constexpr double postgres_aim = 500;

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

// Each fault at each point where it can strike, once and from there on, as the sweep plans them;
// point by point, so that the kinds of faults take turns.
std::vector<Plan> plans_of(const RunRecord& clean, sim::Dialect dialect) {
  std::vector<Plan> plans;
  for (const FaultPoint& point : clean.points) {
    for (const Fault& fault : faults_of(dialect, families_measured)) {
      for (const bool persistent : {false, true}) {
        if (can_strike(fault, point)) {
          plans.push_back(Plan{{Strike{'a', point.statement, fault, persistent}}});
        }
      }
    }
  }
  return plans;
}

// Of the wall's clock, and of this program's processor time.
struct Milliseconds {
  double wall = 0;
  double processor = 0;
};

double processor_ms() {
  return 1000.0 * static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

Milliseconds milliseconds_of(const std::function<void()>& work) {
  const double processor_begin = processor_ms();
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - begin;
  return {wall.count(), processor_ms() - processor_begin};
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

// The runs of one fault family in one round.
struct Tally {
  int runs = 0;
  Milliseconds taken;
};

// Runs a second, one a round.
struct Rates {
  std::vector<double> wall;
  std::vector<double> processor;
};

// One operation on one engine, and what was measured of it.
class Subject {
 public:
  Subject(sim::Guardian& guardian, std::string target, Scenario scenario)
      : target_(std::move(target)), scenario_(std::move(scenario)), worlds_(&guardian) {
    auto made = worlds_.make(target_);
    require(made.ok(), made.ok() ? "" : made.error().message);
    world_ = std::move(made).value();
    factory_ = scenarios::find_operation(scenario_.operations.front(), "transactional").value();
    experiment_.emplace(*world_, scenario_, std::vector<OperationFactory>{factory_});
    prepared_ = prepare(*experiment_, 1, [](const RunRecord&, const char*) {});
    plans_ = plans_of(prepared_.clean.record, world_->dialect());
    client_.emplace(world_->engine(), world_->clock(), rng_);
    run_plainly();
  }

  void measure_round() {
    const int last = static_cast<int>(prepared_.clean.record.points.size());
    const Plan behind_the_end{{Strike{'a', last + 1, DropConnection{}, true}}};
    std::map<std::string, Tally> round;
    for (const Plan& plan : plans_) {
      plain_.push_back(milliseconds_of([&] { run_plainly(); }).wall);
      closing_.push_back(milliseconds_of([&] { run_judged(behind_the_end, false); }).wall);
      const Milliseconds taken = milliseconds_of([&] { run_judged(plan, true); });
      fault_.push_back(taken.wall);
      for (const std::string& name : {std::string(family(plan.strikes.front().fault)), all}) {
        Tally& tally = round[name];
        ++tally.runs;
        tally.taken.wall += taken.wall;
        tally.taken.processor += taken.processor;
      }
    }
    for (const auto& [name, tally] : round) {
      rates_[name].wall.push_back(1000.0 * tally.runs / tally.taken.wall);
      rates_[name].processor.push_back(1000.0 * tally.runs / tally.taken.processor);
    }
  }

  void report_times() const {
    const double plain = median(plain_);
    fmt::print("{:<9} {:<16} {:8.3f} {:8.3f} {:8.3f} {:8.2f} {:8.2f} {:8.2f}\n", target_,
               scenario_.name, plain, median(closing_), median(fault_), median(closing_) / plain,
               median(fault_) / plain, sum(fault_) / sum(plain_));
  }

  void report_rates() const {
    print_rates(target_, scenario_.name, &Rates::wall);
    if (in_process()) print_rates("", "on a free core", &Rates::processor);
  }

 private:
  static inline const std::string all = "all";

  void run_plainly() {
    expect(world_->reset({}), "the database cannot be set back");
    const sim::TransactionEnd end = factory_()(*client_);
    require(end.outcome == sim::Outcome::committed, "the plain run is not committed");
    expect(world_->read(), "the database cannot be read");
  }

  void run_judged(const Plan& plan, bool strikes) {
    const RunRecord run = experiment_->run(plan, {});
    require(run.fired.empty() != strikes,
            strikes ? "a planned fault did not fire" : "a fault fired behind the end");
    for (const auto& [name, oracle] : oracles_) {
      require(oracle(run, prepared_.references).empty(), "an oracle of a correct form objects");
    }
  }

  bool in_process() const { return target_ == "sqlite"; }

  void print_rates(const std::string& first, const std::string& second,
                   std::vector<double> Rates::*clock) const {
    fmt::print("{:<9} {:<16}", first, second);
    for (const std::string& name : families_measured) {
      fmt::print(" {:>10.0f}", median(rates_.at(name).*clock));
    }
    const double aim = in_process() ? sqlite_aim : postgres_aim;
    const double found = median(rates_.at(in_process() ? all : "error").*clock);
    fmt::print(" {:>10.0f}   {} {:.0f}: {:.2f} of it\n", median(rates_.at(all).*clock),
               in_process() ? all : "error", aim, found / aim);
  }

  std::string target_;
  Scenario scenario_;
  Worlds worlds_;
  std::unique_ptr<World> world_;
  OperationFactory factory_;
  std::optional<Experiment> experiment_;
  Prepared prepared_;
  std::vector<Plan> plans_;
  std::vector<std::pair<std::string, Oracle>> oracles_ = all_oracles();
  sim::Rng rng_{1};
  std::optional<sim::Client> client_;
  std::vector<double> plain_;
  std::vector<double> closing_;
  std::vector<double> fault_;
  std::map<std::string, Rates> rates_;  // By fault family.
};

void print_all(const std::vector<std::unique_ptr<Subject>>& subjects) {
  fmt::print("{:<26} {:^26} {:^26}\n", "", "milliseconds a run", "times the plain run");
  fmt::print("{:<9} {:<16} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "engine", "operation", "plain",
             "closing", "fault", "closing", "fault", "sweep");
  for (const auto& subject : subjects) subject->report_times();
  fmt::print("\n{:<26} {}\n{:<9} {:<16}", "", "fault runs a second", "engine", "operation");
  for (const std::string& name : families_measured) fmt::print(" {:>10}", name);
  fmt::print(" {:>10}   aim\n", "all");
  for (const auto& subject : subjects) subject->report_rates();
}

void measure_all(sim::Guardian& guardian, int rounds, const std::vector<std::string>& targets) {
  std::vector<std::unique_ptr<Subject>> subjects;
  for (const std::string& target : targets) {
    for (Scenario& scenario : scenarios_measured()) {
      subjects.push_back(std::make_unique<Subject>(guardian, target, std::move(scenario)));
    }
  }
  for (int round = 0; round < rounds; ++round) {
    for (const auto& subject : subjects) subject->measure_round();
  }
  print_all(subjects);
}

}  // namespace
}  // namespace splitproof::harness

int main(int argc, char** argv) {
  using namespace splitproof;
  try {
    const auto guardian = sim::Guardian::start();
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    std::vector<std::string> targets(argv + std::min(argc, 2), argv + argc);
    if (targets.empty()) targets = {"sqlite", "postgres"};
    harness::require(rounds > 0, "usage: bench_fault_run [ROUNDS [TARGET...]]");
    harness::measure_all(*guardian, rounds, targets);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_fault_run: {}\n", error.what());
    return 1;
  }
  return 0;
}
