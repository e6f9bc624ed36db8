// The oracle of readers.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/oracle/oracles.h"

namespace splitproof::harness {

namespace {

bool is_legal(const Observation& seen, const References& references) {
  if (std::ranges::find(references.between, seen.digest) != references.between.end()) return true;
  return std::ranges::any_of(
             references.by_operations,
             [&](const auto& entry) { return entry.second->digest == seen.digest; }) ||
         std::ranges::any_of(references.serial, [&](const SerialRun& serial) {
           return serial.held->digest == seen.digest;
         });
}

// "after statement 3 of client a ('delete')"
std::string place(std::size_t events, const RunRecord& run, const References& references) {
  if (events == 0) return "before the first statement";
  const Event& event = run.history.events[events - 1];
  return fmt::format("after '{}' of {}", event.name, in_words(event.operation, references));
}

std::vector<sim::Row> sorted_rows(const State& state, const std::string& table) {
  const auto found = state.find(table);
  if (found == state.end()) return {};
  std::vector<sim::Row> rows = found->second->rows;
  std::ranges::sort(rows);
  return rows;
}

// What had already happened in what was seen, and what had not: the two halves of the state
// between.
std::string halves(const Observation& seen, const References& references) {
  std::string changed;
  std::string unchanged;
  const State& before = references.before().state;
  const auto add = [](std::string& list, const std::string& table) {
    list += (list.empty() ? "" : ", ") + table;
  };
  for (const auto& [name, table] : before) {
    const std::vector<sim::Row> rows = sorted_rows(before, name);
    if (sorted_rows(seen.state, name) != rows) {
      add(changed, name);
    } else if (sorted_rows(references.clean().state, name) != rows) {
      add(unchanged, name);
    }
  }
  std::string text;
  if (!changed.empty()) text += fmt::format(" Changed already: {}.", changed);
  if (!unchanged.empty()) text += fmt::format(" Still as before: {}.", unchanged);
  return text;
}

std::string reader(const Sight& sight, const RunRecord& run, const References& references) {
  const std::string looked = place(sight.looked, run, references);
  const std::string opened = place(sight.opened, run, references);
  if (sight.kind == "fresh") return fmt::format("Somebody who read {}", looked);
  if (sight.kind == "split-read") {
    return fmt::format("Somebody who read {} {} and the rest {}, in one transaction, ", sight.table,
                       opened, looked);
  }
  return fmt::format("Somebody whose snapshot was opened {} and who read {}", opened, looked);
}

}  // namespace

bool is_between(const Sight& sight, const References& references) {
  if (sight.seen == nullptr) return false;
  const bool must_be_before = sight.kind == "older-snapshot";
  return must_be_before ? sight.seen->digest != references.before().digest
                        : !is_legal(*sight.seen, references);
}

std::vector<Violation> intermediate_read(const RunRecord& run, const References& references) {
  if (references.by_dependencies && run.interleaved) return {};
  std::vector<Violation> violations;
  std::set<std::string> reported;
  for (const Sight& sight : run.sights) {
    if (reported.contains(sight.kind) || !is_between(sight, references)) continue;
    reported.insert(sight.kind);
    Violation violation;
    violation.oracle = "intermediate-read";
    violation.claim =
        "Whoever reads sees the data before an operation or after it, nothing between.";
    violation.because = fmt::format("{} saw a state that {}.{}", reader(sight, run, references),
                                    sight.kind == "older-snapshot"
                                        ? "is not the one before the operations"
                                        : "no clean run of any of the operations ends in",
                                    halves(*sight.seen, references));
    violation.damage = sight.seen->damage;
    violation.found = sight.seen;
    violation.right = {0};
    violations.push_back(std::move(violation));
  }
  return violations;
}

}  // namespace splitproof::harness
