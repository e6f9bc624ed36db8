// The half of Experiment that looks at the database and asks what a state amounts to.
#include <fmt/format.h>

#include <algorithm>

#include "harness/run/experiment.h"
#include "sim/base/money.h"

namespace splitproof::harness {

namespace {

std::string row_in_words(const sim::Rows& rows) {
  if (rows.rows.empty()) return "";
  std::string text;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} = {}", rows.columns[i], sim::to_string(rows.rows.front()[i]));
  }
  return text;
}

std::string value_in_words(const sim::Value& value, bool money) {
  const auto* minor = std::get_if<std::int64_t>(&value);
  if (money && minor != nullptr) return sim::to_string(sim::Money{*minor});
  return sim::to_string(value);
}

// A reader met a lock, and the question may be asked again later.
struct NotObservable {};

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

void Experiment::compare_by(const Comparison& comparison) {
  digests_ = StateDigests(comparison);
  observations_.clear();
}

std::shared_ptr<const Observation> Experiment::initial() {
  expect(world_.reset({}), "the database cannot be set back");
  return observe();
}

std::shared_ptr<const Observation> Experiment::observe() {
  // Nobody of ours holds a lock between runs, but a vacuum may, for a moment.
  constexpr int reads_max = 1000;
  for (int reads = 1; reads < reads_max; ++reads) {
    if (std::shared_ptr<const Observation> seen = look()) return seen;
  }
  return known_or_asked(expect(world_.read(), "the database cannot be read"),
                        [&](const std::string& sql) { return world_.query(sql); });
}

std::shared_ptr<const Observation> Experiment::look() {
  sim::Answer<State> state = world_.read();
  if (!state.ok() && state.error().kind == sim::ErrorKind::conflict) return nullptr;
  return known_or_asked(expect(std::move(state), "the database cannot be read"),
                        [&](const std::string& sql) { return world_.query(sql); });
}

std::shared_ptr<const Observation> Experiment::look(sim::Session& session, State state) {
  const auto ask = [&](const std::string& sql) {
    sim::Answer<sim::Rows> rows = session.execute(sql);
    const bool locked = !rows.ok() && rows.error().kind == sim::ErrorKind::interrupted;
    if (locked) throw NotObservable();
    return rows;
  };
  try {
    return known_or_asked(std::move(state), ask);
  } catch (const NotObservable&) {
    return nullptr;
  }
}

std::shared_ptr<const Observation> Experiment::known_or_asked(State state, const Questions& ask) {
  Observation observation;
  observation.state = std::move(state);
  observation.digest = digests_.of(observation.state);
  std::string key = key_of(observation);
  const auto known = observations_.find(key);
  if (known != observations_.end()) return known->second;
  world_.note_state(observation.state);
  observation.breaches = breaches(ask);
  observation.damage = damage(ask);
  return observations_
      .emplace(std::move(key), std::make_shared<const Observation>(std::move(observation)))
      .first->second;
}

// What the author left out of the comparison may be asked about all the same.
std::string Experiment::key_of(const Observation& observation) {
  const bool asks = !scenario_.invariants.empty() || !scenario_.damage.empty();
  if (!asks || scenario_.leave_out.empty()) return observation.digest;
  return observation.digest + whole_.of(observation.state);
}

std::vector<Breach> Experiment::breaches(const Questions& ask) {
  std::vector<Breach> found;
  for (const Invariant& invariant : scenario_.invariants) {
    const sim::Rows rows =
        expect(ask(invariant.sql), fmt::format("invariant '{}' cannot be asked", invariant.name));
    if (rows.rows.empty()) continue;
    found.push_back({invariant.name, invariant.always, rows.rows.size(), row_in_words(rows)});
  }
  return found;
}

std::vector<Damage> Experiment::damage(const Questions& ask) {
  std::vector<Damage> found;
  for (const DamageQuery& query : scenario_.damage) {
    const sim::Rows rows =
        expect(ask(query.sql), fmt::format("damage query '{}' cannot be asked", query.name));
    for (const sim::Row& row : rows.rows) {
      found.push_back({query.name, fill_in(query.says, rows.columns, row)});
    }
  }
  return found;
}

}  // namespace splitproof::harness
