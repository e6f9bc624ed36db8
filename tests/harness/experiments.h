// Small experiments for the tests of the harness: scenarios, operations and plans of a few words.
//
// The operations are what programs do at their simplest, each statement alone or all in one
// transaction; a test that needs a nasty one writes its own. Nothing here judges anything.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/experiment.h"
#include "harness/run/sqlite_world.h"

namespace splitproof::harness {

using Texts = std::vector<std::string>;

// The plan that the line says; an exception, which fails the test, where it says none.
inline Plan plan_of(const std::string& line) {
  sim::Result<Plan, PlanError> parsed = parse_plan(line);
  if (!parsed.ok()) throw std::runtime_error(line + ": " + parsed.error().message);
  return std::move(parsed).value();
}

inline Fault fault_of(const std::string& text) { return parse_fault(text).value(); }

// Sends the statements one by one; the first error ends it.
inline sim::TransactionEnd send_each(sim::Client& client, const Texts& statements) {
  const sim::Answer<sim::Session*> session = client.session();
  if (!session.ok()) return {sim::Outcome::aborted, session.error(), 1};
  for (const std::string& statement : statements) {
    const sim::Answer<sim::Rows> answer = session.value()->execute(statement);
    if (!answer.ok()) return {sim::Outcome::aborted, answer.error(), 1};
  }
  return {sim::Outcome::committed, std::nullopt, 1};
}

inline sim::TransactionEnd send_together(sim::Client& client, const Texts& statements) {
  return sim::run_transaction(client, {}, [&](sim::Transaction& transaction) -> sim::Status {
    for (const std::string& statement : statements) {
      const sim::Answer<sim::Rows> answer = transaction.execute(statement);
      if (!answer.ok()) return answer.error();
    }
    return sim::Done{};
  });
}

inline OperationFactory each_alone(const Texts& statements) {
  return [=] { return [=](sim::Client& client) { return send_each(client, statements); }; };
}

inline OperationFactory in_one_transaction(const Texts& statements) {
  return [=] { return [=](sim::Client& client) { return send_together(client, statements); }; };
}

// A scenario that starts from these statements and has one operation per title.
inline Scenario scenario_of(const Texts& sql, const Texts& titles = {"save"}) {
  Scenario scenario;
  scenario.name = "small";
  scenario.title = "A small case";
  scenario.data.sql = sql;
  for (const std::string& title : titles) {
    OperationSpec operation;
    operation.title = title;
    scenario.operations.push_back(std::move(operation));
  }
  return scenario;
}

// "a1 BEGIN IMMEDIATE: ok", one line an event; "-" where the session was lost already.
inline Texts lines_of(const History& history) {
  Texts lines;
  for (const Event& event : history.events) {
    const std::string number = event.statement == 0 ? "-" : "a" + std::to_string(event.statement);
    lines.push_back(number + " " + event.name + ": " + event.answer);
  }
  return lines;
}

inline Texts outcomes_of(const std::vector<Told>& told) {
  Texts texts;
  for (const Told& one : told) texts.emplace_back(sim::to_string(one.outcome));
  return texts;
}

// A world of one SQLite database whose tables the statements make.
inline void fill_with(World& world, const Texts& statements) {
  const sim::Status filled = world.fill([&](sim::Engine& engine) -> sim::Status {
    sim::Answer<std::unique_ptr<sim::Session>> session = engine.connect();
    if (!session.ok()) return session.error();
    for (const std::string& statement : statements) {
      const sim::Answer<sim::Rows> answer = session.value()->execute(statement);
      if (!answer.ok()) return answer.error();
    }
    return sim::Done{};
  });
  if (!filled.ok()) throw std::runtime_error(filled.error().message);
}

}  // namespace splitproof::harness
