// The sweep of a case as a picture: a row for each place at which something can strike, a column
// for each fault, and in each cell what came of it, so that no place that was left out is hidden.
//
// It is made of the runs that the verdict is made of, and decides nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace splitproof::harness {

struct GridRow {
  std::string client;   // "a", "disk" or "memory", as in a plan.
  int statement = 0;    // From 1.
  bool retry = false;   // Counted in the retry.
  std::string name;     // Of the statement, or what is done to the disk.
  std::string sql;      // Empty where it is no statement.
  std::string session;  // What the client does, in words: "day 1".

  bool operator==(const GridRow&) const = default;
};

struct GridColumn {
  std::string fault;  // As in SweepAccount; "power" for all that power that fails may leave.
  std::string mode;   // "once" or "from-there-on"
  std::string words;  // "the disk is full (53100)"

  bool operator==(const GridColumn&) const = default;
};

enum class GridResult {
  held,          // It struck, and no oracle objects.
  violated,      // Some oracle objects.
  warned,        // Oracles only warn.
  allowed,       // Something is lost, as the contract of the storage allows.
  did_not_fire,  // It was planned there and did not strike.
  cannot_occur,  // In the real world it does not happen there.
  not_tried,     // It could be, and was not.
};

// "held", "violated", "warned", "allowed", "did-not-fire", "cannot-occur" or "not-tried".
const char* to_string(GridResult result);

// Several runs share a cell where the place is reached in several ways: in other orders, after
// another fault, with other remains of an unsynced write. The worst of them is the result.
struct GridCell {
  GridResult result = GridResult::not_tried;
  std::int64_t runs = 0;                  // And crash images that were judged without one.
  std::int64_t worst = 0;                 // Of them, those with this result.
  std::vector<std::string> oracles = {};  // That object, in the order in which they first did.
  std::string plan = {};                  // Of the first run with this result.
  std::string finding = {};               // The id of the first that this plan shows; else empty.

  bool operator==(const GridCell&) const = default;
};

// The rows and columns of one phase of the sweep.
struct GridPart {
  std::string phase;  // As in SweepAccount; also "disk" and "memory".
  std::vector<GridRow> rows;
  std::vector<GridColumn> columns;
  std::vector<GridCell> cells;  // Row by row: rows × columns.

  bool operator==(const GridPart&) const = default;
};

struct Grid {
  std::vector<GridPart> parts;

  bool operator==(const Grid&) const = default;
};

}  // namespace splitproof::harness
