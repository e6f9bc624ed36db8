#include "harness/verify/incident_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "sim/aggregator/csv_records.h"

namespace splitproof::harness {

namespace {

using Row = std::vector<Cell>;

bool is_filled(const Cell& cell) { return cell && !cell->empty(); }

std::set<std::size_t> filled_in(const Row& row) {
  std::set<std::size_t> filled;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (is_filled(row[i])) filled.insert(i);
  }
  return filled;
}

std::vector<std::size_t> key_places(const ComparedRows& rows) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    if (rows.key.contains(rows.columns[i])) places.push_back(i);
  }
  return places;
}

Row key_of(const Row& row, const std::vector<std::size_t>& places) {
  Row key;
  for (const std::size_t place : places) key.push_back(row[place]);
  return key;
}

class Comparer {
 public:
  Comparer(const ComparedRows& rows, const ComparedRows& clean)
      : rows_(rows), key_(key_places(rows)) {
    for (const Row& row : clean.rows) {
      if (!key_.empty()) clean_by_key_.emplace(key_of(row, key_), &row);
      whole_.insert(filled_in(row));
    }
  }

  TableDamage compare() {
    std::vector<std::optional<RowDamage>> damage;
    bool any_half = false;
    std::size_t known = 0;
    for (const Row& row : rows_.rows) {
      const Row* const right = clean_row(row);
      if (right != nullptr) ++known;
      damage.push_back(half_filled(row, right));
      any_half = any_half || damage.back().has_value();
    }
    if (!any_half && known > 0) {
      for (std::size_t i = 0; i < damage.size(); ++i) damage[i] = otherwise(rows_.rows[i]);
      if (const std::size_t missing = clean_by_key_.size() - known; missing > 0) {
        result_.rows[{DamageKind::missing_row, {}}] = missing;
      }
    }
    for (const auto& one : damage) {
      if (one) ++result_.rows[*one];
    }
    find_groups(damage);
    return std::move(result_);
  }

 private:
  const Row* clean_row(const Row& row) const {
    if (key_.empty()) return nullptr;
    const auto found = clean_by_key_.find(key_of(row, key_));
    return found == clean_by_key_.end() ? nullptr : found->second;
  }

  // Against the clean row of its key; else against the whole rows that it could be a part of, the
  // smallest of them.
  std::optional<RowDamage> half_filled(const Row& row, const Row* right) const {
    const std::set<std::size_t> ours = filled_in(row);
    std::set<std::size_t> whole;
    if (right != nullptr) {
      whole = filled_in(*right);
    } else {
      if (whole_.contains(ours)) return std::nullopt;
      for (const std::set<std::size_t>& one : whole_) {
        const bool has_more = std::ranges::includes(one, ours);
        if (has_more && (whole.empty() || one.size() < whole.size())) whole = one;
      }
    }
    RowDamage damage{DamageKind::half_filled, {}};
    for (const std::size_t place : whole) {
      if (!ours.contains(place)) damage.columns.insert(rows_.columns[place]);
    }
    if (damage.columns.empty()) return std::nullopt;
    return damage;
  }

  std::optional<RowDamage> otherwise(const Row& row) const {
    const Row* const right = clean_row(row);
    if (right == nullptr) return RowDamage{DamageKind::extra_row, {}};
    RowDamage damage{DamageKind::other_value, {}};
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i] != (*right)[i]) damage.columns.insert(rows_.columns[i]);
    }
    if (damage.columns.empty()) return std::nullopt;
    return damage;
  }

  // A part of the key of which each row has the damage, and no row beside it.
  void find_groups(const std::vector<std::optional<RowDamage>>& damage) {
    for (const auto& [kind, count] : result_.rows) {
      if (kind.kind == DamageKind::missing_row) continue;
      bool whole = count == rows_.rows.size();
      for (const std::size_t place : key_) {
        std::set<Cell> damaged;
        std::set<Cell> sound;
        for (std::size_t i = 0; i < damage.size(); ++i) {
          (damage[i] == kind ? damaged : sound).insert(rows_.rows[i][place]);
        }
        const bool apart =
            std::ranges::none_of(damaged, [&](const Cell& value) { return sound.contains(value); });
        // A column that tells each row from the others makes no group, nor do all of its values.
        const bool is_all = sound.empty() && damaged.size() > 1;
        if (!apart || is_all || damaged.size() == count) continue;
        whole = true;
        if (damaged.size() > 3) continue;
        for (const Cell& value : damaged) {
          result_.groups.push_back(
              fmt::format("{} = {}", rows_.columns[place], value.value_or("NULL")));
        }
      }
      if (whole) result_.of_whole_groups.insert(kind);
    }
  }

  const ComparedRows& rows_;
  std::vector<std::size_t> key_;
  std::map<Row, const Row*> clean_by_key_;
  std::set<std::set<std::size_t>> whole_;  // Which places whole rows have filled.
  TableDamage result_;
};

