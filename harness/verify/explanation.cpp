#include "harness/verify/explanation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "harness/cli/shell_quote.h"
#include "harness/plan/plan.h"
#include "harness/verify/incident_match.h"

namespace splitproof::harness {

namespace {

// What a run's plan does, by the families of its faults, or by what its order comes to; empty where
// it does nothing.
std::string kind_of(const LedgerEntry& line, const Plan& plan, const CaseVerdict& verdict) {
  std::set<std::string> families;
  for (const Strike& strike : plan.strikes) families.emplace(family(strike.fault));
  if (!families.empty()) {
    const std::string words = fmt::format("{}", fmt::join(families, " + "));
    return plan.strikes.size() > families.size() ? words + ", twice" : words;
  }
  if (plan.order.empty() || std::ranges::find(line.broken, "serializable") == line.broken.end()) {
    return "";
  }
  for (const Finding& finding : verdict.findings) {
    if (finding.oracle != "serializable" || finding.anomaly.empty()) continue;
    return finding.anomaly == "P4" ? "lost update (P4)" : finding.anomaly;
  }
  return "sessions at once, in no serial order";
}

std::string cause_of(const LedgerEntry& line, const CaseEvidence& evidence) {
  std::vector<std::string> causes;
  for (const LedgerStrike& one : line.struck) {
    const auto index = static_cast<std::size_t>(one.operation - 1);
    const std::string title = index < evidence.titles.size() ? evidence.titles[index] : "";
    std::string cause = fmt::format("'{}' of '{}' is struck", one.statement, title);
    if (std::ranges::find(causes, cause) == causes.end()) causes.push_back(std::move(cause));
  }
  if (causes.empty()) return "the sessions move in this order";
  return fmt::format("{}", fmt::join(causes, ", and "));
}

class Search {
 public:
  explicit Search(const std::vector<IncidentTable>& incident) : incident_(incident) {}

  sim::Result<Explanation, std::string> search(const std::vector<RecordedCase>& cases) {
    for (const RecordedCase& subject : cases) compare_incident(subject);
    if (!any_table_) return no_such_table();
    if (wanted_.empty()) {
      return std::string(
          "the incident's rows show no damage: each is as whole as those of a clean run. Where "
          "values are wrong, give rows whose keys are those of the scenario");
    }
    for (const RecordedCase& subject : cases) look_through(subject);
    finish();
    return std::move(explanation_);
  }

 private:
  struct Found {
    ExplainingPlan plan;
    Likeness likeness = Likeness::none;
    std::size_t size = 0;
    bool elsewhere = false;  // Another part of the key is damaged: another month.
  };

  void compare_incident(const RecordedCase& subject) {
    for (const CaseEvidence* one : subject.evidence) {
      const RecordedStates bench(*one);
      if (bench.clean() == nullptr) continue;
      const IncidentMatch comparison(bench, incident_);
      if (!comparison.is_complete()) continue;
      any_table_ = true;
      const std::set<DamageKind> kinds = comparison.kinds();
      wanted_.insert(kinds.begin(), kinds.end());
      if (explanation_.incident.empty()) explanation_.incident = comparison.words();
    }
  }

  std::string no_such_table() const {
    std::vector<std::string> names;
    for (const IncidentTable& table : incident_) {
      names.push_back(fmt::format("{} ({})", table.file, fmt::join(table.columns, ", ")));
    }
    return fmt::format(
        "found no case in the report that changes a table with the columns of {}; expected the "
        "names of its columns, and a report of cases that change it",
        fmt::join(names, " and of "));
  }

  void look_through(const RecordedCase& subject) {
    std::vector<RecordedStates> benches;
    benches.reserve(subject.evidence.size());
    std::vector<std::optional<IncidentMatch>> comparisons;
    for (const CaseEvidence* one : subject.evidence) {
      const RecordedStates& bench = benches.emplace_back(*one);
      comparisons.emplace_back();
      if (bench.clean() != nullptr) comparisons.back().emplace(bench, incident_);
    }
    for (const LedgerEntry* line : subject.lines) {
      const auto bench = static_cast<std::size_t>(line->bench);
      if (bench >= benches.size() || !comparisons[bench] || line->purpose == "images") continue;
      look_at(*line, subject, benches[bench], *comparisons[bench]);
    }
  }

  void look_at(const LedgerEntry& line, const RecordedCase& subject, const RecordedStates& bench,
               const IncidentMatch& comparison) {
    const auto plan = parse_plan(line.plan);
    if (!plan.ok()) return;
    const std::string kind = kind_of(line, plan.value(), *subject.verdict);
    if (kind.empty()) return;
    const RecordedState* const held = bench.state(line.held);
    const RecordedState* const left = bench.state(line.finally);
    ++explanation_.runs;
    if (held == nullptr || left == nullptr) {
      ++explanation_.unknown;
      return;
    }
    KindOfFault& counted = kinds_.try_emplace(kind).first->second;
    counted.name = kind;
    ++counted.runs;
    if (!comparison.is_complete()) {
      // Other tables can only tell what this kind of fault may leave at all.
      for (const DamageKind one : damage_kinds(bench, *held)) leaves_[kind].insert(one);
      return;
    }
    swept_here_.insert(kind);
    const Likeness now = likeness(comparison, bench, *held);
    const Likeness in_the_end = likeness(comparison, bench, *left);
    const Likeness best = std::min(now, in_the_end);
    for (const DamageKind one : damage_kinds(bench, *held)) leaves_[kind].insert(one);
    if (best == Likeness::part) shows_a_part_.insert(kind);
    if (!explains(best)) return;
    ++counted.showing;
    keep(line, plan.value(), subject, bench, comparison, kind, best, explains(in_the_end));
  }

