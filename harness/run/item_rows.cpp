#include "harness/run/item_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/sql/quoted_name.h"

namespace splitproof::harness {

namespace {

using Columns = std::vector<std::string>;

std::size_t index_of(const Columns& columns, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(columns, name) - columns.begin());
}

const Columns& told_apart_by(const TableShape& shape) {
  return shape.key.empty() ? shape.columns : shape.key;
}

std::string row_name(const sim::Row& row, const Columns& columns, const Columns& told_apart) {
  std::string text;
  for (const std::string& name : told_apart) {
    const std::size_t index = index_of(columns, name);
    if (index == columns.size()) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} = {}", name, sim::to_string(row[index]));
  }
  return text;
}

}  // namespace

ItemRows rows_by_item(const State& state, const Shape& shape) {
  ItemRows all;
  for (const auto& [name, table] : state) {
    const auto known = shape.find(name);
    if (known == shape.end()) continue;
    const Columns& told_apart = told_apart_by(known->second);
    std::map<std::string, int> alike;
    for (const sim::Row& row : table->rows) {
      std::string item = row_name(row, table->columns, told_apart);
      const int number = ++alike[item];
      if (number > 1) item += fmt::format(" #{}", number);
      all.emplace(Item{name, std::move(item)}, row);
    }
  }
  return all;
}

std::vector<ItemChange> changes(const ItemRows& from, const ItemRows& to) {
  std::vector<ItemChange> all;
  for (const auto& [item, row] : from) {
    const auto other = to.find(item);
    if (other == to.end()) {
      all.push_back({item, row, std::nullopt});
    } else if (other->second != row) {
      all.push_back({item, row, other->second});
    }
  }
  for (const auto& [item, row] : to) {
    if (!from.contains(item)) all.push_back({item, std::nullopt, row});
  }
  std::ranges::sort(all, {}, &ItemChange::item);
  return all;
}

sim::Status RowWriter::write(sim::Session& session, const ItemChange& change) const {
  const bool stays = change.from && change.to;
  const bool has_key = !shape_.at(change.item.table).key.empty();
  std::vector<sim::Statement> statements;
  if (stays && has_key) {
    statements.push_back(update(change));
  } else {
    if (change.from) statements.push_back(remove(change.item, *change.from));
    if (change.to) statements.push_back(insert(change.item, *change.to));
  }
  for (const sim::Statement& statement : statements) {
    const sim::Answer<sim::Rows> written = session.execute(statement);
    if (!written.ok()) return written.error();
    if (written.value().affected != 1) {
      return sim::Error{sim::ErrorKind::invalid, "",
                        fmt::format("{} cannot be told from another row", to_string(change.item))};
    }
  }
  return sim::Done{};
}

sim::Statement RowWriter::insert(const Item& item, const sim::Row& row) const {
  const TableShape& shape = shape_.at(item.table);
  std::string columns;
  std::string places;
  std::vector<sim::Value> values;
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    if (shape.computed.contains(shape.columns[i])) continue;
    values.push_back(row[i]);
    columns += (columns.empty() ? "" : ", ") + sim::quoted_name(shape.columns[i]);
    places += fmt::format("{}${}", places.empty() ? "" : ", ", values.size());
  }
  const bool postgres = world_.dialect() == sim::Dialect::postgres;
  return {fmt::format("INSERT INTO {} ({}){} VALUES ({})", world_.in_sql(item.table), columns,
                      postgres ? " OVERRIDING SYSTEM VALUE" : "", places),
          values};
}

sim::Statement RowWriter::update(const ItemChange& change) const {
  const TableShape& shape = shape_.at(change.item.table);
  std::vector<sim::Value> values;
  std::string sets;
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    if ((*change.from)[i] == (*change.to)[i]) continue;
    if (shape.computed.contains(shape.columns[i])) continue;
    values.push_back((*change.to)[i]);
    sets += fmt::format("{}{} = ${}", sets.empty() ? "" : ", ", sim::quoted_name(shape.columns[i]),
                        values.size());
  }
  const std::string where = is_this_row(change.item, *change.from, values);
  return {fmt::format("UPDATE {} SET {} WHERE {}", world_.in_sql(change.item.table), sets, where),
          values};
}

sim::Statement RowWriter::remove(const Item& item, const sim::Row& row) const {
  std::vector<sim::Value> values;
  const std::string where = is_this_row(item, row, values);
  return {fmt::format("DELETE FROM {} WHERE {}", world_.in_sql(item.table), where), values};
}

std::string RowWriter::is_this_row(const Item& item, const sim::Row& row,
                                   std::vector<sim::Value>& values) const {
  const TableShape& shape = shape_.at(item.table);
  const bool postgres = world_.dialect() == sim::Dialect::postgres;
  std::string where;
  for (const std::string& name : told_apart_by(shape)) {
    values.push_back(row[index_of(shape.columns, name)]);
    where += fmt::format("{}{} {} ${}", where.empty() ? "" : " AND ", sim::quoted_name(name),
                         postgres ? "IS NOT DISTINCT FROM" : "IS", values.size());
  }
  if (!shape.key.empty()) return where;
  // Of rows that are alike, one; it does not matter which.
  const char* const place = postgres ? "(tableoid, ctid)" : "rowid";
  return fmt::format("{0} = (SELECT {1} FROM {2} WHERE {3} LIMIT 1)", place,
                     postgres ? "tableoid, ctid" : "rowid", world_.in_sql(item.table), where);
}

}  // namespace splitproof::harness
