#include "harness/run/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/oracle/contract.h"
#include "harness/predict/predict.h"
#include "harness/run/evidence.h"
#include "harness/run/judgement.h"
#include "harness/run/ledger_line.h"
#include "harness/run/program_spec.h"
#include "harness/run/shortening.h"
#include "harness/run/stored_watch.h"

namespace splitproof::harness {

namespace {

// Without an order the clients come one after the other. Under observers their programs have
// connected before that; a replay, which has none, starts each in its turn.
std::vector<Event> events_of(const RunRecord& run) {
  std::vector<Event> events = run.history.events;
  if (run.plan.order.empty()) std::ranges::stable_sort(events, {}, &Event::client);
  return events;
}

// What a replay shows differently; empty when nothing.
std::string difference(const RunRecord& first, const RunRecord& again, bool with_parameters) {
  const std::vector<Event> ours = events_of(first);
  const std::vector<Event> theirs = events_of(again);
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    if (!same(ours[i], theirs[i], with_parameters)) {
      return fmt::format("differs when replayed, first at statement {}: '{}' ({}), then '{}' ({})",
                         i + 1, ours[i].name, ours[i].answer, theirs[i].name, theirs[i].answer);
    }
  }
  if (ours.size() != theirs.size()) return "has another number of statements when replayed";
  if (outcomes_of(first.first) != outcomes_of(again.first))
    return "tells the client something else";
  if (first.after->digest != again.after->digest ||
      first.finally->digest != again.finally->digest) {
    return "leaves another state when replayed";
  }
  return "";
}

}  // namespace

RunOptions Judge::usual() const {
  RunOptions options;
  options.shift.seed = options_.seed;
  options.keep_what_is_seen = sessions_of(*subject_.scenario).size() > 1;
  return options;
}

std::vector<Violation> Judge::ask(const Bench& bench, const RunRecord& run) {
  const References& references = bench.prepared->references;
  looked_into_.reset();
  const bool look = references.by_dependencies && run.interleaved && run.plan.strikes.empty();
  return violations_of(look ? looked_into(bench, run) : run, references, options_.oracles);
}

RunRecord Judge::looked_into(const Bench& bench, const RunRecord& run) {
  RunRecord looked_at =
      evidence_of(*bench.experiment, run.plan, usual(), bench.prepared->references);
  enter(looked_at, "evidence", &bench);
  DependencyJudgement& found = *looked_at.dependencies;
  const std::string different = difference(run, looked_at, false);
  if (!different.empty()) {
    // What was looked at is another run, and its dependencies say nothing of this one.
    found.anomaly.reset();
    if (found.gap.empty()) found.gap = "the run " + different;
  }
  const bool is_open = found.anomaly ? !is_proof(*found.anomaly) : !found.gap.empty();
  if (is_open && undecided_++ == 0) {
    first_undecided_ =
        fmt::format("'{}': {}", to_string(run.plan),
                    found.anomaly ? "a circle of dependencies on conditions, " + found.anomaly->name
                                  : found.gap);
  }
  looked_at.sights = run.sights;
  looked_into_ = found;
  return looked_at;
}

std::string Judge::undecided() const {
  if (undecided_ == 0) return "";
  return fmt::format("{} orders that their dependencies do not decide, first {}", undecided_,
                     first_undecided_);
}

std::size_t Judge::place_of(const Bench& bench) {
  const auto same_bench = [&](const Bench& one) { return one.experiment == bench.experiment; };
  auto place = std::ranges::find_if(benches_, same_bench);
  if (place == benches_.end()) place = benches_.insert(place, bench);
  return static_cast<std::size_t>(place - benches_.begin());
}

void Judge::note(const Bench& bench, const RunRecord& run, const char* purpose, bool incident) {
  const std::size_t place = place_of(bench);
  std::vector<Violation> all = ask(bench, run);
  const References& references = bench.prepared->references;
  const bool allowed = !all.empty() && allow(run, references);
  if (allowed && !claims_more_) all.clear();
  if (purpose != nullptr) {
    grid_.note(run, purpose, all, allowed, bench.prepared->clean.record, references.titles);
  }
  book_.note(run, all, incident, place);
  ambiguities_.note(to_string(run.plan), run.history.told);
  LedgerEntry& entry = purpose == nullptr ? clean_line(bench, run) : enter(run, purpose, &bench);
  entry.broken = oracles_of(all);
  if (looked_into_) entry.dependencies = dependencies_of(*looked_into_);
  evidence_.note(place, run, bench.experiment->world());
}

