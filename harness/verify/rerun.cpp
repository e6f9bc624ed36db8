#include "harness/verify/rerun.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/run/failure.h"
#include "harness/run/program_spec.h"
#include "harness/run/replay.h"
#include "harness/verify/agreement.h"
#include "sim/base/rng.h"

namespace splitproof::harness {

namespace {

using Texts = std::vector<std::string>;

// A run of a plan that can be run alone and broke nothing.
bool may_be_drawn(const LedgerEntry& line) {
  static const std::set<std::string> not_alone{"calibration", "reference", "images",
                                               "shrink",      "replay",    "evidence"};
  return line.broken.empty() && !not_alone.contains(line.purpose);
}

std::string list_of(const Texts& words) {
  return words.empty() ? "nothing" : fmt::format("{}", fmt::join(words, ", "));
}

// Where the two differ, the first of it; empty where they do not.
std::string difference_between(const LedgerEntry& written, const LedgerEntry& again) {
  if (written.told != again.told) {
    return fmt::format("the client was told {}, and is told {}", list_of(written.told),
                       list_of(again.told));
  }
  if (written.held != again.held) return "another state is held";
  if (written.retried != again.retried) {
    return fmt::format("after the retries the client was told {}, and is told {}",
                       list_of(written.retried), list_of(again.retried));
  }
  if (written.finally != again.finally) return "another state is held after the retries";
  if (written.broken != again.broken) {
    return fmt::format("it broke {}, and breaks {}", list_of(written.broken),
                       list_of(again.broken));
  }
  return "";
}

class CaseRerun {
 public:
  CaseRerun(const RecordedCase& subject, const std::string& folder, Worlds& worlds,
            const OperationCatalog& catalog, bool can_kill, const RerunOptions& options)
      : subject_(subject),
        verdict_(*subject.verdict),
        folder_(folder),
        worlds_(worlds),
        catalog_(catalog),
        can_kill_(can_kill),
        options_(options) {
    check_.scenario = verdict_.scenario;
    check_.variant = verdict_.variant;
    check_.target = verdict_.target;
  }

  CaseCheck run() {
    if (verdict_.result == CaseResult::not_run || verdict_.result == CaseResult::not_applicable) {
      return std::move(check_);
    }
    const Texts words = words_of_line();
    if (words.empty()) {
      cannot("the report does not say by which line the case is run");
      return std::move(check_);
    }
    sim::Result<ChosenCase, std::string> chosen = options_.choose(with_copy(words));
    // Programs of others are not copied: they are where they were, or nowhere.
    if (chosen.ok() && runs_programs(*chosen.value().selection->cases.front().scenario)) {
      chosen = options_.choose(words);
    }
    if (!chosen.ok()) {
      cannot(chosen.error());
      return std::move(check_);
    }
    chosen_ = std::move(chosen).value();
    try {
      rerun_findings();
      rerun_sample();
    } catch (const UnusableInput& unusable) {
      cannot(unusable.what());
    } catch (const std::exception& failure) {
      cannot(failure.what());
    }
    return std::move(check_);
  }

 private:
  // The words behind the program's name.
  Texts words_of_line() const {
    Texts words;
    if (!subject_.evidence.empty()) words = shell_words(subject_.evidence.front()->line);
    if (words.empty() && !verdict_.findings.empty()) {
      words = shell_words(verdict_.findings.front().replay);
      const auto plan = std::ranges::find(words, "--plan");
      if (plan != words.end()) words.erase(plan, words.end());
    }
    if (!words.empty()) words.erase(words.begin());
    return words;
  }

  // With the scenario as it lies in the report's folder, where it does.
  Texts with_copy(Texts words) const {
    if (subject_.evidence.empty() || subject_.evidence.front()->source.empty()) return words;
    const std::string copy =
        (std::filesystem::path(folder_) / subject_.evidence.front()->source).string();
    const bool is_there = std::filesystem::is_regular_file(copy.substr(0, copy.find('#')));
    if (is_there && words.size() > 1 && !words[1].starts_with('-')) words[1] = copy;
    return words;
  }

  bool stopped() const { return options_.stopped && options_.stopped(); }

  // None where the plan cannot be run; then it is said why.
  std::optional<CaseOutcome> run_plan(const std::string& text) {
    if (stopped()) {
      cannot("stopped before its end");
      return std::nullopt;
    }
    const Case& subject = chosen_.selection->cases.front();
    auto plan = parse_plan(text);
    if (!plan.ok()) {
      differ(fmt::format("the plan '{}' cannot be read: {}", text, plan.error().message));
      return std::nullopt;
    }
    const std::string why = unfit(plan.value(), *subject.scenario);
    if (!why.empty()) {
      differ(fmt::format("the plan '{}' does not fit the case: {}", text, why));
      return std::nullopt;
    }
    CaseOptions options;
    options.seed = chosen_.seed;
    options.plan = std::move(plan).value();
    options.stopped = options_.stopped;
    CaseOutcome outcome =
        run_on_own_world(subject, worlds_, catalog_, can_kill_, std::move(options), {});
    const CaseResult result = outcome.verdict.result;
    if (outcome.verdict.observed == "unknown" && result != CaseResult::vacuous) {
      cannot(fmt::format("'{}': {}", text, outcome.verdict.reason));
      return std::nullopt;
    }
    ++check_.runs;
    return outcome;
  }

