// What all parts of a case do with a run: ask the oracles, keep the ledger, book findings; and what
// is done with the findings in the end: replay each, and write it down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/run/ambiguity_book.h"
#include "harness/run/case_runner.h"
#include "harness/run/evidence_book.h"
#include "harness/run/findings.h"
#include "harness/run/grid_book.h"
#include "harness/run/storage_sweep.h"

namespace splitproof::harness {

// A calibrated experiment of the case. There is a second one where clients are processes of their
// own and need a database that they can reach.
struct Bench {
  Experiment* experiment = nullptr;
  const Prepared* prepared = nullptr;
};

class Judge {
 public:
  // All are borrowed.
  Judge(const Case& subject, const CaseOptions& options, CaseOutcome& outcome)
      : subject_(subject),
        options_(options),
        outcome_(outcome),
        claims_more_(subject.variant->claims_durable()) {}

  // Asks the oracles about a run, and enters it in the ledger unless `purpose` is null, for a run
  // that is entered already. An `incident` run's findings are findings of their own.
  void note(const Bench& bench, const RunRecord& run, const char* purpose, bool incident = false);
  // Enters a run that is not judged. `bench` is where it was run, if it could be judged there. The
  // line stays where it is until the next one.
  LedgerEntry& enter(const RunRecord& run, const char* purpose, const Bench* bench = nullptr);

  // Enters the crash images of a moment.
  void enter(const MomentFound& found);

  // Replays every finding and adds it to the verdict, and writes down what the case was judged by.
  // What a replay shows differently is added to unstable().
  void write_findings();

  // True when some oracle found a violation, or one that the variant is expected to have.
  bool found_violation() const;
  bool stopped() const { return options_.stopped && options_.stopped(); }
  // Orders whose dependencies neither prove nor rule out anything, in words; empty where there are
  // none.
  std::string undecided() const;
  // What the storage has promised no more than: no findings, unless more is claimed.
  const std::vector<ContractLoss>& allowed() const { return allowed_; }
  std::vector<std::string>& unstable() { return unstable_; }
  std::int64_t runs() const { return runs_; }
  RunOptions usual() const;

 private:
  std::size_t place_of(const Bench& bench);
  // The clean run's line, which was entered before anybody could judge it.
  LedgerEntry& clean_line(const Bench& bench, const RunRecord& run);
  void write_evidence();
  // A line of the ledger about nothing yet.
  LedgerEntry line_of(const char* purpose, std::string plan) const;
  std::vector<Violation> ask(const Bench& bench, const RunRecord& run);
  // Whether the storage has promised no more; then that is counted.
  bool allow(const RunRecord& run, const References& references);
  // The same run once more, with what its operations depend on.
  RunRecord looked_into(const Bench& bench, const RunRecord& run);
  // The same finding, shown by the shortest order of the sessions.
  Shown shortest(const Cause& cause, Shown shown);
  // Names the anomaly of an interleaving that no serial order gives, by its dependencies.
  void explain(const Shown& shown, Finding& finding);

  const Case& subject_;
  const CaseOptions& options_;
  CaseOutcome& outcome_;
  bool claims_more_;  // Findings count though the storage has promised no more.
  AmbiguityBook ambiguities_;
  FindingBook book_;
  GridBook grid_;
  EvidenceBook evidence_;
  // What the last run that was asked about depends on, where it was looked into.
  std::optional<DependencyJudgement> looked_into_;
  std::vector<Bench> benches_;
  std::vector<std::string> unstable_;
  std::int64_t runs_ = 0;
  std::vector<ContractLoss> allowed_;
  std::int64_t undecided_ = 0;
  std::string first_undecided_;
};

}  // namespace splitproof::harness
