#include "harness/verify/agreement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace splitproof::harness {

namespace {

using Texts = std::vector<std::string>;

bool all_committed(const Texts& told) {
  return std::ranges::all_of(told, [](const std::string& one) { return one == "committed"; });
}

class Agreement {
 public:
  explicit Agreement(const RecordedCase& subject) : subject_(subject), verdict_(*subject.verdict) {}

  Texts compare() {
    compare_clean_runs();
    compare_runs_of_one_plan();
    compare_images();
    return std::move(why_not_);
  }

 private:
  // Clean runs were told that all is well, and left what is written down of them.
  void compare_clean_runs() {
    const LedgerEntry* clean = nullptr;
    for (const LedgerEntry* line : subject_.lines) {
      if (line->purpose == "clean") clean = line;
    }
    if (clean == nullptr) return differ("the ledger has no clean run");
    for (const LedgerEntry* line : subject_.lines) {
      const bool no_retry = all_committed(line->told) && line->damaged.empty();
      if (no_retry && line->purpose != "images" &&
          (line->retried != line->told || line->finally != line->held)) {
        differ(fmt::format("{} was told all is committed, and what it held changed all the same",
                           name_of(*line)));
      }
      const bool is_clean = line->purpose == "calibration" || line->purpose == "clean";
      if (is_clean && verdict_.result != CaseResult::unstable && line->told != clean->told) {
        differ(fmt::format("{} was told something else than the clean run", name_of(*line)));
      }
      if (is_preparation(*line)) compare_retry(*line);
      if (line->purpose == "reference") compare_reference(*line);
    }
    for (const CaseEvidence* one : subject_.evidence) {
      for (const auto* runs : {&one->sets, &one->orders}) {
        for (const ReferenceRun& reference : *runs) compare_with_ledger(reference);
      }
    }
  }

  // Where nothing strikes a retry helps nobody; else that is a finding.
  void compare_retry(const LedgerEntry& line) {
    const bool may_be = std::ranges::find(verdict_.findings, "completes", &Finding::oracle) !=
                        verdict_.findings.end();
    if (may_be || verdict_.result == CaseResult::unstable || line.told == line.retried) return;
    differ(fmt::format("{} was told something else when it was tried again, though nothing struck",
                       name_of(line)));
  }

  bool is_written_down(const LedgerEntry& line) const {
    return std::ranges::any_of(subject_.evidence, [&](const CaseEvidence* one) {
      const auto is_it = [&](const ReferenceRun& run) {
        return run.operations == line.operations && run.held == line.finally;
      };
      return std::ranges::any_of(one->sets, is_it) || std::ranges::any_of(one->orders, is_it);
    });
  }

  void compare_reference(const LedgerEntry& line) {
    const bool repeated = std::ranges::any_of(subject_.lines, [&](const LedgerEntry* other) {
      return other > &line && other->purpose == "reference" && other->bench == line.bench &&
             other->operations == line.operations;
    });
    if (repeated || !all_committed(line.retried) || is_written_down(line)) return;
    differ(
        fmt::format("the clean run of the operations {} is told or leaves something else than "
                    "what is written down of it",
                    fmt::join(line.operations, ", ")));
  }

  void compare_with_ledger(const ReferenceRun& reference) {
    if (reference.operations.empty()) return;
    const bool was_run = std::ranges::any_of(subject_.lines, [&](const LedgerEntry* line) {
      return is_preparation(*line) && line->purpose != "calibration" &&
             line->operations == reference.operations && line->finally == reference.held;
    });
    if (was_run) return;
    differ(fmt::format("no clean run of the operations {} left the state that is written down",
                       fmt::join(reference.operations, ", ")));
  }

  // The same plan on the same bench has the same end.
  void compare_runs_of_one_plan() {
    std::map<std::tuple<int, std::string, std::vector<int>>, const LedgerEntry*> known;
    for (const LedgerEntry* line : subject_.lines) {
      if (is_preparation(*line) || line->purpose == "images") continue;
      const auto [place, is_new] =
          known.try_emplace({line->bench, line->plan, line->operations}, line);
      const LedgerEntry& first = *place->second;
      if (is_new || verdict_.result == CaseResult::unstable) continue;
      const bool alike = first.told == line->told && first.held == line->held &&
                         first.retried == line->retried && first.finally == line->finally;
      if (alike) continue;
      differ(fmt::format("{} ends otherwise than {}", name_of(*line), name_of(first)));
    }
  }

  // Of each kind of crash image of a moment, the first was run as a plan of its own.
  void compare_images() {
    std::map<std::string, const LedgerEntry*> by_plan;
    for (const LedgerEntry* line : subject_.lines) by_plan.emplace(line->plan, line);
    for (const LedgerEntry* line : subject_.lines) {
      for (const LedgerImages& images : line->images) {
        const auto run = by_plan.find(images.plan);
        if (run == by_plan.end() || !run->second->damaged.empty()) continue;
        if (run->second->held == images.held) continue;
        differ(
            fmt::format("of the crash images of {}, those of '{}' hold something else than the "
                        "run of that plan",
                        line->plan, images.plan));
      }
    }
  }

  void differ(std::string why) { why_not_.push_back(std::move(why)); }

  const RecordedCase& subject_;
  const CaseVerdict& verdict_;
  Texts why_not_;
};

}  // namespace

bool is_preparation(const LedgerEntry& line) {
  return line.purpose == "calibration" || line.purpose == "reference" || line.purpose == "clean";
}

std::string name_of(const LedgerEntry& line) {
  return fmt::format("the {} run of '{}'", line.purpose, line.plan);
}

Texts disagreements(const RecordedCase& subject) { return Agreement(subject).compare(); }

}  // namespace splitproof::harness
