#include "harness/oracle/oracles.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace splitproof::harness {

namespace {

using sim::Outcome;

unsigned bit(const Told& told) { return 1U << static_cast<unsigned>(told.operation); }

std::string told_in_words(const std::vector<Told>& told, const References& references) {
  std::string text;
  for (const Told& one : told) {
    if (!text.empty()) text += "; ";
    text += fmt::format("'{}': {}", references.titles[static_cast<std::size_t>(one.operation)],
                        sim::to_string(one.outcome));
  }
  return text;
}

// The sets of operations whose effects may be held after these answers.
std::vector<unsigned> legal_sets(const std::vector<Told>& told, const References& references) {
  unsigned must = 0;
  unsigned may = 0;
  for (const Told& one : told) {
    if (one.outcome != Outcome::aborted) may |= bit(one);
    if (one.outcome == Outcome::committed) must |= bit(one);
  }
  std::vector<unsigned> sets;
  for (const auto& [set, observation] : references.by_operations) {
    if ((set & must) == must && (set & ~may) == 0) sets.push_back(set);
  }
  return sets;
}

bool holds_one_of(const std::string& digest, const std::vector<unsigned>& sets,
                  const References& references) {
  return std::ranges::any_of(
      sets, [&](unsigned set) { return references.by_operations.at(set)->digest == digest; });
}

unsigned in_doubt(const RunRecord& run) {
  unsigned doubtful = 0;
  for (const Told& told : run.first) {
    if (told.outcome == Outcome::indeterminate) doubtful |= bit(told);
  }
  return doubtful;
}

// Was an operation told indeterminate, and was its effect held all the same?
bool held_what_was_in_doubt(const RunRecord& run, const References& references) {
  return std::ranges::any_of(references.by_operations, [&](const auto& entry) {
    return (entry.first & in_doubt(run)) != 0 && entry.second->digest == run.after->digest;
  });
}

// Does the final state lack an operation that nobody was in doubt about? Then something was lost;
// doubling what was in doubt does not explain it.
bool lost_what_was_certain(const RunRecord& run, const References& references) {
  return std::ranges::any_of(references.by_operations, [&](const auto& entry) {
    const unsigned missing = references.all & ~entry.first;
    return (missing & ~in_doubt(run)) != 0 && entry.second->digest == run.finally->digest;
  });
}

// What the database should hold after these answers, and does not.
std::string should_be_held(const std::vector<Told>& told) {
  const auto all = [&](Outcome outcome) {
    return std::ranges::all_of(told, [&](const Told& one) { return one.outcome == outcome; });
  };
  if (all(Outcome::aborted)) return "The database should be as it was before; it is not.";
  if (all(Outcome::committed)) return "The database should hold all of it; it does not.";
  if (all(Outcome::indeterminate))
    return "The database should hold all of it or nothing; it does not.";
  return "The database should hold exactly what was told committed, and what is indeterminate "
         "wholly or not at all; it does not.";
}

bool all_committed(const std::vector<Told>& told) {
  return std::ranges::all_of(told,
                             [](const Told& one) { return one.outcome == Outcome::committed; });
}

Violation stuck(const RunRecord& run, const References& references) {
  Violation violation;
  violation.oracle = "converges";
  violation.claim = "When nothing goes wrong any more, a retry is told committed.";
  for (const Told& told : run.last) {
    if (told.outcome == Outcome::committed) continue;
    violation.because =
        fmt::format("'{}' was retried without faults until the bound and was still told {}: {}",
                    references.titles[static_cast<std::size_t>(told.operation)],
                    sim::to_string(told.outcome), told.why);
    break;
  }
  violation.in_final_state = true;
  violation.right = {references.all};
  return violation;
}

}  // namespace

