#include "harness/run/experiment.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/inject/interposed_engine.h"
#include "harness/run/initial_data.h"
#include "sim/base/money.h"

namespace splitproof::harness {

namespace {

Comparison as_the_author_says(const Scenario& scenario) {
  Comparison comparison;
  for (const LeaveOut& out : scenario.leave_out) {
    if (out.column.empty()) {
      comparison.tables_left_out.insert(out.table);
    } else {
      comparison.left_out[out.table].insert(out.column);
    }
  }
  return comparison;
}

std::string row_in_words(const sim::Rows& rows) {
  if (rows.rows.empty()) return "";
  std::string text;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} = {}", rows.columns[i], sim::to_string(rows.rows.front()[i]));
  }
  return text;
}

// "file:line:column: ", or nothing for what comes from no file.
std::string in_words(const SourcePlace& place) {
  if (place.file.empty()) return "";
  return fmt::format("{}:{}:{}: ", place.file, place.line, place.column);
}

std::string value_in_words(const sim::Value& value, bool money) {
  const auto* minor = std::get_if<std::int64_t>(&value);
  if (money && minor != nullptr) return sim::to_string(sim::Money{*minor});
  return sim::to_string(value);
}

}  // namespace

std::string fill_in(const std::string& says, const std::vector<std::string>& columns,
                    const sim::Row& row) {
  std::string text;
  std::size_t at = 0;
  while (at < says.size()) {
    const std::size_t open = says.find('{', at);
    const std::size_t close = open == std::string::npos ? open : says.find('}', open);
    if (close == std::string::npos) break;
    text += says.substr(at, open - at);
    std::string name = says.substr(open + 1, close - open - 1);
    const bool money = name.ends_with(":money");
    if (money) name.resize(name.size() - std::string_view(":money").size());
    const auto column = std::ranges::find(columns, name);
    text += column == columns.end()
                ? says.substr(open, close - open + 1)
                : value_in_words(row[static_cast<std::size_t>(column - columns.begin())], money);
    at = close + 1;
  }
  return text + says.substr(at);
}

Experiment::Experiment(World& world, const Scenario& scenario,
                       std::vector<OperationFactory> operations)
    : world_(world),
      scenario_(scenario),
      operations_(std::move(operations)),
      digests_(as_the_author_says(scenario)) {
  const sim::Status filled = world.fill([&](sim::Engine& engine) {
    return write_initial_data(scenario.data, engine, world.clock());
  });
  if (filled.ok()) {
    try_questions();
    return;
  }
  const sim::ErrorKind kind = filled.error().kind;
  if (kind == sim::ErrorKind::invalid || kind == sim::ErrorKind::constraint) {
    throw UnusableInput(filled.error().message);
  }
  throw HarnessFailure(
      fmt::format("the initial data cannot be written: {}", filled.error().message));
}

void Experiment::try_questions() {
  const auto ask = [&](const char* what, const auto& question) {
    const sim::Answer<sim::Rows> answer = world_.query(question.sql);
    if (answer.ok() || answer.error().kind != sim::ErrorKind::invalid) return;
    throw UnusableInput(
        fmt::format("{}found {} '{}'; expected a query that the database accepts, but it says: {}",
                    in_words(question.place), what, question.name, answer.error().message));
  };
  for (const Invariant& invariant : scenario_.invariants) ask("the invariant", invariant);
  for (const DamageQuery& damage : scenario_.damage) ask("the damage query", damage);
}

void Experiment::compare_by(const Comparison& comparison) {
  digests_ = StateDigests(comparison);
  observations_.clear();
}

std::shared_ptr<const Observation> Experiment::initial() {
  expect(world_.reset({}), "the database cannot be set back");
  return observe();
}

Told Experiment::attempt(Director& director, const Operation& operation, int index, bool retry,
                         sim::Rng& rng) {
  Told told;
  told.operation = index;
  told.attempt = director.begin_operation(index, retry);
  told.retry = retry;
  InterposedEngine engine(world_, director);
  sim::Client client(engine, world_.clock(), rng);
  try {
    const sim::TransactionEnd end = operation(client);
    told.outcome = end.outcome;
    if (end.error) told.why = fmt::format("{} ({})", end.error->message, end.error->native_code);
  } catch (const HarnessFailure&) {
    throw;
  } catch (const std::exception& exception) {
    told.outcome = sim::Outcome::aborted;
    told.why = exception.what();
  } catch (...) {
    told.outcome = sim::Outcome::aborted;
    told.why = "an exception of an unknown type";
  }
  if (!engine.failure().empty()) throw HarnessFailure(engine.failure());
  told.left_open = engine.held();
  director.record_told(told);
  return told;
}

RunRecord Experiment::run(const Plan& plan, const RunOptions& options) {
  ++runs_;
  expect(world_.reset(options.shift), "the database cannot be set back");
  Director director(plan, world_.dialect());
  director.on_event(options.on_event);
  sim::Rng rng(options.shift.seed);
  RunRecord record;
  record.plan = plan;
  std::vector<Operation> operations;
  const auto tell = [&](const Told& told) {
    if (options.on_told) options.on_told(told);
    return told;
  };
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    operations.push_back(operations_[i]());
    if ((options.operations >> i & 1U) == 0) continue;
    record.first.push_back(tell(attempt(director, operations[i], static_cast<int>(i), false, rng)));
  }
  record.after = observe();
  record.last = record.first;
  bool retried = false;
  for (Told& told : record.last) {
    for (int n = 0; n < scenario_.retry_attempts && told.outcome != sim::Outcome::committed; ++n) {
      retried = true;
      told = tell(attempt(director, operations[static_cast<std::size_t>(told.operation)],
                          told.operation, true, rng));
    }
  }
  record.finally = retried ? observe() : record.after;
  record.history = director.history();
  record.fired = director.fired();
  record.points = director.points();
  return record;
}

std::shared_ptr<const Observation> Experiment::observe() {
  Observation observation;
  observation.state = expect(world_.read(), "the database cannot be read");
  observation.digest = digests_.of(observation.state);
  const auto known = observations_.find(observation.digest);
  if (known != observations_.end()) return known->second;
  observation.breaches = breaches();
  observation.damage = damage();
  // The key is copied first: the argument beside it moves the observation away.
  const std::string digest = observation.digest;
  return observations_.emplace(digest, std::make_shared<const Observation>(std::move(observation)))
      .first->second;
}

std::vector<Breach> Experiment::breaches() {
  std::vector<Breach> found;
  for (const Invariant& invariant : scenario_.invariants) {
    const sim::Rows rows = expect(world_.query(invariant.sql),
                                  fmt::format("invariant '{}' cannot be asked", invariant.name));
    if (rows.rows.empty()) continue;
    found.push_back({invariant.name, invariant.always, rows.rows.size(), row_in_words(rows)});
  }
  return found;
}

std::vector<Damage> Experiment::damage() {
  std::vector<Damage> found;
  for (const DamageQuery& query : scenario_.damage) {
    const sim::Rows rows = expect(world_.query(query.sql),
                                  fmt::format("damage query '{}' cannot be asked", query.name));
    for (const sim::Row& row : rows.rows) {
      found.push_back({query.name, fill_in(query.says, rows.columns, row)});
    }
  }
  return found;
}

}  // namespace splitproof::harness