LedgerEntry& Judge::clean_line(const Bench& bench, const RunRecord& run) {
  auto place = std::ranges::find(outcome_.ledger.rbegin(), outcome_.ledger.rend(), "clean",
                                 &LedgerEntry::purpose);
  LedgerEntry entry = line_of("clean", to_string(run.plan));
  write_run(entry, run, &bench.prepared->references);
  return *place = std::move(entry);
}

bool Judge::allow(const RunRecord& run, const References& references) {
  const std::string clause = clause_that_allows(run, references);
  if (clause.empty()) return false;
  auto loss = std::ranges::find(allowed_, clause, &ContractLoss::clause);
  if (loss == allowed_.end()) loss = allowed_.insert(loss, {clause, 0, to_string(run.plan)});
  ++loss->runs;
  return true;
}

LedgerEntry Judge::line_of(const char* purpose, std::string plan) const {
  LedgerEntry entry;
  entry.scenario = subject_.scenario->name;
  entry.variant = subject_.variant->name;
  entry.target = outcome_.verdict.target;
  entry.purpose = purpose;
  entry.plan = std::move(plan);
  return entry;
}

void Judge::enter(const MomentFound& found) {
  const std::string moment = fmt::format("{}{}", name_of_client(disk_client), found.point);
  LedgerEntry entry = line_of("images", moment + "=power");
  for (const MomentFound::Outcome& one : found.outcomes) {
    const Plan first{.strikes = {{disk_client, found.point, one.first, false, false}}};
    entry.images.push_back({one.held, one.images, to_string(first)});
  }
  outcome_.ledger.push_back(std::move(entry));
  grid_.note(found);
}

LedgerEntry& Judge::enter(const RunRecord& run, const char* purpose, const Bench* bench) {
  LedgerEntry entry = line_of(purpose, to_string(run.plan));
  write_run(entry, run, bench == nullptr ? nullptr : &bench->prepared->references);
  if (bench != nullptr) entry.bench = static_cast<int>(place_of(*bench));
  outcome_.ledger.push_back(std::move(entry));
  ++runs_;
  if (options_.on_run) options_.on_run(runs_);
  return outcome_.ledger.back();
}

bool Judge::found_violation() const {
  const std::string& expected = subject_.variant->expect.at(subject_.target_kind).oracle;
  return book_.any_of([&](const Violation& violation) {
    return violation.severity == "violation" || violation.oracle == expected;
  });
}

Shown Judge::shortest(const Cause& cause, Shown shown) {
  // What an observer saw is seen again only under that observer.
  const bool by_observer = shown.violation.found != nullptr;
  if (options_.plan || !shown.run.interleaved || by_observer) return shown;
  const Bench& bench = benches_[shown.bench];
  ShorteningOptions shortening;
  shortening.run = usual();
  shortening.stopped = options_.stopped;
  std::vector<std::pair<Plan, Violation>> showing;
  shortening.shows = [&](const RunRecord& run) {
    // Looking into a run enters further lines behind its own.
    const std::size_t line = outcome_.ledger.size();
    enter(run, "shrink", &bench);
    std::vector<Violation> all = ask(bench, run);
    outcome_.ledger[line].broken = oracles_of(all);
    if (looked_into_) outcome_.ledger[line].dependencies = dependencies_of(*looked_into_);
    for (Violation& violation : all) {
      if (violation.oracle != cause.oracle || cause_of(run, violation) != cause) continue;
      showing.emplace_back(run.plan, std::move(violation));
      return true;
    }
    return false;
  };
  shown.run = shorten(*bench.experiment, shown.run, shortening);
  const auto shortest =
      std::ranges::find(showing, shown.run.plan, [](const auto& entry) { return entry.first; });
  if (shortest != showing.end()) shown.violation = std::move(shortest->second);
  return shown;
}

