#include "harness/run/grid_book.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace splitproof::harness {

namespace {

constexpr std::string_view power_words = "the power fails, and what was not synced may be lost";

// How bad a result is beside others of the same cell.
int badness(GridResult result) {
  switch (result) {
    case GridResult::violated:
      return 6;
    case GridResult::warned:
      return 5;
    case GridResult::allowed:
      return 4;
    case GridResult::held:
      return 3;
    case GridResult::did_not_fire:
      return 2;
    case GridResult::cannot_occur:
    case GridResult::not_tried:
      return 1;
  }
  return 0;
}

// Empty for a run that swept no fault.
std::string phase_of(const Plan& plan, std::string_view purpose) {
  constexpr std::array<std::string_view, 6> single{"sweep", "kill",  "crash",
                                                   "disk",  "power", "memory"};
  if (plan.strikes.empty()) return "";
  if (purpose == "order and fault") return plan.strikes.size() == 1 ? "orders" : "orders, pairs";
  if (purpose == "pair") return plan.strikes.back().in_retry ? "retry" : "recovery";
  if (std::ranges::find(single, purpose) == single.end()) return "";
  if (plan.strikes.back().client == disk_client) return "disk";
  return plan.strikes.back().client == memory_client ? "memory" : "operation";
}

bool has_rows_of_clean_run(std::string_view phase) {
  return phase == "operation" || phase == "orders" || phase == "disk";
}

// What may be left after power failed differs from point to point: it is one column.
std::string column_text(const Fault& fault) {
  return std::holds_alternative<CutPower>(fault) ? "power" : to_string(fault);
}

GridRow row_of_event(const Event& event, const std::vector<std::string>& titles) {
  GridRow row;
  row.client = name_of_client(event.client);
  row.statement = event.statement;
  row.retry = event.retry;
  row.name = event.name;
  const auto operation = static_cast<std::size_t>(event.operation);
  if (!is_of_machine(event.client)) {
    row.sql = event.text;
    if (operation < titles.size()) row.session = titles[operation];
  }
  return row;
}

// The point that was struck last; none where it is not known.
const FaultPoint* struck_point(const RunRecord& run, std::size_t event) {
  for (const auto* points : {&run.points, &run.retry_points}) {
    const auto point = std::ranges::find(*points, event, &FaultPoint::event);
    if (point != points->end()) return &*point;
  }
  return nullptr;
}

}  // namespace

GridResult grid_result(const RunRecord& run, const std::vector<Violation>& found, bool allowed) {
  const auto is_violation = [](const Violation& one) { return one.severity == "violation"; };
  if (std::ranges::any_of(found, is_violation)) return GridResult::violated;
  if (!found.empty()) return GridResult::warned;
  if (allowed) return GridResult::allowed;
  const auto planned = static_cast<std::int64_t>(run.plan.strikes.size());
  return strikes_fired(run) == planned ? GridResult::held : GridResult::did_not_fire;
}

GridBook::Part& GridBook::part_of(const std::string& phase) {
  const auto known = std::ranges::find(parts_, phase, &Part::phase);
  if (known != parts_.end()) return *known;
  parts_.emplace_back().phase = phase;
  return parts_.back();
}

std::size_t GridBook::add_row(Part& part, Row row) {
  // A place of the clean run is known by its number alone.
  RowKey key{row.row.client, row.row.statement, part.has_all_rows ? "" : row.row.name};
  const auto [entry, is_new] = part.row_of.emplace(std::move(key), part.rows.size());
  if (is_new) part.rows.push_back(std::move(row));
  return entry->second;
}

void GridBook::add_clean_rows(Part& part, const RunRecord& clean,
                              const std::vector<std::string>& titles) {
  if (part.has_all_rows || !has_rows_of_clean_run(part.phase)) return;
  part.has_all_rows = true;
  for (const FaultPoint& point : clean.points) {
    if ((part.phase == "disk") != (point.client == disk_client)) continue;
    GridRow row;
    if (point.event < clean.history.events.size()) {
      row = row_of_event(clean.history.events[point.event], titles);
    }
    row.client = name_of_client(point.client);
    row.statement = point.statement;
    add_row(part, {std::move(row), point});
  }
}

