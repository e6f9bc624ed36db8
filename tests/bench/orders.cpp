// How many orders of two sessions are run in a second: every order of two sessions of four
// statements that never wait, and of two transactions that read, compute and write one row.
//
// Every order is judged by every oracle; the observers of `splitproof run` watch where the second
// column says so. First argument: rounds, default 3; the median counts. The sessions are two
// threads with one token, so that a rate is that of one core, but for the server's part.
//
// Then what the reduction leaves of named spaces: classes of orders, the runs that it takes to find
// them, and how many orders there are, counted where it is complete.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

#include "harness/run/case_runner.h"
#include "harness/run/schedules.h"
#include "harness/run/worlds.h"
#include "harness/schedule/strategy.h"

namespace splitproof::harness {
namespace {

using Texts = std::vector<std::string>;

sim::TransactionEnd each_alone(sim::Client& client, const Texts& statements) {
  for (const std::string& statement : statements) {
    const sim::Answer<sim::Session*> session = client.session();
    if (!session.ok()) return {sim::Outcome::aborted, session.error(), 1};
    const sim::Answer<sim::Rows> answer = session.value()->execute(statement);
    if (!answer.ok()) return {sim::Outcome::aborted, answer.error(), 1};
  }
  return {sim::Outcome::committed, std::nullopt, 1};
}

sim::TransactionEnd add_in_transaction(sim::Client& client, std::int64_t amount) {
  return sim::run_transaction(client, {}, [&](sim::Transaction& transaction) -> sim::Status {
    const sim::Answer<sim::Rows> read = transaction.execute("SELECT v FROM counter WHERE id = 1");
    if (!read.ok()) return read.error();
    const std::int64_t sum = std::get<std::int64_t>(read.value().rows.at(0).at(0)) + amount;
    const sim::Answer<sim::Rows> written =
        transaction.execute({"UPDATE counter SET v = $1 WHERE id = 1", {sum}});
    if (!written.ok()) return written.error();
    return sim::Done{};
  });
}

Scenario counter_scenario(std::size_t sessions = 2) {
  Scenario scenario;
  scenario.name = "counter";
  scenario.data.sql = {"CREATE TABLE counter (id INTEGER PRIMARY KEY, v INTEGER NOT NULL)",
                       "INSERT INTO counter (id, v) VALUES (1, 100)"};
  for (std::size_t i = 0; i < sessions; ++i) {
    const char session = static_cast<char>('a' + i);
    scenario.data.sql.push_back(
        fmt::format("CREATE TABLE own_{} (id INTEGER PRIMARY KEY, v INTEGER NOT NULL)", session));
    scenario.data.sql.push_back(fmt::format("INSERT INTO own_{} (id, v) VALUES (1, 100)", session));
    OperationSpec operation;
    operation.session = session;
    operation.title = std::string("session ") + session;
    scenario.operations.push_back(operation);
  }
  return scenario;
}

struct Sample {
  std::int64_t orders = 0;
  double per_second = 0;
};

// `judged` keeps the compiler and the reader sure that every run was judged.
Sample explore_once(Experiment& experiment, const References& references, bool observers,
                    std::size_t& judged) {
  const auto judge = [&](const RunRecord& run) {
    for (const auto& [name, oracle] : all_oracles()) judged += oracle(run, references).size();
    ++judged;
  };
  const auto begin = std::chrono::steady_clock::now();
  Sample sample;
  if (observers) {
    ScheduleOptions every;
    every.exploration.strategy = StrategyName::exhaustive;
    sample.orders = explore(experiment, {}, every, judge).schedules.explored;
  } else {
    Exhaustive strategy;
    RunOptions options;
    options.strategy = &strategy;
    options.keep_what_is_seen = true;
    do {
      strategy.begin();
      judge(experiment.run({}, options));
    } while (strategy.next());
    sample.orders = strategy.explored();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  sample.per_second = static_cast<double>(sample.orders) / took.count();
  return sample;
}

void measure(const std::string& title, World& world, const std::vector<OperationFactory>& work,
             int rounds) {
  const Scenario scenario = counter_scenario();
  Experiment experiment(world, scenario, work);
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  for (const bool observers : {false, true}) {
    std::vector<Sample> samples;
    std::size_t judged = 0;
    for (int round = 0; round < rounds; ++round) {
      samples.push_back(explore_once(experiment, prepared.references, observers, judged));
    }
    std::ranges::sort(samples, {}, &Sample::per_second);
    const Sample& median = samples[samples.size() / 2];
    fmt::print("{:<44} {:<10} {:>6} orders {:>8.0f} a second\n", title,
               observers ? "observed" : "unobserved", median.orders, median.per_second);
    if (judged < static_cast<std::size_t>(median.orders)) throw std::runtime_error("not judged");
  }
}

// Statements of one session, BEGIN and COMMIT among them. All look at the counter, and change what
// is theirs alone or the counter.
Texts transaction_of(std::size_t statements, const std::string& table) {
  Texts texts{"BEGIN"};
  for (std::size_t i = 2; i < statements; ++i) {
    texts.push_back(i % 2 == 0 ? "SELECT v FROM counter WHERE id = 1"
                               : fmt::format("UPDATE {} SET v = v + 1 WHERE id = 1", table));
  }
  texts.emplace_back("COMMIT");
  return texts;
}

void count_classes(const std::string& target, World& world, std::size_t sessions,
                   std::size_t statements, bool shared) {
  const Scenario scenario = counter_scenario(sessions);
  std::vector<OperationFactory> work;
  for (std::size_t i = 0; i < sessions; ++i) {
    const std::string table =
        shared ? "counter" : fmt::format("own_{}", static_cast<char>('a' + i));
    const Texts texts = transaction_of(statements, table);
    work.push_back(
        [texts] { return [texts](sim::Client& client) { return each_alone(client, texts); }; });
  }
  Experiment experiment(world, scenario, work);
  ScheduleOptions options;
  options.exploration.strategy = StrategyName::reduced;
  options.exploration.runs_max = 20'000;
  const auto begin = std::chrono::steady_clock::now();
  const ScheduleCount count = explore(experiment, {}, options, [](const RunRecord&) {}).schedules;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print("{:<9} {} x {} {:<15} {:>6} classes {:>6} runs {:>8} orders {:>7.1f} s{}\n", target,
             sessions, statements, shared ? "one table" : "own tables", count.classes,
             count.explored, count.of, took.count(), count.complete ? "" : ", not complete");
}

void measure_all(int rounds) {
  const std::unique_ptr<sim::Guardian> guardian = sim::Guardian::start();
  Worlds worlds(guardian.get());
  const Texts four{"SELECT v FROM counter WHERE id = 1", "UPDATE counter SET v = 7 WHERE id = 1",
                   "SELECT v FROM counter WHERE id = 1", "UPDATE counter SET v = 8 WHERE id = 1"};
  const OperationFactory alone = [four] {
    return [four](sim::Client& client) { return each_alone(client, four); };
  };
  const auto adds = [](std::int64_t amount) -> OperationFactory {
    return [amount] {
      return [amount](sim::Client& client) { return add_in_transaction(client, amount); };
    };
  };
  for (const std::string target : {"sqlite", "postgres"}) {
    auto world = worlds.make(target);
    if (!world.ok()) throw std::runtime_error(world.error().message);
    measure(target + ": 2 x 4 statements, none waits", *world.value(), {alone, alone}, rounds);
    auto other = worlds.make(target);
    if (!other.ok()) throw std::runtime_error(other.error().message);
    measure(target + ": 2 serializable transactions", *other.value(), {adds(10), adds(5)}, rounds);
  }
  for (const std::string target : {"sqlite", "postgres"}) {
    for (const auto& [sessions, statements] :
         std::vector<std::pair<std::size_t, std::size_t>>{{2, 6}, {3, 4}, {3, 5}}) {
      for (const bool shared : {false, true}) {
        auto world = worlds.make(target);
        if (!world.ok()) throw std::runtime_error(world.error().message);
        count_classes(target, *world.value(), sessions, statements, shared);
      }
    }
  }
}

}  // namespace
}  // namespace splitproof::harness

int main(int argc, char** argv) {
  try {
    splitproof::harness::measure_all(argc > 1 ? std::max(1, std::atoi(argv[1])) : 3);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "bench_orders: {}\n", failure.what());
    return 4;
  }
}