  // Of each state once.
  Likeness likeness(const IncidentMatch& comparison, const RecordedStates& bench,
                    const RecordedState& state) {
    const auto [place, is_new] =
        likenesses_.try_emplace({&bench.evidence(), &state}, Likeness::none);
    if (is_new) place->second = comparison.likeness(state);
    return place->second;
  }

  const std::set<DamageKind>& damage_kinds(const RecordedStates& bench,
                                           const RecordedState& state) {
    const auto [place, is_new] =
        damage_kinds_.try_emplace({&bench.evidence(), &state}, std::set<DamageKind>());
    if (is_new) place->second = bench.kinds_of(state);
    return place->second;
  }

  void keep(const LedgerEntry& line, const Plan& plan, const RecordedCase& subject,
            const RecordedStates& bench, const IncidentMatch& comparison, const std::string& kind,
            Likeness likeness, bool after_retries) {
    const CaseEvidence& evidence = bench.evidence();
    const std::string cause = cause_of(line, evidence);
    const auto [place, is_new] = found_.try_emplace(
        std::tuple{evidence.scenario, evidence.variant, evidence.target, cause}, Found{});
    Found& found = place->second;
    ExplainingPlan& best = found.plan;
    const std::int64_t plans = is_new ? 1 : best.plans + 1;
    std::vector<std::string> kinds = std::move(best.kinds);
    if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
    const std::size_t size =
        line.plan.size() + plan.strikes.size() * 1000 + plan.order.size() * 100;
    if (is_new || std::tuple{likeness, size} < std::tuple{found.likeness, found.size}) {
      found.likeness = likeness;
      found.size = size;
      found.elsewhere = !comparison.is_in_the_same_part(after_retries ? *bench.state(line.finally)
                                                                      : *bench.state(line.held));
      const RecordedState& shown =
          after_retries ? *bench.state(line.finally) : *bench.state(line.held);
      best = {subject.verdict->scenario,
              subject.verdict->variant,
              subject.verdict->target,
              cause,
              line.plan,
              fmt::format("{} --plan {}", evidence.line, shell_quote(line.plan)),
              in_words(likeness),
              comparison.damage_in_words(shown),
              after_retries,
              plans,
              {}};
    }
    best.plans = plans;
    best.kinds = std::move(kinds);
  }

  void finish() {
    std::vector<Found> all;
    for (auto& [cause, found] : found_) all.push_back(std::move(found));
    std::ranges::stable_sort(all, {}, [](const Found& found) {
      return std::tuple{found.likeness, found.elsewhere, !found.plan.after_retries, found.size};
    });
    for (Found& found : all) explanation_.plans.push_back(std::move(found.plan));
    for (auto& [name, kind] : kinds_) {
      kind.because = why(kind);
      explanation_.kinds.push_back(kind);
    }
    // A kind that was only seen elsewhere is ruled out only where it never leaves such damage, and
    // one that leaves it beside other damage is not.
    std::erase_if(explanation_.kinds, [&](const KindOfFault& kind) {
      const bool seen_here = swept_here_.contains(kind.name);
      return kind.showing == 0 &&
             (seen_here ? shows_a_part_.contains(kind.name) : may_leave(kind.name));
    });
    std::ranges::stable_sort(explanation_.kinds, std::greater<>(), &KindOfFault::showing);
  }

  bool may_leave(const std::string& kind) const {
    const auto known = leaves_.find(kind);
    return known != leaves_.end() && std::ranges::any_of(wanted_, [&](DamageKind one) {
             return known->second.contains(one);
           });
  }

  std::string why(const KindOfFault& kind) const {
    std::vector<std::string> words;
    const auto known = leaves_.find(kind.name);
    if (known != leaves_.end()) {
      for (const DamageKind one : known->second) words.push_back(to_string(one));
    }
    const std::string left =
        words.empty() ? "nothing but whole states" : fmt::format("{}", fmt::join(words, ", "));
    return swept_here_.contains(kind.name)
               ? fmt::format("it leaves {}", left)
               : fmt::format("in the tables of other cases it leaves {}", left);
  }

  const std::vector<IncidentTable>& incident_;
  bool any_table_ = false;
  std::set<DamageKind> wanted_;
  std::set<std::string> shows_a_part_;  // Kinds that leave some of the damage, or more than it.
  std::set<std::string> swept_here_;    // Kinds, on the incident's tables.
  std::map<std::string, std::set<DamageKind>> leaves_;  // By kind.
  std::map<std::string, KindOfFault> kinds_;
  using StateOfCase = std::pair<const CaseEvidence*, const RecordedState*>;
  std::map<StateOfCase, Likeness> likenesses_;
  std::map<StateOfCase, std::set<DamageKind>> damage_kinds_;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, Found> found_;
  Explanation explanation_;
};

}  // namespace

sim::Result<Explanation, std::string> explain(const std::vector<IncidentTable>& incident,
                                              const std::vector<RecordedCase>& cases) {
  return Search(incident).search(cases);
}

}  // namespace splitproof::harness
