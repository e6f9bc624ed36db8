// The oracle of what is left after a disk or its power failed, and what was promised of it.
#include <fmt/format.h>

#include <algorithm>

#include "harness/oracle/oracles.h"

namespace splitproof::harness {

namespace {

// Where all survives, only what ran has died: that is a process which is killed.
bool is_kill(const CutPower& cut) {
  return cut.again.empty() && !cut.survivors.torn &&
         std::ranges::all_of(cut.survivors.keep, [](bool kept) { return kept; });
}

bool ends_a_file(const Fired& fired) {
  const auto* const error = std::get_if<RaiseError>(&fired.fault);
  return error != nullptr && error->code == "SHORT_READ";
}

bool is_of_power(const Fired& fired) {
  const auto* const cut = std::get_if<CutPower>(&fired.fault);
  return std::holds_alternative<LoseSync>(fired.fault) || (cut != nullptr && !is_kill(*cut));
}

// What was promised for what struck this run; null where nothing of the disk did.
const StoragePromise* promise_for(const RunRecord& run, const References& references) {
  if (!references.after_power_loss) return nullptr;
  if (std::ranges::any_of(run.fired, ends_a_file)) return &promised_after_short_read();
  if (std::ranges::any_of(run.fired, is_of_power)) return &*references.after_power_loss;
  const bool on_machine = std::ranges::any_of(
      run.plan.strikes, [](const Strike& strike) { return is_of_machine(strike.client); });
  // An operation that fails, and memory that runs out, are answered by an error, as the end of a
  // process is not answered at all; no more is promised of them.
  return on_machine ? &*references.after_kill : nullptr;
}

// A suffix of what was committed may be lost. What is left then ends with a whole operation, or,
// where no more is claimed, with a whole transaction: a state between is no loss but a split.
bool is_left_up_to_some_moment(const RunRecord& run, const References& references) {
  const std::string& digest = run.after->digest;
  if (references.by_transaction) {
    return std::ranges::find(references.committed, digest) != references.committed.end();
  }
  return std::ranges::any_of(references.by_operations, [&](const auto& entry) {
    const bool is_first_ones = (entry.first & (entry.first + 1)) == 0;
    return is_first_ones && entry.second->digest == digest;
  });
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

std::string clause_that_allows(const RunRecord& run, const References& references) {
  const StoragePromise* const promise = promise_for(run, references);
  if (promise == nullptr || promise->durable) return "";
  const bool is_prefix = run.damaged.empty() && is_left_up_to_some_moment(run, references);
  return promise->whole && !is_prefix ? "" : promise->clause;
}

}  // namespace splitproof::harness
