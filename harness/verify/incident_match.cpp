#include "harness/verify/incident_match.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace splitproof::harness {

namespace {

std::set<RowDamage> kinds_in(const TableDamage& damage) {
  std::set<RowDamage> kinds;
  for (const auto& [kind, count] : damage.rows) kinds.insert(kind);
  return kinds;
}

}  // namespace

std::string in_words(Likeness likeness) {
  switch (likeness) {
    case Likeness::same_rows:
      return "the very same rows";
    case Likeness::same_damage:
      return "the same damage";
    case Likeness::same_in_other_rows:
      return "the same damage, in a part of the rows";
    case Likeness::part:
      return "a part of the damage";
    case Likeness::none:
      return "other damage";
  }
  return "";
}

bool explains(Likeness likeness) { return likeness <= Likeness::same_in_other_rows; }

RecordedStates::RecordedStates(const CaseEvidence& evidence) : evidence_(&evidence) {
  for (const RecordedState& state : evidence.states) states_.emplace(state.digest, &state);
  for (const ReferenceRun& set : evidence.sets) {
    if (set.operations.size() == evidence.titles.size()) clean_ = state(set.held);
  }
}

const RecordedState* RecordedStates::state(const std::string& digest) const {
  const auto found = states_.find(digest);
  return found == states_.end() ? nullptr : found->second;
}

std::optional<int> RecordedStates::table_for(const IncidentTable& incident) const {
  for (std::size_t i = 0; i < evidence_->tables.size(); ++i) {
    const RecordedTable& table = evidence_->tables[i];
    const bool named = incident.name.empty() || incident.name == table.name;
    const bool has_all = std::ranges::all_of(incident.columns, [&](const std::string& column) {
      return std::ranges::find(table.columns, column) != table.columns.end();
    });
    if (named && has_all && !table.left_out) return static_cast<int>(i);
  }
  return std::nullopt;
}

ComparedRows RecordedStates::rows(int table, const RecordedState& state,
                                  const std::vector<std::string>& columns) const {
  return rows_in(evidence_->tables[static_cast<std::size_t>(table)], state, table, columns);
}

std::set<DamageKind> RecordedStates::kinds_of(const RecordedState& state) const {
  std::set<DamageKind> kinds;
  for (std::size_t i = 0; i < evidence_->tables.size(); ++i) {
    const RecordedTable& table = evidence_->tables[i];
    if (table.left_out) continue;
    const int position = static_cast<int>(i);
    const TableDamage damage =
        damage_of(rows(position, state, table.columns), rows(position, *clean_, table.columns));
    for (const auto& [kind, count] : damage.rows) kinds.insert(kind.kind);
  }
  return kinds;
}

IncidentMatch::IncidentMatch(const RecordedStates& states,
                             const std::vector<IncidentTable>& incident)
    : states_(states) {
  for (const IncidentTable& table : incident) {
    const std::optional<int> position = states.table_for(table);
    if (!position) continue;
    Part part{&table, *position, states.rows(*position, *states.clean(), table.columns), {}, {}};
    part.rows = part.clean;
    part.rows.rows = table.rows;
    part.damage = damage_of(part.rows, part.clean);
    std::ranges::sort(part.rows.rows);
    parts_.push_back(std::move(part));
  }
  complete_ = !incident.empty() && parts_.size() == incident.size();
}

std::set<DamageKind> IncidentMatch::kinds() const {
  std::set<DamageKind> kinds;
  for (const Part& part : parts_) {
    for (const auto& [kind, count] : part.damage.rows) kinds.insert(kind.kind);
  }
  return kinds;
}

std::vector<std::string> IncidentMatch::words() const {
  std::vector<std::string> all;
  for (const Part& part : parts_) {
    for (const std::string& one : harness::in_words(part.damage, part.rows.rows.size())) {
      all.push_back(fmt::format("{}: {}", name_of(part), one));
    }
  }
  return all;
}

Likeness IncidentMatch::likeness(const RecordedState& state) const {
  Likeness worst = Likeness::same_rows;
  for (const Part& part : parts_) worst = std::max(worst, likeness(part, state));
  return worst;
}

bool IncidentMatch::is_in_the_same_part(const RecordedState& state) const {
  return std::ranges::any_of(parts_, [&](const Part& part) {
    const TableDamage damage =
        damage_of(states_.rows(part.position, state, part.table->columns), part.clean);
    return std::ranges::any_of(damage.groups, [&](const std::string& group) {
      return std::ranges::find(part.damage.groups, group) != part.damage.groups.end();
    });
  });
}

std::string IncidentMatch::damage_in_words(const RecordedState& state) const {
  std::vector<std::string> all;
  for (const Part& part : parts_) {
    const ComparedRows rows = states_.rows(part.position, state, part.table->columns);
    for (const std::string& one :
         harness::in_words(damage_of(rows, part.clean), rows.rows.size())) {
      all.push_back(fmt::format("{}: {}", name_of(part), one));
    }
  }
  return fmt::format("{}", fmt::join(all, "; "));
}

std::string IncidentMatch::name_of(const Part& part) const {
  return states_.evidence().tables[static_cast<std::size_t>(part.position)].name;
}

Likeness IncidentMatch::likeness(const Part& part, const RecordedState& state) const {
  ComparedRows rows = states_.rows(part.position, state, part.table->columns);
  std::ranges::sort(rows.rows);
  const bool has_all = std::ranges::includes(rows.rows, part.rows.rows);
  const TableDamage damage = damage_of(rows, part.clean);
  const std::set<RowDamage> ours = kinds_in(part.damage);
  const std::set<RowDamage> theirs = kinds_in(damage);
  if (has_all && ours == theirs && !ours.empty()) return Likeness::same_rows;
  if (ours == theirs) {
    return part.damage.of_whole_groups == damage.of_whole_groups ? Likeness::same_damage
                                                                 : Likeness::same_in_other_rows;
  }
  const bool shares =
      std::ranges::any_of(ours, [&](const RowDamage& kind) { return theirs.contains(kind); });
  return shares ? Likeness::part : Likeness::none;
}

}  // namespace splitproof::harness
