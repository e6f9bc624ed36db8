#include "harness/verify/derivation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "harness/oracle/contract.h"
#include "harness/run/expectation.h"
#include "harness/run/judgement.h"
#include "harness/verify/agreement.h"
#include "harness/verify/recorded_run.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t reasons_max = 8;

using Texts = std::vector<std::string>;

// Entered for another reason than to be judged, so that its line names no oracle.
bool is_unjudged(const LedgerEntry& line) {
  return line.purpose == "replay" || line.purpose == "evidence";
}

// A run on the way to a shorter plan may show what no finding is about.
bool is_way_to_finding(const LedgerEntry& line) {
  return is_unjudged(line) || line.purpose == "shrink";
}

std::string list_of(const Texts& words) {
  return words.empty() ? "nothing" : fmt::format("{}", fmt::join(words, ", "));
}

class Derivation {
 public:
  Derivation(const RecordedCase& subject, const DerivationOptions& options)
      : subject_(subject), verdict_(*subject.verdict), options_(options) {
    check_.scenario = verdict_.scenario;
    check_.variant = verdict_.variant;
    check_.target = verdict_.target;
  }

  CaseCheck derive() {
    if (verdict_.result == CaseResult::not_run || verdict_.result == CaseResult::not_applicable) {
      if (!subject_.lines.empty()) differ("it was not run, and the ledger has runs of it");
      return finish();
    }
    const std::string missing = why_impossible();
    if (!missing.empty()) {
      check_.answer = Confirmation::impossible;
      check_.because.push_back(missing);
      return finish();
    }
    try {
      for (const CaseEvidence* one : subject_.evidence) {
        references_.push_back(references_of(*one));
      }
    } catch (const Unreadable& problem) {
      differ(fmt::format("what its runs are judged by cannot be read: {}", problem.what()));
      return finish();
    }
    judge_runs();
    for (std::string& why : disagreements(subject_)) differ(std::move(why));
    compare_findings();
    compare_result();
    name_what_is_taken();
    return finish();
  }

 private:
  std::string why_impossible() const {
    if (verdict_.isolation) {
      return "whether an anomaly occurred is read from answers, which are not written down";
    }
    if (subject_.evidence.empty()) return "what its runs are judged by is not written down";
    if (!subject_.evidence.front()->titles.empty()) return "";
    if (!subject_.lines.empty() && !is_preparation(*subject_.lines.back())) {
      return "its runs are judged by a model of the rows, which are not written down";
    }
    return fmt::format("it ended before its runs could be judged: {}", verdict_.reason);
  }

  void judge_runs() {
    // Only the last clean run before the first judged one was judged.
    const auto first_judged = std::ranges::find_if(subject_.lines, [](const LedgerEntry* line) {
      return !is_preparation(*line) && line->purpose != "evidence";
    });
    auto clean = std::find_if(std::make_reverse_iterator(first_judged), subject_.lines.rend(),
                              [](const LedgerEntry* line) { return line->purpose == "clean"; });
    const LedgerEntry* judged_clean = clean == subject_.lines.rend() ? nullptr : *clean;
    for (const LedgerEntry* line : subject_.lines) {
      if (line->purpose == "images") continue;
      ++check_.runs;
      if (line->purpose == "calibration" || line->purpose == "reference") continue;
      if (line->purpose == "clean" && line != judged_clean) continue;
      judge_run(*line);
    }
    if (check_.runs != verdict_.runs) {
      differ(fmt::format("the report counts {} runs, and the ledger has {}", verdict_.runs,
                         check_.runs));
    }
  }

  void judge_run(const LedgerEntry& line) {
    const auto bench = static_cast<std::size_t>(line.bench);
    if (bench >= references_.size()) {
      return differ(
          fmt::format("{} is judged by clean runs that are not written down", name_of(line)));
    }
    try {
      const References& references = references_[bench];
      const RunRecord run = run_of(line, references);
      std::vector<Violation> found = violations_of(run, references, options_.oracles);
      const bool is_allowed = !found.empty() && !clause_that_allows(run, references).empty();
      if (is_allowed && !subject_.evidence[bench]->claims_durable) found.clear();
      note(line, found);
      if (is_unjudged(line) || oracles_of(found) == line.broken) return;
      differ(fmt::format("{}: what was told and held breaks {}, and the ledger says {}",
                         name_of(line), list_of(oracles_of(found)), list_of(line.broken)));
    } catch (const std::exception& problem) {
      differ(fmt::format("{} cannot be judged: {}", name_of(line), problem.what()));
    }
  }

