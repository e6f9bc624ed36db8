#include "harness/run/evidence_book.h"

#include <algorithm>
#include <iterator>

#include "harness/run/ledger_line.h"
#include "harness/run/world.h"

namespace splitproof::harness {

namespace {

// A report is to be read by people and sent by mail: of a case that ends in more states, and of
// tables with more rows, the digests have to do.
constexpr std::size_t states_max = 120;
constexpr std::size_t rows_max = 400;

using Rows = std::vector<std::vector<Cell>>;

Rows rows_of(const State& state, const std::string& table) {
  Rows rows;
  const auto found = state.find(table);
  if (found == state.end()) return rows;
  for (const sim::Row& row : found->second->rows) {
    std::vector<Cell>& cells = rows.emplace_back();
    for (const sim::Value& value : row) {
      const bool is_null = std::holds_alternative<sim::Null>(value);
      cells.push_back(is_null ? Cell() : Cell(sim::to_string(value)));
    }
  }
  std::ranges::sort(rows);
  return rows;
}

// Most tables are the same object, or are read in the same order: only others are sorted.
bool is_same_table(const State& left, const State& right, const std::string& name) {
  const auto ours = left.find(name);
  const auto theirs = right.find(name);
  if (ours == left.end() || theirs == right.end())
    return ours == left.end() && theirs == right.end();
  if (ours->second == theirs->second || ours->second->rows == theirs->second->rows) return true;
  const bool same_size = ours->second->rows.size() == theirs->second->rows.size();
  return same_size && rows_of(left, name) == rows_of(right, name);
}

std::vector<int> operations_in(unsigned set) {
  std::vector<int> operations;
  for (int i = 0; set >> static_cast<unsigned>(i) != 0; ++i) {
    if ((set >> static_cast<unsigned>(i) & 1U) != 0) operations.push_back(i + 1);
  }
  return operations;
}

ReferenceRun reference_of(const SerialRun& serial) {
  ReferenceRun run;
  run.held = serial.held->digest;
  for (const int operation : serial.order) {
    run.operations.push_back(operation + 1);
    run.answers.push_back(digest_of_answers(serial.answers.at(operation)));
  }
  return run;
}

// Both sorted.
TableChange change_between(const Rows& before, const Rows& after) {
  TableChange change;
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (now == after.end() || (old != before.end() && *old < *now)) {
      change.gone.push_back(static_cast<int>(old++ - before.begin()));
    } else if (old == before.end() || *now < *old) {
      change.added.push_back(*now++);
    } else {
      ++old;
      ++now;
    }
  }
  return change;
}

// The tables that some of the states change, in the order of their names.
std::vector<RecordedTable> tables_changed(
    const State& before, const std::vector<std::shared_ptr<const Observation>>& states,
    const Shape& shape) {
  std::set<std::string> names;
  for (const auto& [name, table] : before) names.insert(name);
  for (const auto& one : states) {
    for (const auto& [name, table] : one->state) names.insert(name);
  }
  std::vector<RecordedTable> tables;
  for (const std::string& name : names) {
    RecordedTable recorded;
    bool changed = false;
    std::size_t rows = 0;
    const auto look = [&](const State& state) {
      const auto table = state.find(name);
      if (table == state.end()) return;
      recorded.columns = table->second->columns;
      rows = std::max(rows, table->second->rows.size());
    };
    look(before);
    for (const auto& one : states) {
      look(one->state);
      changed = changed || !is_same_table(before, one->state, name);
    }
    if (!changed) continue;
    recorded.name = name;
    if (const auto known = shape.find(name); known != shape.end()) recorded.key = known->second.key;
    recorded.left_out = rows > rows_max;
    if (!recorded.left_out) recorded.rows = rows_of(before, name);
    tables.push_back(std::move(recorded));
  }
  return tables;
}

RecordedState state_of(const Observation& observation, const std::vector<RecordedTable>& tables) {
  RecordedState state;
  state.digest = observation.digest;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i].left_out) continue;
    TableChange change = change_between(tables[i].rows, rows_of(observation.state, tables[i].name));
    if (change.gone.empty() && change.added.empty()) continue;
    change.table = static_cast<int>(i);
    state.changes.push_back(std::move(change));
  }
  for (const Damage& damage : observation.damage) state.damage.push_back(damage.text);
  return state;
}

}  // namespace

CaseEvidence recorded(const References& references) {
  CaseEvidence evidence;
  evidence.titles = references.titles;
  evidence.clients.assign(references.clients.begin(), references.clients.end());
  for (const auto& [set, observation] : references.by_operations) {
    evidence.sets.push_back({operations_in(set), observation->digest, {}});
  }
  for (const SerialRun& serial : references.serial) {
    evidence.orders.push_back(reference_of(serial));
  }
  evidence.by_dependencies = references.by_dependencies;
  evidence.by_transaction = references.by_transaction;
  evidence.between = references.between;
  evidence.transactions = references.transactions;
  for (const auto& [failure, promise] : references.promises) {
    evidence.promises.push_back(
        {to_string(failure), promise.whole, promise.durable, promise.clause});
  }
  evidence.committed = references.committed;
  return evidence;
}

void EvidenceBook::note(std::size_t bench, const RunRecord& run, World& world, bool always) {
  if (benches_.size() <= bench) benches_.resize(bench + 1);
  States& states = benches_[bench];
  if (states.known.empty()) {
    sim::Answer<Shape> shape = world.shape();
    if (shape.ok()) states.shape = std::move(shape).value();
  }
  if (run.damaged.empty()) {
    keep(states, run.after, always);
    keep(states, run.finally, always);
  }
  for (const Sight& sight : run.sights) {
    if (sight.seen != nullptr) keep(states, sight.seen, always);
  }
}

void EvidenceBook::keep(States& states, const std::shared_ptr<const Observation>& one,
                        bool always) {
  if (!always && states.kept.size() >= states_max) {
    if (!states.known.contains(one->digest)) states.left_out.insert(one->digest);
    return;
  }
  if (!states.known.insert(one->digest).second) return;
  states.left_out.erase(one->digest);
  states.kept.push_back(one);
}

void EvidenceBook::write_states(std::size_t bench, const References& references,
                                CaseEvidence& evidence) const {
  if (bench >= benches_.size()) return;
  const States& states = benches_[bench];
  evidence.tables = tables_changed(references.before().state, states.kept, states.shape);
  for (const auto& one : states.kept) {
    evidence.states.push_back(state_of(*one, evidence.tables));
  }
  evidence.states_left_out = static_cast<std::int64_t>(states.left_out.size());
}

}  // namespace splitproof::harness
