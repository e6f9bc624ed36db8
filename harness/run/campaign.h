// All cases of one call: shared out to workers, gathered in their order.
//
// Cases do not depend on each other, and their verdicts are gathered by position, so that the
// number of workers changes nothing in the result.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/baseline.h"
#include "harness/run/case_world.h"

namespace splitproof::harness {

struct CampaignOptions {
  std::uint64_t seed = 1;
  Exploration exploration = {};  // Its seed is the campaign's.
  int jobs = 1;
  std::chrono::milliseconds statement_limit = std::chrono::minutes(1);  // As in Worlds.
  std::optional<Plan> plan;
  // Run before anything else, those of the selected cases. The first one that fails is the result
  // of its case, and the others are not run: the answer comes in seconds.
  std::vector<KeptPlan> baseline;
  std::vector<std::pair<std::string, Oracle>> oracles = all_oracles();
  std::string version;
  // Columns whose values are masked in the outcome, as Redaction takes them. One that no table has
  // is a failure of the input.
  std::vector<std::string> redact;
  // Asked often, by several threads: true when the time is up or a signal came.
  std::function<bool()> stopped;
  // As in CaseOptions. Asked by several threads.
  std::function<double()> spent;
  // Called by several threads, one at a time: cases done, runs done, the name of a running case.
  std::function<void(std::size_t, std::int64_t, const std::string&)> progress;
};

struct CampaignOutcome {
  RunVerdict verdict;
  std::vector<LedgerEntry> ledger;
  Evidence evidence;  // Without the files that the cases were made of.
};

// Why there is no outcome: a sentence for people.
struct CampaignFailure {
  std::string message;
  bool input = false;  // A scenario's own data cannot be used; else the environment failed.
};

// `not_built` cases are reported as `not-run`.
sim::Result<CampaignOutcome, CampaignFailure> run_campaign(const std::vector<Case>& cases,
                                                           const OperationCatalog& catalog,
                                                           sim::Guardian* guardian,
                                                           const CampaignOptions& options);

}  // namespace splitproof::harness