std::size_t GridBook::column(Part& part, const Fault& fault, bool persistent) {
  const std::string text = column_text(fault);
  const auto [entry, is_new] =
      part.column_of.emplace(Column{text, persistent}, part.columns.size());
  if (is_new) {
    part.columns.emplace_back(
        fault, GridColumn{text, persistent ? "from-there-on" : "once",
                          text == "power" ? std::string(power_words) : in_words(fault)});
  }
  return entry->second;
}

void GridBook::note(const RunRecord& run, std::string_view purpose,
                    const std::vector<Violation>& found, bool allowed, const RunRecord& clean,
                    const std::vector<std::string>& titles) {
  const std::string phase = phase_of(run.plan, purpose);
  if (phase.empty()) return;
  Part& part = part_of(phase);
  add_clean_rows(part, clean, titles);
  const Strike& strike = run.plan.strikes.back();
  const std::string client = name_of_client(strike.client);
  std::size_t row = part.rows.size();
  if (part.has_all_rows) {
    const auto known = part.row_of.find({client, strike.statement, ""});
    // The run that closes a sweep strikes behind the last point.
    if (known == part.row_of.end()) return;
    row = known->second;
  } else {
    // The same here, and a second fault that does not strike has no place.
    if (strikes_fired(run) < static_cast<std::int64_t>(run.plan.strikes.size())) return;
    const std::size_t event = run.fired.back().event;
    Row place{row_of_event(run.history.events[event], titles), {}};
    place.row.client = client;
    place.row.statement = strike.statement;
    if (const FaultPoint* point = struck_point(run, event)) place.point = *point;
    row = add_row(part, std::move(place));
  }
  const std::size_t at = column(part, strike.fault, strike.persistent);
  GridCell& cell = part.cells[{row, at}];
  const GridResult result = grid_result(run, found, allowed);
  ++cell.runs;
  if (badness(result) > badness(cell.result)) {
    cell.result = result;
    cell.worst = 0;
    cell.plan = to_string(run.plan);
  }
  if (result == cell.result) ++cell.worst;
  for (const Violation& one : found) {
    if (std::ranges::find(cell.oracles, one.oracle) == cell.oracles.end()) {
      cell.oracles.push_back(one.oracle);
    }
  }
  if (found.empty()) return;
  const auto number = static_cast<std::size_t>(&part - parts_.data());
  objected_.emplace(run.plan, Place{number, row, at});
}

void GridBook::note(const MomentFound& found) {
  const auto part = std::ranges::find(parts_, "disk", &Part::phase);
  if (part == parts_.end()) return;
  const auto row = part->row_of.find({name_of_client(disk_client), found.point, ""});
  const auto at = part->column_of.find({"power", false});
  if (row == part->row_of.end() || at == part->column_of.end()) return;
  GridCell& cell = part->cells[{row->second, at->second}];
  for (const MomentFound::Outcome& one : found.outcomes) cell.runs += one.images - 1;
}

void GridBook::link(const std::vector<Plan>& plans, const std::string& finding) {
  for (const Plan& plan : plans) {
    const auto place = objected_.find(plan);
    if (place == objected_.end()) continue;
    const auto& [part, row, column] = place->second;
    std::string& known = parts_[part].cells[{row, column}].finding;
    if (known.empty()) known = finding;
  }
}

GridPart GridBook::finished(const Part& part) {
  std::vector<std::size_t> order(part.rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!part.has_all_rows) {
    std::ranges::stable_sort(order, {}, [&](std::size_t index) {
      return std::pair(part.rows[index].row.client, part.rows[index].row.statement);
    });
  }
  GridPart result;
  result.phase = part.phase;
  for (const auto& [fault, column] : part.columns) result.columns.push_back(column);
  for (const std::size_t index : order) {
    result.rows.push_back(part.rows[index].row);
    for (std::size_t at = 0; at < part.columns.size(); ++at) {
      const auto cell = part.cells.find({index, at});
      if (cell != part.cells.end()) {
        result.cells.push_back(cell->second);
        continue;
      }
      GridCell empty;
      if (!can_strike(part.columns[at].first, part.rows[index].point)) {
        empty.result = GridResult::cannot_occur;
      }
      result.cells.push_back(std::move(empty));
    }
  }
  return result;
}

std::optional<Grid> GridBook::grid() const {
  if (parts_.empty()) return std::nullopt;
  Grid grid;
  for (const Part& part : parts_) grid.parts.push_back(finished(part));
  return grid;
}

}  // namespace splitproof::harness
