// The committed content of a database, and its fair comparison.
//
// Two states are compared by digest: per table, the multiset of its rows in canonical order. A
// Comparison says which columns are left out (clocks, and what the author left out with a reason)
// and which hold generated keys; those are compared up to consistent renaming, the foreign keys
// that refer to them included.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/verdict/verdict.h"
#include "sim/sql/rows.h"

namespace splitproof::harness {

struct ForeignKey {
  std::string column;
  std::string table;  // The table referred to.
  std::string referred_column;
};

// What the catalogue of the database says of a table.
struct TableShape {
  std::vector<std::string> columns;
  std::set<std::string> generated;  // Identity, serial, rowid or default-generated key columns.
  std::set<std::string> clocks;     // Columns whose default reads a clock.
  std::vector<ForeignKey> foreign_keys;
  std::vector<std::string> key;    // Of the primary key, in its order; empty where there is none.
  std::set<std::string> computed;  // Columns that the database computes from others of the row.
};

using Shape = std::map<std::string, TableShape>;

struct Table {
  std::vector<std::string> columns;
  std::vector<sim::Row> rows;
};

// Tables by name. A table that did not change between two readings may be the same object.
using State = std::map<std::string, std::shared_ptr<const Table>>;

struct Comparison {
  std::map<std::string, std::set<std::string>> left_out;  // Table to columns.
  std::set<std::string> tables_left_out;
  std::map<std::string, std::set<std::string>> renamed;  // Generated keys and what refers to them.
  std::map<std::string, std::vector<ForeignKey>> references;  // Only those to renamed columns.
};

// SHA-256 in hexadecimal.
std::string sha256(const std::string& text);

// Computes digests of states under one comparison; remembers those of tables seen before.
class StateDigests {
 public:
  explicit StateDigests(Comparison comparison) : comparison_(std::move(comparison)) {}

  // Hexadecimal; equal exactly when the states are equal under the comparison.
  std::string of(const State& state);

  const Comparison& comparison() const { return comparison_; }

 private:
  std::string of_table(const std::string& name, const std::shared_ptr<const Table>& table);

  // A table that was digested before, and its digest.
  struct Known {
    std::shared_ptr<const Table> table;
    std::string digest;
  };

  Comparison comparison_;
  // By the table's name and a hash of its rows; what a hash leads to is compared.
  std::multimap<std::pair<std::string, std::size_t>, Known> known_;
};

// Rows of one table as text, one string a row, sorted, with left-out cells blank and renamed cells
// replaced by signatures.
std::vector<std::string> canonical_rows(const std::string& name, const State& state,
                                        const Comparison& comparison);

// Where `found` differs from `expected`; at most `rows_max` rows a side and table are listed.
std::vector<TableDifference> differences(const State& expected, const State& found,
                                         const Comparison& comparison, std::size_t rows_max);

// How many rows differ, both sides added up.
std::size_t distance(const State& left, const State& right, const Comparison& comparison);

}  // namespace splitproof::harness