void Judge::explain(const Shown& shown, Finding& finding) {
  const bool by_order = shown.violation.oracle == "serializable" && shown.run.interleaved;
  if (!by_order || !shown.run.plan.strikes.empty() || stopped()) return;
  // What depends on what in programs of their own nobody has looked at.
  if (runs_programs(*subject_.scenario)) return;
  const Bench& bench = benches_[shown.bench];
  const RunRecord looked_at =
      evidence_of(*bench.experiment, shown.run.plan, usual(), bench.prepared->references);
  enter(looked_at, "evidence", &bench);
  // What was looked at is then another run than the one that was found.
  if (!difference(shown.run, looked_at, false).empty()) return;
  const DependencyJudgement& evidence = *looked_at.dependencies;
  if (!evidence.anomaly && !evidence.gap.empty()) {
    finding.because += fmt::format(" What depends on what could not be settled: {}.", evidence.gap);
    return;
  }
  if (!evidence.anomaly) {
    finding.because +=
        " What was committed depends on each other in no circle: the fault is in what the program "
        "carried from one transaction into another one.";
    return;
  }
  const References& references = bench.prepared->references;
  for (const Dependency& edge : evidence.anomaly->edges) {
    finding.dependencies.push_back({in_words(edge.from, references), in_words(edge.to, references),
                                    to_string(edge.kind), edge.predicate, to_string(edge.item),
                                    edge.because});
  }
  if (finding.anomaly.empty()) {
    finding.because +=
        fmt::format(" It is {}: {}.", evidence.anomaly->name, in_words(evidence.anomaly->name));
  }
  finding.anomaly = evidence.anomaly->name;
}

void Judge::write_findings() {
  std::size_t incidents = 0;
  std::size_t others = 0;
  for (auto& [cause, found] : book_.findings()) {
    const Shown shown = shortest(cause, std::move(found));
    const Bench& bench = benches_[shown.bench];
    RunOptions options = usual();
    std::optional<StoredWatch> stored;
    if (SqliteDiskWorld* const storage = bench.experiment->world().on_disk()) {
      stored.emplace(*storage);
      options.on_event = [&](const Event& event) { stored->note(event); };
    }
    const RunRecord again = bench.experiment->run(shown.run.plan, options);
    enter(again, "replay", &bench);
    evidence_.note(shown.bench, shown.run, bench.experiment->world(), true);
    const std::string different =
        difference(shown.run, again, bench.experiment->world().dialect() == sim::Dialect::sqlite);
    if (!different.empty()) {
      unstable_.push_back(fmt::format("the plan '{}' {}", to_string(shown.run.plan), different));
    }
    FindingContext context;
    context.scenario = subject_.scenario;
    context.references = &bench.prepared->references;
    context.comparison = &bench.experiment->comparison();
    context.id_prefix = fmt::format("{}.{}.{}", subject_.scenario->name, subject_.variant->name,
                                    subject_.target_kind);
    context.replay_begin = replay_begin(subject_, options_.seed);
    context.target_kind = subject_.target_kind;
    if (stored && different.empty()) context.stored = &stored->words();
    const std::size_t number = shown.incident ? ++incidents : ++others;
    Finding finding = write_finding(shown, number, context);
    explain(shown, finding);
    add_files(finding, shown, context);
    confirm(outcome_.verdict.predictions, finding, shown.plans);
    grid_.link(shown.plans, finding.id);
    outcome_.verdict.findings.push_back(std::move(finding));
  }
  outcome_.verdict.ambiguities = ambiguities_.lines();
  outcome_.verdict.grid = grid_.grid();
  write_evidence();
}

void Judge::write_evidence() {
  for (std::size_t i = 0; i < benches_.size(); ++i) {
    const References& references = benches_[i].prepared->references;
    CaseEvidence evidence = recorded(references);
    evidence.scenario = subject_.scenario->name;
    evidence.variant = subject_.variant->name;
    evidence.target = outcome_.verdict.target;
    evidence.bench = static_cast<int>(i);
    evidence.line = replay_begin(subject_, options_.seed);
    evidence.claims_durable = claims_more_;
    for (const Invariant& invariant : subject_.scenario->invariants) {
      evidence.invariants.push_back(invariant.name);
    }
    evidence_.write_states(i, references, evidence);
    outcome_.evidence.push_back(std::move(evidence));
  }
}

}  // namespace splitproof::harness
