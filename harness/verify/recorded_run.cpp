#include "harness/verify/recorded_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace splitproof::harness {

namespace {

constexpr std::size_t operations_max = 16;  // More than any scenario has.
// What an operation was answered is one digest, which stands for its statements.
constexpr const char* all_answers = "answers";

std::shared_ptr<const Observation> observation_of(const std::string& digest) {
  Observation observation;
  observation.digest = digest;
  return std::make_shared<const Observation>(std::move(observation));
}

unsigned set_of(const std::vector<int>& operations, std::size_t count) {
  unsigned set = 0;
  for (const int operation : operations) {
    if (operation < 1 || static_cast<std::size_t>(operation) > count) {
      throw Unreadable(fmt::format("a clean run names the operation {} of {}", operation, count));
    }
    set |= 1U << static_cast<unsigned>(operation - 1);
  }
  return set;
}

SerialRun serial_of(const ReferenceRun& reference, std::size_t count) {
  SerialRun serial;
  serial.set = set_of(reference.operations, count);
  serial.held = observation_of(reference.held);
  if (reference.answers.size() != reference.operations.size()) {
    throw Unreadable("a clean run has not one answer for each of its operations");
  }
  for (std::size_t i = 0; i < reference.operations.size(); ++i) {
    const int operation = reference.operations[i] - 1;
    serial.order.push_back(operation);
    serial.answers[operation] = {{all_answers, reference.answers[i]}};
  }
  return serial;
}

Breakdown breakdown_of(const std::string& words) {
  for (const Breakdown failure :
       {Breakdown::process_killed, Breakdown::power_lost, Breakdown::error,
        Breakdown::backend_killed, Breakdown::immediate_stop, Breakdown::server_killed}) {
    if (to_string(failure) == words) return failure;
  }
  throw Unreadable(fmt::format("something is promised after '{}', which is no failure", words));
}

sim::Outcome outcome_of(const std::string& word) {
  for (const sim::Outcome outcome :
       {sim::Outcome::committed, sim::Outcome::aborted, sim::Outcome::indeterminate}) {
    if (sim::to_string(outcome) == word) return outcome;
  }
  throw Unreadable(fmt::format("a client was told '{}', which is no outcome", word));
}

char client_of(const std::string& name) {
  for (const char machine : {disk_client, memory_client}) {
    if (name_of_client(machine) == name) return machine;
  }
  if (name.size() != 1) throw Unreadable(fmt::format("'{}' is no client", name));
  return name.front();
}

std::optional<bool> held_of(const std::string& word) {
  if (word == "committed") return true;
  if (word == "rolled back") return false;
  return std::nullopt;
}

class Reader {
 public:
  Reader(const LedgerEntry& entry, const References& references)
      : entry_(entry), references_(references) {}

  RunRecord read() {
    auto plan = parse_plan(entry_.plan);
    if (!plan.ok()) throw Unreadable(fmt::format("its plan: {}", plan.error().message));
    run_.plan = std::move(plan).value();
    run_.first = told(entry_.told);
    run_.last = told(entry_.retried);
    if (!entry_.retry_told.empty()) run_.retried = told(entry_.retry_told);
    if (entry_.retry_told.empty() != entry_.retry_held.empty()) {
      throw Unreadable("what was told after one retry, or what was held then, is missing");
    }
    read_transactions();
    read_answers();
    read_strikes();
    read_states();
    run_.interleaved = entry_.interleaved;
    run_.damaged = entry_.damaged;
    if (!entry_.left_open.empty()) {
      Told unclean;
      unclean.left_open = entry_.left_open;
      run_.history.told.push_back(std::move(unclean));
    }
    if (entry_.dependencies) read_dependencies(*entry_.dependencies);
    return std::move(run_);
  }

 private:
  // Attempts are numbered in the order of the operations.
  std::vector<Told> told(const std::vector<std::string>& words) const {
    if (words.size() != entry_.operations.size()) {
      throw Unreadable(
          fmt::format("{} outcomes of {} operations", words.size(), entry_.operations.size()));
    }
    std::vector<Told> all;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const int operation = entry_.operations[i];
      if (operation < 1 || static_cast<std::size_t>(operation) > references_.titles.size()) {
        throw Unreadable(
            fmt::format("the operation {} is none of {}", operation, references_.titles.size()));
      }
      Told one;
      one.operation = operation - 1;
      one.client = references_.clients[static_cast<std::size_t>(operation - 1)];
      one.attempt = static_cast<int>(i) + 1;
      one.outcome = outcome_of(words[i]);
      all.push_back(std::move(one));
    }
    return all;
  }

