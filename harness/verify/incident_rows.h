// The damage in rows: an incident's, as somebody has them in a file, and those of a state that a
// run has left, each against what a clean run leaves.
//
// An incident's rows are seldom those of a scenario: other clients, other amounts. What can be
// compared is their shape: which cells of a row are empty though a whole row has them filled. Only
// where keys are the same can rows be missing, be too many, or have other values.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/verdict/evidence.h"
#include "sim/base/result.h"

namespace splitproof::harness {

struct IncidentTable {
  std::string file;
  std::string name;  // Empty: any table that has the columns.
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

// A CSV file with a header; an empty field is no value. An error says file, line and column, what
// was found and what was expected.
sim::Result<IncidentTable, std::string> read_incident(const std::string& file,
                                                      const std::string& table);

enum class DamageKind {
  half_filled,  // Cells are empty that a whole row has filled.
  other_value,
  missing_row,
  extra_row,
};

// "rows of which a part is missing", "rows with other values", ...
std::string to_string(DamageKind kind);

struct RowDamage {
  DamageKind kind = DamageKind::half_filled;
  std::set<std::string> columns;  // That are empty, or have another value.
  friend auto operator<=>(const RowDamage&, const RowDamage&) = default;
};

// The damage of a table, and how many of its rows have it.
struct TableDamage {
  std::map<RowDamage, std::size_t> rows;
  // Kinds of damage of which some part of the key says all: each row of a month, or of the table.
  std::set<RowDamage> of_whole_groups;
  std::vector<std::string> groups;  // These parts, in words: "month = 2025-08".
};

// Rows by name of column; of a table that is projected on the columns that are compared.
struct ComparedRows {
  std::vector<std::string> columns;
  std::set<std::string> key;
  std::vector<std::vector<Cell>> rows;
};

// The rows of a state, projected on `columns`, which the table has.
ComparedRows rows_in(const RecordedTable& table, const RecordedState& state, int position,
                     const std::vector<std::string>& columns);

// Both have the same columns. Where rows are half filled, values are not compared.
TableDamage damage_of(const ComparedRows& rows, const ComparedRows& clean);

// "32 of 32 rows lack total_spend_minor, total_clicks, each of month = 2025-08"
std::vector<std::string> in_words(const TableDamage& damage, std::size_t rows);

}  // namespace splitproof::harness
