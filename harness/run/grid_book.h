// Keeps, while a case is swept, what came of each place and fault: the sweep as a picture.
//
// It looks on at the runs that are judged anyhow. Rows are the points of the clean run, so that one
// at which nothing was tried stands there empty; where faults are combined, or SQLite is refused
// memory, they are the places that were struck.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/oracle/oracles.h"
#include "harness/run/storage_sweep.h"
#include "harness/verdict/grid.h"

namespace splitproof::harness {

// What a run shows in a cell: `found` are the objections that count, `allowed` tells that something
// is lost and the contract of the storage allows it.
GridResult grid_result(const RunRecord& run, const std::vector<Violation>& found, bool allowed);

class GridBook {
 public:
  // A run that was judged. Runs of other purposes than to sweep faults are passed over. `clean` is
  // the run without faults that it is compared with, `titles` those of the operations.
  void note(const RunRecord& run, std::string_view purpose, const std::vector<Violation>& found,
            bool allowed, const RunRecord& clean, const std::vector<std::string>& titles);

  // Crash images of one moment; the first of each outcome is also noted as a run.
  void note(const MomentFound& found);

  // The plans that show the finding of this id; the earlier finding keeps a cell.
  void link(const std::vector<Plan>& plans, const std::string& finding);

  // None where no fault was swept.
  std::optional<Grid> grid() const;

 private:
  using RowKey = std::tuple<std::string, int, std::string>;  // Client, statement, name.
  using Column = std::pair<std::string, bool>;               // The fault, and whether it goes on.

  struct Row {
    GridRow row;
    FaultPoint point;
  };
  struct Part {
    std::string phase;
    bool has_all_rows = false;  // Those of the clean run, in its order.
    std::vector<Row> rows;
    std::map<RowKey, std::size_t> row_of;
    std::vector<std::pair<Fault, GridColumn>> columns;
    std::map<Column, std::size_t> column_of;
    std::map<std::pair<std::size_t, std::size_t>, GridCell> cells;  // By row and column.
  };
  struct Place {
    std::size_t part;
    std::size_t row;
    std::size_t column;
  };

  Part& part_of(const std::string& phase);
  void add_clean_rows(Part& part, const RunRecord& clean, const std::vector<std::string>& titles);
  static std::size_t add_row(Part& part, Row row);
  static std::size_t column(Part& part, const Fault& fault, bool persistent);
  static GridPart finished(const Part& part);

  std::vector<Part> parts_;  // In the order in which they were first swept.
  std::map<Plan, Place> objected_;
};

}  // namespace splitproof::harness
