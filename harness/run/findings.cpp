#include "harness/run/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "harness/cli/shell_quote.h"
#include "harness/run/finding_files.h"
#include "harness/run/timeline.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t rows_shown_max = 6;

Cause cause_of(const RunRecord& run, const Violation& violation, const Fired& fired) {
  Cause cause;
  cause.oracle = violation.oracle;
  cause.detail = violation.oracle == "invariant" ? violation.claim : "";
  cause.operation = run.history.events[fired.event].operation;
  cause.statement = run.history.events[fired.event].name;
  cause.family = std::string(family(fired.fault));
  return cause;
}

// Where nothing struck, an order of the sessions is to blame: what it amounts to tells one from
// another.
Cause cause_without_fault(const RunRecord& run, const Violation& violation) {
  Cause cause;
  cause.oracle = violation.oracle;
  cause.operation = -1;
  const bool observed = violation.oracle == "intermediate-read";
  cause.detail = violation.oracle == "invariant" || observed ? violation.claim : "";
  const std::vector<Damage>& damage =
      violation.damage.empty() ? judged_state(violation, run).damage : violation.damage;
  if ((observed || !run.plan.order.empty()) && !damage.empty()) cause.detail += damage.front().text;
  return cause;
}

// Fewer strikes first, then fewer switches, then once before from-there-on, then what was found
// first.
auto size_of(const Plan& plan) {
  const auto persistent = std::ranges::count_if(plan.strikes, &Strike::persistent);
  return std::tuple{plan.strikes.size(), plan.order.size(), persistent};
}

const Observation& judged_state(const Shown& shown) {
  return judged_state(shown.violation, shown.run);
}

// The clean state that the found one is nearest to, among those that would have been right.
const Observation* nearest_right(const Shown& shown, const FindingContext& context) {
  const Observation* nearest = nullptr;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  const auto consider = [&](const Observation& right) {
    const std::size_t rows = distance(right.state, judged_state(shown).state, *context.comparison);
    if (rows >= least) return;
    least = rows;
    nearest = &right;
  };
  for (const unsigned set : shown.violation.right) {
    const auto reference = context.references->by_operations.find(set);
    if (reference != context.references->by_operations.end()) consider(*reference->second);
  }
  for (const auto& right : shown.violation.right_states) consider(*right);
  return nearest;
}

Damage rows_damage(const std::vector<TableDifference>& differences) {
  std::string text;
  for (const TableDifference& difference : differences) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: {} rows are missing or different, {} should not be there or differ",
                        difference.table, difference.expected.size(), difference.found.size());
    if (difference.rows_left_out > 0)
      text += fmt::format(" (and {} more)", difference.rows_left_out);
  }
  return {"rows", text};
}

// Of the first attempts; each under its operation's title where several wrote something.
std::string output_of(const RunRecord& run, const References& references) {
  const auto writes = [](const Told& told) { return !told.output.empty(); };
  const bool several = std::ranges::count_if(run.first, writes) > 1;
  std::string text;
  for (const Told& told : run.first) {
    if (!writes(told)) continue;
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    const auto index = static_cast<std::size_t>(told.operation);
    if (several) text += fmt::format("{}:\n", references.titles[index]);
    text += told.output;
  }
  return text;
}

std::string id_suffix(const Shown& shown, std::size_t number) {
  return shown.incident ? fmt::format("incident.{}", number) : fmt::format("{}", number);
}

}  // namespace

const Observation& judged_state(const Violation& violation, const RunRecord& run) {
  if (violation.found != nullptr) return *violation.found;
  if (violation.in_retry_state) return *run.after_retry;
  return violation.in_final_state ? *run.finally : *run.after;
}

Cause cause_of(const RunRecord& run, const Violation& violation) {
  if (run.fired.empty()) return cause_without_fault(run, violation);
  return cause_of(run, violation, run.fired.front());
}

Cause FindingBook::cause_of_run(const RunRecord& run, const Violation& violation,
                                bool incident) const {
  if (!run.fired.empty() && !incident && run.plan.strikes.size() > 1) {
    for (const Fired& fired : run.fired) {
      Cause alone = cause_of(run, violation, fired);
      const auto known = shown_.find({true, alone});
      if (known != shown_.end() && known->second.run.plan.strikes.size() == 1) return alone;
    }
  }
  return cause_of(run, violation);
}

bool FindingBook::any_of(const std::function<bool(const Violation&)>& wanted) const {
  return std::ranges::any_of(shown_,
                             [&](const auto& entry) { return wanted(entry.second.violation); });
}

void FindingBook::note(const RunRecord& run, const std::vector<Violation>& violations,
                       bool incident, std::size_t bench) {
  for (const Violation& violation : violations) {
    const auto [entry, is_new] =
        shown_.try_emplace({!incident, cause_of_run(run, violation, incident)}, Shown{});
    Shown& shown = entry->second;
    if (is_new) shown.found = shown_.size();
    if (is_new || size_of(run.plan) < size_of(shown.run.plan)) {
      shown.violation = violation;
      shown.run = run;
      shown.incident = incident;
      shown.bench = bench;
    }
    ++shown.runs;
    shown.plans.push_back(run.plan);
  }
}

std::vector<std::pair<Cause, Shown>> FindingBook::findings() const {
  std::vector<std::pair<Cause, Shown>> all;
  for (const auto& [key, shown] : shown_) all.emplace_back(key.second, shown);
  std::ranges::sort(all, {}, [](const auto& entry) {
    return std::tuple{!entry.second.incident, entry.second.violation.severity == "warning",
                      entry.second.found};
  });
  return all;
}

Finding write_finding(const Shown& shown, std::size_t number, const FindingContext& context) {
  Finding finding;
  finding.id = fmt::format("{}.{}", context.id_prefix, id_suffix(shown, number));
  finding.oracle = shown.violation.oracle;
  finding.severity = shown.violation.severity;
  finding.anomaly = shown.violation.anomaly;
  finding.claim = shown.violation.claim;
  finding.because = shown.violation.because;
  if (shown.incident) {
    finding.because = fmt::format("{} {}", context.scenario->incident_story, finding.because);
  }
  finding.plan = to_string(shown.run.plan);
  finding.replay = fmt::format("{} --plan {}", context.replay_begin, shell_quote(finding.plan));
  finding.runs = shown.runs;
  const Observation& found = judged_state(shown);
  finding.damage = shown.violation.damage;
  if (finding.damage.empty()) finding.damage = found.damage;
  const Observation* const right = nearest_right(shown, context);
  if (right != nullptr) {
    finding.differences =
        differences(right->state, found.state, *context.comparison, rows_shown_max);
    if (finding.damage.empty() && !finding.differences.empty()) {
      finding.damage.push_back(rows_damage(finding.differences));
    }
  }
  finding.story = story_of(shown.run, context);
  finding.timeline = timeline_of(shown, right, context);
  finding.output = output_of(shown.run, *context.references);
  return finding;
}

void add_files(Finding& finding, const Shown& shown, const FindingContext& context) {
  if (context.target_kind.empty()) return;
  std::string heading = fmt::format("{}\n{}\n\n{}\n{}\n", finding.id, context.scenario->title,
                                    finding.claim, finding.because);
  for (const Damage& damage : finding.damage) heading += damage.text + "\n";
  heading += "\n" + finding.replay + "\n";
  FindingFiles files = finding_files(shown.run, *context.scenario, context.target_kind, heading);
  finding.spec = std::move(files.spec);
  finding.script = std::move(files.script);
}

}  // namespace splitproof::harness
