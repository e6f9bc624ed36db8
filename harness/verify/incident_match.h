// An incident against one case: which of its tables the incident's rows are of, what is wrong with
// them by what a clean run leaves there, and how near a state that some run left comes to that.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/verify/incident_rows.h"

namespace splitproof::harness {

// The nearest first.
enum class Likeness { same_rows, same_damage, same_in_other_rows, part, none };

// "the same damage"
std::string in_words(Likeness likeness);

// Whether the state shows all of the damage, and no other.
bool explains(Likeness likeness);

// The states of one line of evidence.jsonl, which is borrowed.
class RecordedStates {
 public:
  explicit RecordedStates(const CaseEvidence& evidence);

  // Null where its rows are not written down.
  const RecordedState* state(const std::string& digest) const;
  // What a clean run of all operations leaves.
  const RecordedState* clean() const { return clean_; }
  const CaseEvidence& evidence() const { return *evidence_; }

  // The position of a table that the rows can be of; none where there is none.
  std::optional<int> table_for(const IncidentTable& incident) const;

  ComparedRows rows(int table, const RecordedState& state,
                    const std::vector<std::string>& columns) const;

  // The damage of a state in all tables. There is a clean one.
  std::set<DamageKind> kinds_of(const RecordedState& state) const;

 private:
  const CaseEvidence* evidence_;
  std::map<std::string, const RecordedState*> states_;
  const RecordedState* clean_ = nullptr;
};

class IncidentMatch {
 public:
  // Both are borrowed; the states have a clean one.
  IncidentMatch(const RecordedStates& states, const std::vector<IncidentTable>& incident);

  // Whether each of the incident's tables is one of the case's.
  bool is_complete() const { return complete_; }
  std::set<DamageKind> kinds() const;
  // What is wrong with the incident's rows, table by table.
  std::vector<std::string> words() const;

  // That of the table which is least alike.
  Likeness likeness(const RecordedState& state) const;
  // Whether what is damaged is the same part of the key: the same month.
  bool is_in_the_same_part(const RecordedState& state) const;
  std::string damage_in_words(const RecordedState& state) const;

 private:
  struct Part {
    const IncidentTable* table;
    int position;
    ComparedRows clean;
    ComparedRows rows;
    TableDamage damage;
  };

  std::string name_of(const Part& part) const;
  Likeness likeness(const Part& part, const RecordedState& state) const;

  const RecordedStates& states_;
  std::vector<Part> parts_;
  bool complete_ = false;
};

}  // namespace splitproof::harness
