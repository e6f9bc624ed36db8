#include "harness/oracle/contract.h"

#include <algorithm>
#include <cstdlib>

#include "harness/oracle/storage_promise.h"

namespace splitproof::harness {

namespace {

bool ends_a_file(const Fired& fired) {
  const auto* const error = std::get_if<RaiseError>(&fired.fault);
  return error != nullptr && error->code == "SHORT_READ";
}

// When it is over the power fails, too; what was told before counts for more there than what the
// cache seemed to hold.
bool loses_a_sync(const Fired& fired) { return std::holds_alternative<LoseSync>(fired.fault); }

// Where all survives, only what ran has died: that is a process which is killed.
bool is_kill(const CutPower& cut) {
  return cut.again.empty() && !cut.survivors.torn &&
         std::ranges::all_of(cut.survivors.keep, [](bool kept) { return kept; });
}

Breakdown crash_of(CrashServer::How how) {
  switch (how) {
    case CrashServer::How::all:
      return Breakdown::server_killed;
    case CrashServer::How::immediate:
      return Breakdown::immediate_stop;
    case CrashServer::How::backend:
      return Breakdown::backend_killed;
  }
  std::abort();
}

// None for what strikes the client or its connection alone.
std::optional<Breakdown> failure_by(const Fired& fired, const RunRecord& run,
                                    const References& references) {
  if (const auto* const crash = std::get_if<CrashServer>(&fired.fault)) return crash_of(crash->how);
  if (!is_of_machine(run.history.events.at(fired.event).client)) return std::nullopt;
  if (const auto* const cut = std::get_if<CutPower>(&fired.fault)) {
    const bool is_told_apart = references.promises.contains(Breakdown::process_killed);
    return is_told_apart && is_kill(*cut) ? Breakdown::process_killed : Breakdown::power_lost;
  }
  if (std::holds_alternative<KillProcess>(fired.fault)) return Breakdown::process_killed;
  return Breakdown::error;
}

bool has_operation(unsigned set, int operation) {
  return (set >> static_cast<unsigned>(operation) & 1U) != 0;
}

// Whether no operation is in the set without those before it, as far as the one that was struck.
// What comes behind that is done on what was left.
bool is_first_ones(unsigned set, int struck) {
  bool ended = false;
  for (int operation = 0; operation <= struck; ++operation) {
    if (ended && has_operation(set, operation)) return false;
    ended = ended || !has_operation(set, operation);
  }
  return true;
}

int struck_in(const RunRecord& run) {
  return run.history.events.at(run.fired.front().event).operation;
}

// The sets of whole operations that leave the state which was found. After an error what was not
// undone goes on, so that later operations may be there without earlier ones.
std::vector<unsigned> sets_found(const RunRecord& run, const References& references) {
  const bool in_order = failure_of(run, references) != Breakdown::error;
  std::vector<unsigned> sets;
  for (const auto& [set, observation] : references.by_operations) {
    if (observation->digest != run.after->digest) continue;
    if (!in_order || is_first_ones(set, struck_in(run))) sets.push_back(set);
  }
  return sets;
}

// The set of operations that the client was told this of.
unsigned set_told(const RunRecord& run, sim::Outcome outcome) {
  unsigned set = 0;
  for (const Told& one : run.first) {
    if (one.outcome == outcome) set |= 1U << static_cast<unsigned>(one.operation);
  }
  return set;
}

// Whether the clean run had committed the state that was found, and not before all that was told
// committed.
bool is_behind_all_told(const RunRecord& run, const References& references) {
  const std::vector<std::string>& committed = references.committed;
  const auto told_state = references.by_operations.find(set_told(run, sim::Outcome::committed));
  if (told_state == references.by_operations.end()) return false;
  const auto least = std::ranges::find(committed, told_state->second->digest);
  return std::find(least, committed.end(), run.after->digest) != committed.end();
}

bool ends_with_a_whole_operation(const RunRecord& run, const References& references) {
  if (!references.by_transaction) return !sets_found(run, references).empty();
  return std::ranges::find(references.committed, run.after->digest) != references.committed.end();
}

bool has_failed_commit(const RunRecord& run) {
  return std::ranges::any_of(run.history.events, [](const Event& event) {
    return event.kind == sim::StatementKind::commit && !event.answer.starts_with("ok");
  });
}

std::optional<Promise> promise_for(const RunRecord& run, const References& references) {
  if (references.promises.empty()) return std::nullopt;
  if (std::ranges::any_of(run.fired, ends_a_file)) return promised_after_short_read();
  if (std::ranges::any_of(run.fired, loses_a_sync)) {
    const Promise& promise = references.promises.at(Breakdown::power_lost);
    return has_failed_commit(run) ? promised_after_lost_sync(promise) : promise;
  }
  const std::optional<Breakdown> failure = failure_of(run, references);
  if (!failure) return std::nullopt;
  return references.promises.at(*failure);
}

}  // namespace

std::optional<Breakdown> failure_of(const RunRecord& run, const References& references) {
  const auto is_none = [](const Fired& fired) { return ends_a_file(fired) || loses_a_sync(fired); };
  if (std::ranges::any_of(run.fired, is_none)) return std::nullopt;
  std::optional<Breakdown> found;
  for (const Fired& fired : run.fired) {
    const std::optional<Breakdown> one = failure_by(fired, run, references);
    if (!one || !references.promises.contains(*one)) continue;
    // Where the power fails beside something else, that is the worst of it.
    if (!found || one == Breakdown::power_lost) found = one;
  }
  return found;
}

Left left_of(const RunRecord& run, const References& references) {
  if (!run.damaged.empty()) return Left::damaged;
  const std::vector<unsigned> sets = sets_found(run, references);
  if (sets.empty()) {
    if (is_behind_all_told(run, references)) return Left::kept;
    const std::vector<std::string>& committed = references.committed;
    const bool is_committed = std::ranges::find(committed, run.after->digest) != committed.end();
    return is_committed ? Left::lost : Left::torn;
  }
  const unsigned must = set_told(run, sim::Outcome::committed);
  // A COMMIT that an error answered may be carried out all the same: whoever takes that for aborted
  // is to blame, and not the storage. Where all has died, nothing was answered that might mislead.
  const bool is_error = failure_of(run, references) == Breakdown::error;
  const unsigned must_not = is_error ? 0U : set_told(run, sim::Outcome::aborted);
  const auto is_all = [&](unsigned set) { return (set & must) == must; };
  const auto is_allowed = [&](unsigned set) { return (set & must_not) == 0; };
  if (std::ranges::none_of(sets, is_allowed)) return Left::torn;
  return std::ranges::any_of(sets, is_all) ? Left::kept : Left::lost;
}

bool allows(const Promise& promise, Left left) {
  if (left == Left::kept || !promise.whole) return true;
  return left == Left::lost && !promise.durable;
}

std::string clause_that_allows(const RunRecord& run, const References& references) {
  const std::optional<Promise> promise = promise_for(run, references);
  if (!promise || promise->durable) return "";
  if (!promise->whole) return promise->clause;
  const bool is_lost = left_of(run, references) == Left::lost;
  return is_lost && ends_with_a_whole_operation(run, references) ? promise->clause : "";
}

}  // namespace splitproof::harness
