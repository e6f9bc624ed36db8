#include "harness/run/ledger_line.h"

#include <algorithm>

#include "harness/run/ambiguity_book.h"

namespace splitproof::harness {

namespace {

template <class List, class Item>
void add_once(List& list, Item item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

bool is_failed_commit(const Event& event) {
  return event.kind == sim::StatementKind::commit && !event.answer.starts_with("ok");
}

void write_strikes(LedgerEntry& entry, const RunRecord& run) {
  for (const Fired& fired : run.fired) {
    const Event& event = run.history.events.at(fired.event);
    add_once(entry.struck, LedgerStrike{to_string(fired.fault), name_of_client(event.client),
                                        event.operation + 1, event.name});
  }
}

void write_breaches(LedgerEntry& entry, const Observation& observation, bool after_retries) {
  for (const Breach& breach : observation.breaches) {
    entry.breaches.push_back({breach.invariant, breach.always, after_retries});
  }
}

void write_answers(LedgerEntry& entry, const RunRecord& run, const References& references) {
  for (const Told& told : run.first) {
    const bool counts = told.outcome == sim::Outcome::committed;
    entry.answers.push_back(counts ? digest_of_answers(answers_of(run.history, told.attempt,
                                                                  references.answers_left_out))
                                   : "");
  }
}

}  // namespace

std::vector<std::string> outcomes_of(const std::vector<Told>& told) {
  std::vector<std::string> texts;
  for (const Told& one : told) texts.emplace_back(sim::to_string(one.outcome));
  return texts;
}

std::string digest_of_answers(const std::vector<Answered>& answers) {
  // Enough to tell two answers apart; what was answered is a digest already.
  constexpr std::size_t digits = 16;
  constexpr char separator = '\x1f';
  std::string text;
  for (const Answered& one : answers) text += one.statement + separator + one.seen + separator;
  return sha256(text).substr(0, digits);
}

LedgerDependencies dependencies_of(const DependencyJudgement& found) {
  if (!found.anomaly) return {};
  return {found.anomaly->name, is_proof(*found.anomaly)};
}

void write_run(LedgerEntry& entry, const RunRecord& run, const References* references) {
  for (const Told& told : run.first) entry.operations.push_back(told.operation + 1);
  entry.fired = static_cast<std::int64_t>(run.fired.size());
  entry.told = outcomes_of(run.first);
  entry.held = run.after->digest;
  entry.retried = outcomes_of(run.last);
  entry.finally = run.finally->digest;
  entry.transactions = transactions_of(run.history.told);
  write_strikes(entry, run);
  if (references == nullptr) return;
  entry.interleaved = run.interleaved;
  if (run.interleaved && !references->by_dependencies) write_answers(entry, run, *references);
  entry.retry_told = outcomes_of(run.retried);
  if (run.after_retry != nullptr) entry.retry_held = run.after_retry->digest;
  const auto unclean = std::ranges::find_if(
      run.history.told, [](const Told& told) { return !told.left_open.empty(); });
  if (unclean != run.history.told.end()) entry.left_open = unclean->left_open;
  for (const Sight& sight : run.sights) {
    if (sight.seen != nullptr) add_once(entry.sights, LedgerSight{sight.kind, sight.seen->digest});
  }
  write_breaches(entry, *run.after, false);
  write_breaches(entry, *run.finally, true);
  entry.damaged = run.damaged;
  entry.failed_commit =
      !references->promises.empty() && std::ranges::any_of(run.history.events, is_failed_commit);
  if (run.dependencies) entry.dependencies = dependencies_of(*run.dependencies);
}

}  // namespace splitproof::harness
