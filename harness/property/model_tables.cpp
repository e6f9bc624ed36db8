// A model as the tables that a database would hold.
#include <algorithm>

#include "harness/property/local_day.h"
#include "harness/property/model.h"

namespace splitproof::harness {

namespace {

using ByColumn = std::vector<Numbers>;  // Rows, their cells by the name of the column.

Numbers with_key(Numbers row, const sim::Month& month, const Model::ClientAndPlatform& who) {
  row["month"] = sim::to_string(month);
  row["client_id"] = who.first;
  row["platform"] = who.second;
  return row;
}

std::shared_ptr<const Table> table_of(const std::vector<std::string>& columns,
                                      const ByColumn& rows) {
  auto table = std::make_shared<Table>();
  table->columns = columns;
  for (const Numbers& row : rows) {
    sim::Row cells;
    for (const std::string& column : columns) {
      const auto cell = row.find(column);
      cells.push_back(cell == row.end() ? sim::Value{sim::Null{}} : cell->second);
    }
    table->rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace

State Model::tables(const State& like) const {
  std::map<std::string, ByColumn> rows;
  for (const auto& [name, balance] : accounts_) {
    rows["accounts"].push_back({{"name", name}, {"balance_minor", balance}});
  }
  for (const auto& [name, value] : counters_) {
    rows["counters"].push_back({{"name", name}, {"value", value}});
  }
  for (const auto& [reference, changes] : booked_) {
    for (const auto& [account, amount] : changes) {
      rows["ledger_entries"].push_back(
          {{"reference", reference}, {"account", account}, {"amount_minor", amount}});
    }
  }
  for (const auto& [key, row] : days_) {
    Numbers cells{{"date", sim::to_string(key.first)},
                  {"client_id", row.client},
                  {"client_name", row.client},
                  {"platform", row.platform}};
    for (std::size_t i = 0; i < row_numbers.size(); ++i) {
      cells[std::string(row_numbers.at(i).column)] = row.numbers.at(i);
    }
    rows["daily_kpi_data"].push_back(std::move(cells));
  }
  for (const auto& [day, collected] : log_) {
    rows["collection_log"].push_back({{"day", sim::to_string(day)}, {"rows_collected", collected}});
  }
  for (const auto& [key, row] : summaries_) {
    rows["campaign_summaries"].push_back(with_key(row, key.first, key.second));
  }
  for (const auto& [key, row] : cache_) {
    rows["dashboard_cache"].push_back(with_key(row, key.first, key.second));
  }
  for (const auto& [month, row] : tracking_) {
    Numbers cells = row;
    cells["month"] = sim::to_string(month);
    rows["aggregation_tracking"].push_back(std::move(cells));
  }
  State state;
  for (const auto& [name, table] : like) state[name] = table_of(table->columns, rows[name]);
  return state;
}

}  // namespace splitproof::harness