  void read_transactions() {
    for (const LedgerTransaction& one : entry_.transactions) {
      if (one.retry) continue;
      for (Told& told : run_.first) {
        if (told.operation != one.operation - 1) continue;
        told.transactions.push_back({one.connection, one.statements, outcome_of(one.told),
                                     held_of(one.held), one.known_by});
      }
    }
  }

  void read_answers() {
    if (entry_.answers.empty()) return;
    if (entry_.answers.size() != run_.first.size()) {
      throw Unreadable(
          fmt::format("{} answers of {} operations", entry_.answers.size(), run_.first.size()));
    }
    for (std::size_t i = 0; i < entry_.answers.size(); ++i) {
      Event event;
      event.client = run_.first[i].client;
      event.operation = run_.first[i].operation;
      event.attempt = run_.first[i].attempt;
      event.name = all_answers;
      event.seen = entry_.answers[i];
      run_.history.events.push_back(std::move(event));
    }
  }

  void read_strikes() {
    for (const LedgerStrike& strike : entry_.struck) {
      const std::optional<Fault> fault = parse_fault(strike.fault);
      if (!fault) throw Unreadable(fmt::format("'{}' struck, which is no fault", strike.fault));
      if (strike.operation < 1 || strike.operation > static_cast<int>(operations_max)) {
        throw Unreadable(fmt::format("the operation {} was struck", strike.operation));
      }
      Event event;
      event.client = client_of(strike.client);
      event.operation = strike.operation - 1;
      event.name = strike.statement;
      event.answer = "ok";
      run_.fired.push_back({*fault, run_.history.events.size()});
      run_.history.events.push_back(std::move(event));
    }
    if ((entry_.fired > 0) != !run_.fired.empty()) {
      throw Unreadable(
          fmt::format("{} faults fired, and {} are named", entry_.fired, run_.fired.size()));
    }
    if (!entry_.failed_commit) return;
    Event commit;
    commit.kind = sim::StatementKind::commit;
    commit.answer = "error";
    run_.history.events.push_back(std::move(commit));
  }

  void read_states() {
    Observation after;
    Observation finally;
    after.digest = entry_.held;
    finally.digest = entry_.finally;
    for (const LedgerBreach& breach : entry_.breaches) {
      (breach.after_retries ? finally : after)
          .breaches.push_back({breach.invariant, breach.always, 0, ""});
    }
    run_.after = std::make_shared<const Observation>(std::move(after));
    run_.finally = std::make_shared<const Observation>(std::move(finally));
    if (!entry_.retry_held.empty()) run_.after_retry = observation_of(entry_.retry_held);
    for (const LedgerSight& sight : entry_.sights) {
      run_.sights.push_back({sight.kind, 0, 0, "", observation_of(sight.seen)});
    }
  }

  void read_dependencies(const LedgerDependencies& found) {
    DependencyJudgement& judgement = run_.dependencies.emplace();
    if (found.anomaly.empty()) return;
    judgement.anomaly = Anomaly{found.anomaly, {}};
    if (found.proof) return;
    Dependency on_a_condition;
    on_a_condition.predicate = true;
    judgement.anomaly->edges.push_back(std::move(on_a_condition));
  }

  const LedgerEntry& entry_;
  const References& references_;
  RunRecord run_;
};

}  // namespace

References references_of(const CaseEvidence& evidence) {
  References references;
  references.titles = evidence.titles;
  references.clients.assign(evidence.clients.begin(), evidence.clients.end());
  const std::size_t count = evidence.titles.size();
  if (count == 0 || count > operations_max || references.clients.size() != count) {
    throw Unreadable(
        fmt::format("found {} operations of {} sessions; expected as many, from 1 to {}", count,
                    references.clients.size(), operations_max));
  }
  references.all = (1U << count) - 1;
  for (const ReferenceRun& set : evidence.sets) {
    references.by_operations.emplace(set_of(set.operations, count), observation_of(set.held));
  }
  for (const unsigned needed : {0U, references.all}) {
    if (references.by_operations.contains(needed)) continue;
    throw Unreadable("the state before, or that of the clean run, is not written down");
  }
  for (const ReferenceRun& order : evidence.orders) {
    references.serial.push_back(serial_of(order, count));
  }
  references.by_dependencies = evidence.by_dependencies;
  references.by_transaction = evidence.by_transaction;
  references.between = evidence.between;
  references.transactions = evidence.transactions;
  for (const RecordedPromise& promise : evidence.promises) {
    references.promises[breakdown_of(promise.failure)] = {promise.whole, promise.durable,
                                                          promise.clause};
  }
  references.committed = evidence.committed;
  return references;
}

RunRecord run_of(const LedgerEntry& entry, const References& references) {
  return Reader(entry, references).read();
}

}  // namespace splitproof::harness
