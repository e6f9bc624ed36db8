#include "harness/run/finding_stages.h"

#include <algorithm>
#include <map>
#include <set>

namespace splitproof::harness {

namespace {

using Cells = std::vector<std::string>;

// More than a person compares by eye.
constexpr std::size_t stage_rows_max = 12;

bool has_equal_rows(const Table& left, const Table& right) {
  return &left == &right || (left.columns == right.columns && left.rows == right.rows);
}

// Tables that are not the same in all states.
std::set<std::string> moving_tables(const std::vector<const State*>& states) {
  std::map<std::string, const Table*> first;
  for (const auto& [name, table] : *states.front()) first.emplace(name, table.get());
  std::set<std::string> moving;
  for (const State* state : states) {
    for (const auto& [name, table] : *state) {
      const auto known = first.find(name);
      if (known == first.end() || !has_equal_rows(*known->second, *table)) moving.insert(name);
    }
    for (const auto& [name, table] : first) {
      if (!state->contains(name)) moving.insert(name);
    }
  }
  return moving;
}

// With these tables, and with those that tell generated keys apart.
State part_of(const State& state, const std::set<std::string>& names,
              const Comparison& comparison) {
  State part;
  for (const auto& [name, table] : state) {
    const bool tells_keys = !comparison.renamed.empty() && (comparison.renamed.contains(name) ||
                                                            comparison.references.contains(name));
    if (names.contains(name) || tells_keys) part.emplace(name, table);
  }
  return part;
}

class StageMaker {
 public:
  StageMaker(const State& before, const Comparison& comparison)
      : before_(before), comparison_(comparison) {}

  // `right` may be null.
  std::vector<StageTable> tables(const std::set<std::string>& names, const State& seen,
                                 const State* right) const {
    const std::vector<TableDifference> changed =
        differences(before_, seen, comparison_, stage_rows_max);
    std::vector<TableDifference> wrong;
    if (right != nullptr) wrong = differences(*right, seen, comparison_, stage_rows_max);
    std::vector<StageTable> result;
    for (const std::string& name : names) {
      if (comparison_.tables_left_out.contains(name)) continue;
      const auto table = seen.find(name);
      result.push_back(stage_table(name, table == seen.end() ? nullptr : table->second.get(),
                                   of_table(changed, name), of_table(wrong, name)));
    }
    return result;
  }

 private:
  static TableDifference of_table(const std::vector<TableDifference>& all,
                                  const std::string& name) {
    const auto found = std::ranges::find(all, name, &TableDifference::table);
    return found == all.end() ? TableDifference{} : *found;
  }

  bool is_compared(const std::string& table, const std::string& column) const {
    const auto has = [&](const std::map<std::string, std::set<std::string>>& columns) {
      const auto found = columns.find(table);
      return found != columns.end() && found->second.contains(column);
    };
    return !has(comparison_.left_out) && !has(comparison_.renamed);
  }

  std::vector<std::size_t> differing(const StageTable& table, const Cells& left,
                                     const Cells& right) const {
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
      if (left[i] != right[i] && is_compared(table.name, table.columns[i])) columns.push_back(i);
    }
    return columns;
  }

  // Rows that are there and wrong, each with the missing row that it resembles most, if it is the
  // same in half of its cells.
  void add_wrong(StageTable& table, TableDifference& difference) const {
    for (Cells& cells : difference.found) {
      StageRow row{RowMark::surplus, std::move(cells)};
      std::size_t best = row.cells.size() / 2 + 1;
      auto partner = difference.expected.end();
      for (auto one = difference.expected.begin(); one != difference.expected.end(); ++one) {
        const std::vector<std::size_t> columns = differing(table, row.cells, *one);
        if (columns.size() >= best) continue;
        best = columns.size();
        partner = one;
        row.wrong = columns;
      }
      if (partner != difference.expected.end()) {
        row.mark = RowMark::split;
        row.right = std::move(*partner);
        difference.expected.erase(partner);
      }
      table.rows.push_back(std::move(row));
    }
    for (Cells& cells : difference.expected) {
      table.rows.push_back({RowMark::missing, std::move(cells)});
    }
  }

  StageTable stage_table(const std::string& name, const Table* seen, TableDifference changed,
                         TableDifference wrong) const {
    StageTable table{name, seen != nullptr ? seen->columns : wrong.columns, {}, 0};
    if (table.columns.empty()) table.columns = changed.columns;
    std::multiset<Cells> shown(wrong.found.begin(), wrong.found.end());
    add_wrong(table, wrong);
    for (Cells& cells : changed.found) {
      if (shown.contains(cells) || table.rows.size() >= stage_rows_max) continue;
      shown.insert(cells);
      table.rows.push_back({RowMark::changed, std::move(cells)});
    }
    if (seen != nullptr) add_rest(table, *seen, std::move(shown));
    return table;
  }

  // Rows that nothing is to be said of, as far as there is room.
  static void add_rest(StageTable& table, const Table& seen, std::multiset<Cells> shown) {
    const bool small = seen.rows.size() <= stage_rows_max;
    for (const sim::Row& row : seen.rows) {
      Cells cells;
      for (const sim::Value& value : row) cells.push_back(sim::to_string(value));
      const auto known = shown.find(cells);
      if (known != shown.end()) {
        shown.erase(known);
      } else if (small) {
        table.rows.push_back({RowMark::as_before, std::move(cells)});
      } else {
        ++table.rows_left_out;
      }
    }
  }

  const State& before_;
  const Comparison& comparison_;
};

}  // namespace

std::vector<std::vector<StageTable>> stage_tables(const std::vector<StageMoment>& moments,
                                                  const Comparison& comparison) {
  std::vector<const State*> states;
  for (const StageMoment& moment : moments) {
    states.push_back(&moment.seen->state);
    if (moment.right != nullptr) states.push_back(&moment.right->state);
  }
  const std::set<std::string> names = moving_tables(states);
  const State before = part_of(*states.front(), names, comparison);
  const StageMaker maker(before, comparison);
  std::vector<std::vector<StageTable>> stages;
  for (const StageMoment& moment : moments) {
    const State seen = part_of(moment.seen->state, names, comparison);
    std::optional<State> right;
    if (moment.right != nullptr) right = part_of(moment.right->state, names, comparison);
    stages.push_back(maker.tables(names, seen, right ? &*right : nullptr));
  }
  return stages;
}

}  // namespace splitproof::harness