Cell cell_of(const std::string& text) {
  return text.empty() || text == "\\N" || text == "NULL" ? Cell() : Cell(text);
}

}  // namespace

sim::Result<IncidentTable, std::string> read_incident(const std::string& file,
                                                      const std::string& table) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fmt::format("{} cannot be opened", file);
  IncidentTable incident;
  incident.file = file;
  incident.name = table;
  sim::CsvRecords records(in, file);
  while (true) {
    const auto record = records.next();
    if (!record.ok()) return sim::to_string(record.error());
    if (!record.value()) break;
    const sim::CsvRecord& fields = *record.value();
    if (incident.columns.empty()) {
      for (const sim::CsvField& field : fields) incident.columns.push_back(field.text);
      continue;
    }
    if (fields.size() != incident.columns.size()) {
      return fmt::format("{}:{}:{}: found {} fields; expected {} as in the header", file,
                         fields.front().line, fields.front().column, fields.size(),
                         incident.columns.size());
    }
    std::vector<Cell>& row = incident.rows.emplace_back();
    for (const sim::CsvField& field : fields) row.push_back(cell_of(field.text));
  }
  if (incident.rows.empty()) {
    return fmt::format("{}:1:1: found no rows; expected a header and the incident's rows", file);
  }
  return incident;
}

std::string to_string(DamageKind kind) {
  switch (kind) {
    case DamageKind::half_filled:
      return "rows of which a part is missing";
    case DamageKind::other_value:
      return "whole rows with other values";
    case DamageKind::missing_row:
      return "rows that are missing";
    case DamageKind::extra_row:
      return "rows too many";
  }
  std::abort();
}

ComparedRows rows_in(const RecordedTable& table, const RecordedState& state, int position,
                     const std::vector<std::string>& columns) {
  ComparedRows compared;
  compared.columns = columns;
  for (const std::string& name : table.key) {
    if (std::ranges::find(columns, name) != columns.end()) compared.key.insert(name);
  }
  // A part of a key tells rows apart no more.
  if (compared.key.size() != table.key.size()) compared.key.clear();
  std::vector<std::vector<Cell>> rows = table.rows;
  for (const TableChange& change : state.changes) {
    if (change.table != position) continue;
    for (auto gone = change.gone.rbegin(); gone != change.gone.rend(); ++gone) {
      rows.erase(rows.begin() + *gone);
    }
    rows.insert(rows.end(), change.added.begin(), change.added.end());
  }
  for (const std::vector<Cell>& row : rows) {
    std::vector<Cell>& projected = compared.rows.emplace_back();
    for (const std::string& column : columns) {
      const auto place = std::ranges::find(table.columns, column) - table.columns.begin();
      projected.push_back(row.at(static_cast<std::size_t>(place)));
    }
  }
  return compared;
}

TableDamage damage_of(const ComparedRows& rows, const ComparedRows& clean) {
  return Comparer(rows, clean).compare();
}

std::vector<std::string> in_words(const TableDamage& damage, std::size_t rows) {
  std::vector<std::string> sentences;
  for (const auto& [kind, count] : damage.rows) {
    std::string text;
    switch (kind.kind) {
      case DamageKind::half_filled:
        text = fmt::format("{} of {} rows lack {}", count, rows, fmt::join(kind.columns, ", "));
        break;
      case DamageKind::other_value:
        text = fmt::format("{} of {} rows have another {}", count, rows,
                           fmt::join(kind.columns, ", "));
        break;
      case DamageKind::missing_row:
        text = fmt::format("{} rows are missing", count);
        break;
      case DamageKind::extra_row:
        text = fmt::format("{} of {} rows are too many", count, rows);
        break;
    }
    if (damage.of_whole_groups.contains(kind) && !damage.groups.empty()) {
      text += fmt::format(", each of {}", fmt::join(damage.groups, ", "));
    }
    sentences.push_back(std::move(text));
  }
  return sentences;
}

}  // namespace splitproof::harness
