// The oracle of what is left after a disk or its power failed, and what was promised of it.
#include <fmt/format.h>

#include <algorithm>

#include "harness/oracle/oracles.h"

namespace splitproof::harness {

namespace {

bool is_of_power(const Fired& fired) {
  return std::holds_alternative<CutPower>(fired.fault) ||
         std::holds_alternative<LoseSync>(fired.fault);
}

// What was promised for what struck this run; null where nothing of the disk did.
const StoragePromise* promise_for(const RunRecord& run, const References& references) {
  if (!references.after_power_loss) return nullptr;
  if (std::ranges::any_of(run.fired, is_of_power)) return &*references.after_power_loss;
  const bool on_disk = std::ranges::any_of(
      run.plan.strikes, [](const Strike& strike) { return strike.client == disk_client; });
  return on_disk ? &*references.after_kill : nullptr;
}

}  // namespace

std::vector<Violation> recovers(const RunRecord& run, const References&) {
  if (run.damaged.empty()) return {};
  Violation violation;
  violation.oracle = "recovers";
  violation.claim = "After a failure of the disk or its power the database is whole.";
  violation.because = fmt::format("It is not: {}.", run.damaged);
  violation.damage.push_back({"storage", run.damaged});
  return {violation};
}

bool is_within_promise(const RunRecord& run, const References& references) {
  const StoragePromise* const promise = promise_for(run, references);
  if (promise == nullptr || promise->durable) return false;
  if (!promise->whole) return true;
  return run.damaged.empty() &&
         std::ranges::find(references.committed, run.after->digest) != references.committed.end();
}

}  // namespace splitproof::harness