  void rerun_findings() {
    for (const Finding& finding : verdict_.findings) {
      if (finding.plan.empty()) continue;
      const std::optional<CaseOutcome> again = run_plan(finding.plan);
      if (!again) continue;
      compare(finding, *again);
    }
  }

  void compare(const Finding& finding, const CaseOutcome& again) {
    const auto written =
        std::ranges::find(subject_.lines.rbegin(), subject_.lines.rend(), finding.plan,
                          [](const LedgerEntry* line) { return line->plan; });
    if (written != subject_.lines.rend()) {
      LedgerEntry line = **written;
      // A replay is entered and not judged; the finding says what it breaks.
      const auto ended = std::ranges::find_if(again.ledger, [&](const LedgerEntry& other) {
        line.broken = other.broken;
        return other.plan == line.plan && difference_between(line, other).empty();
      });
      if (ended == again.ledger.end()) {
        return differ(fmt::format("{}: {}", finding.id, nearest_difference(**written, again)));
      }
    }
    const auto& findings = again.verdict.findings;
    if (std::ranges::find(findings, finding.oracle, &Finding::oracle) != findings.end()) return;
    const bool under_faults = !parse_plan(finding.plan).value().strikes.empty();
    if (finding.oracle == "intermediate-read" && under_faults) {
      return cannot(
          fmt::format("{}: what observers see under faults in an order is seen in the "
                      "sweep of all orders alone",
                      finding.id));
    }
    differ(fmt::format("{}: the run of '{}' does not break {} any more", finding.id, finding.plan,
                       finding.oracle));
  }

  void rerun_sample() {
    std::vector<const LedgerEntry*> lines;
    for (const LedgerEntry* line : subject_.lines) {
      if (may_be_drawn(*line)) lines.push_back(line);
    }
    sim::Rng chance(options_.seed);
    for (int drawn = 0; drawn < options_.sample && !lines.empty(); ++drawn) {
      const auto place = static_cast<std::ptrdiff_t>(chance.below(lines.size()));
      const LedgerEntry& written = *lines[static_cast<std::size_t>(place)];
      lines.erase(lines.begin() + place);
      const std::optional<CaseOutcome> again = run_plan(written.plan);
      if (!again) continue;
      const std::string difference = nearest_difference(written, *again);
      if (difference.empty()) continue;
      differ(fmt::format("{}: {}", name_of(written), difference));
    }
  }

  // From the run of that plan which is nearest to what is written; empty where one is as written.
  static std::string nearest_difference(const LedgerEntry& written, const CaseOutcome& again) {
    std::string first;
    for (const LedgerEntry& line : again.ledger) {
      const bool same_run = line.plan == written.plan && line.operations == written.operations &&
                            line.purpose != "calibration" && line.purpose != "reference";
      if (!same_run) continue;
      const std::string difference = difference_between(written, line);
      if (difference.empty()) return "";
      if (first.empty()) first = difference;
    }
    return first.empty() ? "no run of that plan came of it" : first;
  }

  void differ(std::string why) {
    check_.answer = Confirmation::differs;
    check_.because.push_back(std::move(why));
  }

  void cannot(std::string why) {
    if (check_.answer == Confirmation::confirmed) check_.answer = Confirmation::impossible;
    if (std::ranges::find(check_.because, why) == check_.because.end()) {
      check_.because.push_back(std::move(why));
    }
  }

  const RecordedCase& subject_;
  const CaseVerdict& verdict_;
  const std::string& folder_;
  Worlds& worlds_;
  const OperationCatalog& catalog_;
  bool can_kill_;
  const RerunOptions& options_;
  ChosenCase chosen_;
  CaseCheck check_;
};

}  // namespace

std::vector<CaseCheck> rerun_all(const std::vector<RecordedCase>& cases, const std::string& folder,
                                 Worlds& worlds, const OperationCatalog& catalog, bool can_kill,
                                 const RerunOptions& options) {
  std::vector<CaseCheck> checks;
  for (const RecordedCase& subject : cases) {
    checks.push_back(CaseRerun(subject, folder, worlds, catalog, can_kill, options).run());
  }
  return checks;
}

}  // namespace splitproof::harness