  void note(const LedgerEntry& line, const std::vector<Violation>& found) {
    for (const Violation& violation : found) {
      shown_.emplace(line.plan, violation.oracle);
      if (!is_way_to_finding(line)) broken_.insert(violation.oracle);
    }
  }

  void compare_findings() {
    std::set<std::string> reported;
    for (const Finding& finding : verdict_.findings) {
      reported.insert(finding.oracle);
      if (shown_.contains({finding.plan, finding.oracle})) continue;
      differ(fmt::format("the finding {}: no run of its plan '{}' breaks {}", finding.id,
                         finding.plan, finding.oracle));
    }
    for (const std::string& oracle : broken_) {
      if (reported.contains(oracle)) continue;
      differ(fmt::format("some run breaks {}, and the report has no such finding", oracle));
    }
  }

  Expected expected() const {
    if (options_.expected != nullptr) return *options_.expected;
    Expected words;
    if (verdict_.expected == "violated") words.observed = Expectation::violated;
    return words;
  }

  Facts facts() const {
    Facts facts;
    if (verdict_.result == CaseResult::unstable) facts.unstable = {verdict_.reason};
    const References& references = references_.front();
    facts.changes_nothing = references.clean().digest == references.before().digest;
    facts.stopped = !options_.complete && verdict_.reason == "stopped before its end";
    facts.single_plan = std::ranges::any_of(
        subject_.lines, [](const LedgerEntry* line) { return line->purpose == "plan"; });
    // Moments of a server's disk are chosen, and no sweep of them is closed.
    facts.sampled = verdict_.storage && verdict_.storage->moments_of > 0;
    return facts;
  }

  void compare_result() {
    CaseVerdict again = verdict_;
    again.reason.clear();
    conclude(again, expected(), facts());
    if (again.result == verdict_.result && again.observed == verdict_.observed) return;
    differ(fmt::format(
        "by its findings and what is expected the case is {} ({}), and the report "
        "says {} ({})",
        to_string(again.result), again.observed, to_string(verdict_.result), verdict_.observed));
  }

  void name_what_is_taken() {
    const Texts& invariants = subject_.evidence.front()->invariants;
    if (!invariants.empty()) {
      check_.taken.push_back(fmt::format("what the database answered to the invariants {}",
                                         fmt::join(invariants, ", ")));
    }
    const bool runs_programs = std::ranges::any_of(
        subject_.lines, [](const LedgerEntry* line) { return !line->transactions.empty(); });
    if (runs_programs) {
      check_.taken.emplace_back("what the server said became of the programs' transactions");
    }
    if (options_.expected == nullptr) {
      check_.taken.emplace_back(
          "what its scenario expects, whose file is not in the folder: the report's word stands");
    }
  }

  void differ(std::string why) {
    check_.answer = Confirmation::differs;
    check_.because.push_back(std::move(why));
  }

  CaseCheck finish() {
    if (check_.because.size() > reasons_max) {
      const std::size_t more = check_.because.size() - reasons_max;
      check_.because.resize(reasons_max);
      check_.because.push_back(fmt::format("and {} more", more));
    }
    return std::move(check_);
  }

  const RecordedCase& subject_;
  const CaseVerdict& verdict_;
  const DerivationOptions& options_;
  std::vector<References> references_;                   // By bench.
  std::set<std::pair<std::string, std::string>> shown_;  // Plan and oracle.
  std::set<std::string> broken_;
  CaseCheck check_;
};

}  // namespace

CaseCheck derive(const RecordedCase& subject, const DerivationOptions& options) {
  return Derivation(subject, options).derive();
}

std::vector<CaseCheck> derive_all(const RunVerdict& run, const std::vector<LedgerEntry>& ledger,
                                  const std::vector<CaseEvidence>& evidence,
                                  const std::string& folder) {
  std::vector<CaseCheck> checks;
  for (const RecordedCase& subject : recorded_cases(run, ledger, evidence)) {
    const std::optional<Expected> expected = expected_of(subject, folder);
    DerivationOptions options;
    options.complete = run.complete;
    options.expected = expected ? &*expected : nullptr;
    checks.push_back(derive(subject, options));
  }
  return checks;
}

}  // namespace splitproof::harness