std::vector<Violation> told_equals_held(const RunRecord& run, const References& references) {
  const std::vector<unsigned> sets = legal_sets(run.first, references);
  if (holds_one_of(run.after->digest, sets, references)) return {};
  Violation violation;
  violation.oracle = "told-equals-held";
  violation.claim = "What the client was told is what the database holds: all or nothing.";
  violation.because = fmt::format("The client was told {}. {}",
                                  told_in_words(run.first, references), should_be_held(run.first));
  violation.right = sets.empty() ? std::vector<unsigned>{0} : sets;
  return {violation};
}

std::vector<Violation> converges(const RunRecord& run, const References& references) {
  if (all_committed(run.first)) return {};
  const bool clean = run.finally->digest == references.clean().digest;
  const bool doubtful = held_what_was_in_doubt(run, references);
  if (!all_committed(run.last)) {
    // A refused retry of what had been committed in doubt is a safe one: nothing doubled.
    if (clean && doubtful) return {};
    return {stuck(run, references)};
  }
  if (clean) return {};
  Violation violation;
  violation.in_final_state = true;
  violation.right = {references.all};
  if (doubtful && !lost_what_was_certain(run, references)) {
    violation.oracle = "unsafe-retry";
    violation.severity = "warning";
    violation.claim = "Retrying after an unanswered COMMIT does nothing twice.";
    violation.because =
        "The COMMIT had been carried out although its answer was lost; the retry was told "
        "committed and did the work again.";
  } else {
    violation.oracle = "converges";
    violation.claim = "Retrying until told committed reaches the state of a clean run.";
    violation.because = fmt::format(
        "After the faults stopped, the client retried until it was told {}; the database still "
        "differs from a clean run's.",
        told_in_words(run.last, references));
  }
  return {violation};
}

std::vector<Violation> completes(const RunRecord& run, const References& references) {
  if (!run.fired.empty() || !run.plan.strikes.empty() || all_committed(run.first)) return {};
  Violation violation;
  violation.oracle = "completes";
  violation.claim = "When nothing goes wrong, every operation is told committed.";
  violation.because = fmt::format("Nothing struck, and the client was told {}.",
                                  told_in_words(run.first, references));
  for (const Told& told : run.first) {
    if (!told.why.empty()) violation.because += fmt::format(" Reason given: {}.", told.why);
  }
  return {violation};
}

std::vector<Violation> hand_back(const RunRecord& run, const References& references) {
  for (const Told& told : run.history.told) {
    if (told.left_open.empty()) continue;
    Violation violation;
    violation.oracle = "hand-back";
    violation.claim = "After an operation no transaction is open and no lock is held.";
    violation.because = fmt::format("After '{}' ({}) a session was handed back with: {}.",
                                    references.titles[static_cast<std::size_t>(told.operation)],
                                    sim::to_string(told.outcome), fmt::join(told.left_open, "; "));
    violation.damage.push_back(
        {"open-transaction", fmt::format("{}", fmt::join(told.left_open, "; "))});
    return {violation};
  }
  return {};
}

std::vector<Violation> invariants(const RunRecord& run, const References&) {
  std::vector<Violation> violations;
  std::set<std::string> reported;
  const auto judge = [&](const Observation& observation, bool final_state) {
    for (const Breach& breach : observation.breaches) {
      if (!final_state && !breach.always) continue;
      if (!reported.insert(breach.invariant).second) continue;
      Violation violation;
      violation.oracle = "invariant";
      violation.claim = fmt::format("The scenario's invariant '{}' holds.", breach.invariant);
      violation.because = fmt::format("{}, {} rows violate it; the first: {}.",
                                      final_state ? "After the retries" : "When the faults stopped",
                                      breach.rows, breach.example);
      violation.in_final_state = final_state;
      violations.push_back(std::move(violation));
    }
  };
  judge(*run.after, false);
  judge(*run.finally, true);
  return violations;
}

std::vector<std::pair<std::string, Oracle>> all_oracles() {
  return {{"told-equals-held", told_equals_held},
          {"converges", converges},
          {"completes", completes},
          {"hand-back", hand_back},
          {"invariant", invariants}};
}

}  // namespace splitproof::harness
