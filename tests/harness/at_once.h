// Operations of sessions at once, for the tests: two clients add to one balance, in every way in
// which programs do that; and the scenarios and runs around them.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/schedules.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {

inline const Texts one_balance{"CREATE TABLE balance (id INTEGER PRIMARY KEY, amount BIGINT)",
                               "INSERT INTO balance VALUES (1, 100)"};

// One operation for each title, of sessions a, b, c … in order.
inline Scenario at_once(const Texts& sql, const Texts& titles) {
  Scenario scenario = scenario_of(sql, titles);
  char letter = 'a';
  for (OperationSpec& operation : scenario.operations) operation.session = letter++;
  return scenario;
}

inline sim::TransactionOptions isolated(sim::Isolation isolation, int attempts_max = 5) {
  sim::TransactionOptions options;
  options.isolation = isolation;
  options.attempts_max = attempts_max;
  return options;
}

inline sim::Statement read_balance(const std::string& suffix = "") {
  return sim::Statement("/* read */ SELECT amount FROM balance WHERE id = 1" + suffix);
}

inline sim::Statement write_balance(std::int64_t amount) {
  return {"/* write */ UPDATE balance SET amount = $1 WHERE id = 1", {amount}};
}

// Reads the balance and writes it back with the amount added, through anything with execute().
template <class Door>
sim::Status read_and_write(Door& door, std::int64_t amount, const std::string& suffix = "") {
  const sim::Answer<sim::Rows> read = door.execute(read_balance(suffix));
  if (!read.ok()) return read.error();
  const auto balance = std::get<std::int64_t>(read.value().rows.at(0).at(0));
  const sim::Answer<sim::Rows> written = door.execute(write_balance(balance + amount));
  if (!written.ok()) return written.error();
  return sim::Done{};
}

inline OperationFactory add_by_itself(std::int64_t amount) {
  return [=] {
    return [=](sim::Client& client) -> sim::TransactionEnd {
      const sim::Answer<sim::Session*> session = client.session();
      if (!session.ok()) return {sim::Outcome::aborted, session.error(), 1};
      const sim::Status done = read_and_write(*session.value(), amount);
      if (!done.ok()) return {sim::Outcome::aborted, done.error(), 1};
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
}

inline OperationFactory add_in_transaction(std::int64_t amount,
                                           const sim::TransactionOptions& options,
                                           const std::string& suffix = "") {
  return [=] {
    return [=](sim::Client& client) {
      return sim::run_transaction(client, options, [&](sim::Transaction& transaction) {
        return read_and_write(transaction, amount, suffix);
      });
    };
  };
}

inline OperationFactory in_one_transaction_at(const Texts& statements,
                                              const sim::TransactionOptions& options) {
  return [=] {
    return [=](sim::Client& client) {
      return sim::run_transaction(
          client, options, [&](sim::Transaction& transaction) -> sim::Status {
            for (const std::string& statement : statements) {
              const sim::Answer<sim::Rows> answer = transaction.execute(statement);
              if (!answer.ok()) return answer.error();
            }
            return sim::Done{};
          });
    };
  };
}

// Everything that a case's stage of orders gives.
struct Orders {
  std::vector<RunRecord> runs;
  std::vector<std::vector<Violation>> violations;  // By run.
  Explored explored;
  Prepared prepared;

  // How many runs some oracle objects to.
  std::size_t objected_by(const std::string& oracle) const {
    std::size_t count = 0;
    for (const std::vector<Violation>& all : violations) {
      for (const Violation& one : all) count += one.oracle == oracle ? 1 : 0;
    }
    return count;
  }
  std::size_t objections() const {
    std::size_t count = 0;
    for (const std::vector<Violation>& all : violations) count += all.size();
    return count;
  }
};

inline Orders orders_of(Experiment& experiment, StrategyName strategy = StrategyName::exhaustive) {
  Orders orders;
  ScheduleOptions options;
  options.exploration.strategy = strategy;
  orders.prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  orders.explored = explore(experiment, {}, options, [&](const RunRecord& run) {
    orders.runs.push_back(run);
    std::vector<Violation>& all = orders.violations.emplace_back();
    for (const auto& [name, oracle] : all_oracles()) {
      for (Violation& violation : oracle(run, orders.prepared.references)) {
        all.push_back(std::move(violation));
      }
    }
  });
  return orders;
}

// "b2 write: ok, 1 rows affected", one line an event, with what it waited for.
inline Texts steps_of(const History& history) {
  Texts lines;
  for (const Event& event : history.events) {
    std::string line(1, event.client);
    line += std::to_string(event.statement) + " " + event.name + ": " + event.answer;
    if (!event.waited_for.empty()) line += " (waited for " + event.waited_for + ")";
    lines.push_back(std::move(line));
  }
  return lines;
}

// Each run again by its plan's text; the difference, or nothing.
inline std::string difference_when_replayed(Experiment& experiment, const RunRecord& run) {
  const std::string text = to_string(run.plan);
  const RunRecord again = experiment.run(plan_of(text), {});
  const Texts ours = steps_of(run.history);
  const Texts theirs = steps_of(again.history);
  const auto [one, other] = std::ranges::mismatch(ours, theirs);
  if (one != ours.end() && other != theirs.end()) return text + ": " + *one + " / " + *other;
  if (ours.size() != theirs.size()) return text + " takes more or fewer steps";
  if (outcomes_of(again.first) != outcomes_of(run.first)) return text + " tells something else";
  if (again.after->digest != run.after->digest) return text + " leaves something else";
  if (to_string(again.plan) != text) return text + " is written " + to_string(again.plan);
  return "";
}

}  // namespace splitproof::harness
