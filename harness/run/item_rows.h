// The content of tables by row: what is looked at, compared and put back one row at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/check/dependency.h"
#include "harness/oracle/state.h"
#include "harness/run/world.h"

namespace splitproof::harness {

// By what tells one row of a table from another: its primary key, or else the whole row. Of rows
// that are alike in that, each after the first has its number.
using ItemRows = std::map<Item, sim::Row>;

// Tables that the shape does not know are left out.
ItemRows rows_by_item(const State& state, const Shape& shape);

// An item in which two contents differ: its rows there; none where it is missing.
struct ItemChange {
  Item item;
  std::optional<sim::Row> from;
  std::optional<sim::Row> to;
  friend bool operator==(const ItemChange&, const ItemChange&) = default;
};

// In the order of the items.
std::vector<ItemChange> changes(const ItemRows& from, const ItemRows& to);

// Writes rows into tables, for a session in a transaction of its own, of tables that the shape
// knows. Columns that the database computes are left to it.
class RowWriter {
 public:
  // Both are borrowed.
  RowWriter(const World& world, const Shape& shape) : world_(world), shape_(shape) {}

  // An error where the database refuses it.
  sim::Status write(sim::Session& session, const ItemChange& change) const;

 private:
  sim::Statement insert(const Item& item, const sim::Row& row) const;
  sim::Statement update(const ItemChange& change) const;
  sim::Statement remove(const Item& item, const sim::Row& row) const;
  // "a = $1 AND b = $2", or the place of one such row; with the values appended to `values`.
  std::string is_this_row(const Item& item, const sim::Row& row,
                          std::vector<sim::Value>& values) const;

  const World& world_;
  const Shape& shape_;
};

}  // namespace splitproof::harness
