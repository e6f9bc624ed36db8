#include "harness/oracle/oracles.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/oracle/by_transaction.h"
namespace splitproof::harness {

namespace {

using sim::Outcome;

unsigned bit(const Told& told) { return 1U << static_cast<unsigned>(told.operation); }

std::string told_in_words(const std::vector<Told>& told, const References& references) {
  std::string text;
  for (const Told& one : told) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: {}", in_words(one.operation, references), sim::to_string(one.outcome));
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

// Does some order of several sessions' operations, of a set that is wanted, end in this state?
template <class WantedSet>
bool is_left_by_some_order(const std::string& digest, const References& references,
                           WantedSet wanted) {
  return std::ranges::any_of(references.serial, [&](const SerialRun& serial) {
    return wanted(serial.set) && serial.held->digest == digest;
  });
}

// `retried` says that what failed was done again, behind what another session had done meanwhile.
bool holds_one_of(const std::string& digest, const std::vector<unsigned>& sets,
                  const References& references, bool retried) {
  const auto is_one = [&](unsigned set) { return std::ranges::find(sets, set) != sets.end(); };
  if (retried && is_left_by_some_order(digest, references, is_one)) return true;
  return std::ranges::any_of(
      sets, [&](unsigned set) { return references.by_operations.at(set)->digest == digest; });
}

unsigned in_doubt(const std::vector<Told>& told) {
  unsigned doubtful = 0;
  for (const Told& one : told) {
    if (one.outcome == Outcome::indeterminate) doubtful |= bit(one);
  }
  return doubtful;
}

// At first, or after the retry that the second of a pair of faults struck.
unsigned in_doubt(const RunRecord& run) { return in_doubt(run.first) | in_doubt(run.retried); }

// Does a clean run with such a set of operations end in this state? Where there are several
// sessions, a clean run in any order will do: what failed in one of them was done again behind what
// the others had done.
template <class WantedSet>
bool is_left_by(const std::string& digest, const References& references, WantedSet wanted) {
  if (!references.serial.empty()) return is_left_by_some_order(digest, references, wanted);
  return std::ranges::any_of(references.by_operations, [&](const auto& entry) {
    return wanted(entry.first) && entry.second->digest == digest;
  });
}

// Does the state hold the effect of an operation that was told indeterminate?
bool holds_what_is_in_doubt(const Observation& state, const std::vector<Told>& told,
                            const References& references) {
  return is_left_by(state.digest, references,
                    [&](unsigned set) { return (set & in_doubt(told)) != 0; });
}

// At first, or after the retry.
bool held_what_was_in_doubt(const RunRecord& run, const References& references) {
  if (holds_what_is_in_doubt(*run.after, run.first, references)) return true;
  return run.after_retry != nullptr &&
         holds_what_is_in_doubt(*run.after_retry, run.retried, references);
}

// Was an operation that was held, though in doubt, carried out again in the first retry, or perhaps
// so? Then doubling is `unsafe-retry`, which the final state shows.
bool may_have_doubled(const RunRecord& run, const References& references) {
  if (!holds_what_is_in_doubt(*run.after, run.first, references)) return false;
  for (std::size_t i = 0; i < run.first.size(); ++i) {
    const bool was_in_doubt = run.first[i].outcome == Outcome::indeterminate;
    if (was_in_doubt && run.retried[i].outcome != Outcome::aborted) return true;
  }
  return false;
}

// What the client knows after one retry: an operation that was in doubt is so still where its retry
// was told aborted.
std::vector<Told> after_one_retry(const RunRecord& run) {
  std::vector<Told> told = run.retried;
  for (std::size_t i = 0; i < told.size(); ++i) {
    const bool was_in_doubt = run.first[i].outcome == Outcome::indeterminate;
    if (was_in_doubt && told[i].outcome == Outcome::aborted)
      told[i].outcome = Outcome::indeterminate;
  }
  return told;
}

// Does the final state lack an operation that nobody was in doubt about? Then something was lost;
// doubling what was in doubt does not explain it.
bool lost_what_was_certain(const RunRecord& run, const References& references) {
  return is_left_by(run.finally->digest, references,
                    [&](unsigned set) { return (references.all & ~set & ~in_doubt(run)) != 0; });
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

std::string in_words(int operation, const References& references) {
  const auto index = static_cast<std::size_t>(operation);
  const std::string title = fmt::format("'{}'", references.titles[index]);
  const std::set<char> sessions(references.clients.begin(), references.clients.end());
  if (sessions.size() < 2) return title;
  return fmt::format("client {} ({})", references.clients[index], title);
}

std::vector<Violation> told_equals_held(const RunRecord& run, const References& references) {
  if (run.interleaved) return {};
  std::vector<Violation> violations;
  const auto judge = [&](const std::vector<Told>& told, const Observation& held, bool retried) {
    const std::vector<unsigned> sets = legal_sets(told, references);
    if (holds_one_of(held.digest, sets, references, retried)) return;
    Violation violation;
    violation.oracle = "told-equals-held";
    violation.claim = "What the client was told is what the database holds: all or nothing.";
    violation.because = fmt::format("The client was told {}. {}", told_in_words(told, references),
                                    should_be_held(told));
    violation.right = sets.empty() ? std::vector<unsigned>{0} : sets;
    violations.push_back(std::move(violation));
  };
  if (references.by_transaction) {
    if (holds_whole_transactions(run, references)) return {};
    judge(run.first, *run.after, false);
    return violations;
  }
  judge(run.first, *run.after, false);
  if (run.after_retry != nullptr && violations.empty() && !may_have_doubled(run, references)) {
    judge(after_one_retry(run), *run.after_retry, true);
    for (Violation& violation : violations) violation.in_retry_state = true;
  }
  return violations;
}

std::vector<Violation> converges(const RunRecord& run, const References& references) {
  if (all_committed(run.first)) return {};
  const bool clean = is_left_by(run.finally->digest, references,
                                [&](unsigned set) { return set == references.all; });
  const bool doubtful = held_what_was_in_doubt(run, references);
  if (!all_committed(run.last)) {
    // A refused retry of what had been committed in doubt is a safe one: nothing doubled.
    if (clean && doubtful) return {};
    return {stuck(run, references)};
  }
  if (clean || (references.by_dependencies && run.interleaved)) return {};
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
  for (const Event& event : run.history.events) {
    if (!event.given_up) continue;
    violation.because += fmt::format(
        " No session was left that could move: '{}' of {} waited{}.", event.name,
        in_words(event.operation, references),
        event.waited_for.empty() ? std::string(" for nobody of them")
                                 : fmt::format(" for {}", fmt::join(event.waited_for, ", ")));
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
          {"serializable", serializable},
          {"intermediate-read", intermediate_read},
          {"hand-back", hand_back},
          {"invariant", invariants},
          {"recovers", recovers}};
}

}  // namespace splitproof::harness
