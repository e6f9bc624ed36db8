#include "harness/run/expectation.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::harness {

namespace {

bool is_violation(const Finding& finding) { return finding.severity == "violation"; }

// Where a bug is known and no oracle is named, each may find it.
bool by_any_oracle(const Expected& expected) {
  return expected.observed == Expectation::violated && expected.oracle.empty();
}

// "name" or "name: text that the sentence contains".
bool matches(const Damage& damage, const std::string& declared) {
  const std::size_t colon = declared.find(": ");
  if (colon == std::string::npos) return damage.name == declared;
  return damage.name == declared.substr(0, colon) &&
         damage.text.find(declared.substr(colon + 2)) != std::string::npos;
}

bool shows(const CaseVerdict& verdict, const Expected& expected, const std::string& declared) {
  return std::ranges::any_of(verdict.findings, [&](const Finding& finding) {
    return finding.oracle == expected.oracle &&
           std::ranges::any_of(finding.damage,
                               [&](const Damage& damage) { return matches(damage, declared); });
  });
}

// Why a variant that must be caught was not, or not as declared; empty when it was.
std::string missed(const CaseVerdict& verdict, const Expected& expected, bool single_plan) {
  if (by_any_oracle(expected)) {
    return verdict.findings.empty() ? "the bug was not caught by any oracle" : "";
  }
  const bool by_oracle = std::ranges::any_of(
      verdict.findings, [&](const Finding& finding) { return finding.oracle == expected.oracle; });
  if (!by_oracle) {
    return fmt::format("the bug was not caught by the oracle '{}'{}", expected.oracle,
                       verdict.findings.empty() ? "" : ", but by another one");
  }
  for (const Finding& finding : verdict.findings) {
    const bool declared = finding.oracle == expected.oracle || !is_violation(finding) ||
                          std::ranges::find(expected.also, finding.oracle) != expected.also.end();
    if (!declared) {
      return fmt::format("the oracle '{}' objects too, which is not declared", finding.oracle);
    }
  }
  for (const std::string& damage : expected.damage) {
    if (!single_plan && !shows(verdict, expected, damage)) {
      return fmt::format("the declared damage '{}' was not seen", damage);
    }
  }
  return "";
}

void settle(CaseVerdict& verdict, CaseResult result, std::string reason) {
  verdict.result = result;
  verdict.reason = std::move(reason);
}

std::string open_sweep(const CaseVerdict& verdict) {
  for (const SweepAccount& account : verdict.sweeps) {
    if (account.closed) continue;
    return fmt::format("the sweep of {} ({}) is not closed: {}", account.fault, account.mode,
                       account.open_because);
  }
  return verdict.reason.empty() ? "the sweep is not closed" : verdict.reason;
}

std::string nothing_tried(const CaseVerdict& verdict) {
  if (!verdict.contract) return "";
  const auto& cells = verdict.contract->cells;
  const auto empty = std::ranges::find(cells, 0, &ContractCell::tried);
  if (empty == cells.end()) return "";
  return fmt::format("nothing was tried of the failure '{}'", empty->failure);
}

// A control of the code may be found in states that nobody promised; one of the storage, which is
// claimed to be durable, has its code as it must be.
std::string broken_promise(const CaseVerdict& verdict, const Expected& expected) {
  if (!verdict.contract) return "";
  const bool is_of_code =
      expected.observed == Expectation::violated && verdict.contract->claim != "durable";
  const auto& cells = verdict.contract->cells;
  const auto broken =
      std::ranges::find_if(cells, [](const ContractCell& cell) { return cell.broken > 0; });
  if (is_of_code || broken == cells.end()) return "";
  return fmt::format("a promise is broken: after the failure '{}' the database should be {}; {}",
                     broken->failure, broken->promise, seen_in_words(*broken));
}

// Sets the result when the runs do not allow a judgement.
bool undecided(CaseVerdict& verdict, const Facts& facts) {
  if (!facts.unstable.empty()) {
    settle(verdict, CaseResult::unstable, facts.unstable.front());
  } else if (facts.changes_nothing) {
    settle(verdict, CaseResult::vacuous, "a clean run changes nothing; there is nothing to judge");
  } else if (!facts.stopped && verdict.faults.fired == 0 &&
             !((facts.single_plan || facts.sampled) && verdict.faults.planned == 0)) {
    settle(verdict, CaseResult::vacuous,
           verdict.faults.planned == 0
               ? "no fault can strike anywhere in this run"
               : fmt::format("{} faults were planned and none fired", verdict.faults.planned));
  } else if (const std::string why = nothing_tried(verdict);
             !facts.stopped && !facts.single_plan && !why.empty()) {
    settle(verdict, CaseResult::vacuous, why);
  } else {
    return false;
  }
  return true;
}

}  // namespace

void conclude(CaseVerdict& verdict, const Expected& expected, const Facts& facts) {
  const bool violated = std::ranges::any_of(verdict.findings, [&](const Finding& finding) {
    return is_violation(finding) || finding.oracle == expected.oracle || by_any_oracle(expected);
  });
  verdict.observed = violated ? "violated" : "holds";
  if (undecided(verdict, facts)) return;
  if (const std::string why = broken_promise(verdict, expected); !why.empty()) {
    return settle(verdict, CaseResult::fail, why);
  }
  if (expected.observed == Expectation::holds && violated) {
    return settle(verdict, CaseResult::fail, "it was expected to hold and does not");
  }
  if (expected.observed == Expectation::violated) {
    const std::string why = missed(verdict, expected, facts.single_plan);
    if (!why.empty() && !facts.stopped) return settle(verdict, CaseResult::fail, why);
  }
  if (facts.stopped) return settle(verdict, CaseResult::inconclusive, "stopped before its end");
  if (verdict.schedules && !verdict.schedules->left.empty()) {
    return settle(verdict, CaseResult::inconclusive, verdict.schedules->left);
  }
  if (!facts.single_plan && !facts.sampled && !verdict.closed) {
    return settle(verdict, CaseResult::inconclusive, open_sweep(verdict));
  }
  settle(verdict, CaseResult::pass, "");
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::subject:
      return "subject";
    case Role::control:
      return "control";
    case Role::mutant:
      return "mutant";
  }
  return "";
}

}  // namespace splitproof::harness
