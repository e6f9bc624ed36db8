#include "harness/oracle/state.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "harness/oracle/table_content.h"

namespace splitproof::harness {

namespace {

// Cells are separated by a character that no canonical cell contains unescaped.
constexpr char cell_separator = '\x1f';

bool contains(const std::map<std::string, std::set<std::string>>& columns, const std::string& table,
              const std::string& column) {
  const auto found = columns.find(table);
  return found != columns.end() && found->second.contains(column);
}

// The kind of a value is part of its canonical text: the text "1" and the number 1 differ.
void append_cell(std::string& row, const sim::Value& value) {
  constexpr std::array<char, 4> tags{'n', 'i', 'd', 's'};
  row += tags.at(value.index());
  if (const auto* text = std::get_if<std::string>(&value)) {
    for (const char c : *text) {
      if (c == cell_separator || c == '\\') row += '\\';
      row += c;
    }
  } else if (value.index() != 0) {
    row += sim::to_string(value);
  }
  row += cell_separator;
}

// Signatures of generated keys: table, column and value to what the value stands for.
using Signatures = std::map<std::pair<std::string, std::string>, std::map<sim::Value, std::string>>;

// The column whose signature stands for a renamed cell: the referred one for a foreign key.
std::pair<std::string, std::string> owner_of(const Comparison& comparison, const std::string& table,
                                             const std::string& column) {
  const auto found = comparison.references.find(table);
  if (found != comparison.references.end()) {
    for (const ForeignKey& key : found->second) {
      if (key.column == column) return {key.table, key.referred_column};
    }
  }
  return {table, column};
}

std::string canonical_row(const std::string& name, const Table& table, const sim::Row& row,
                          const Comparison& comparison, const Signatures& signatures) {
  std::string text;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string& column = table.columns[i];
    if (contains(comparison.left_out, name, column)) {
      text += cell_separator;
    } else if (contains(comparison.renamed, name, column) && row[i].index() != 0) {
      const auto owner = signatures.find(owner_of(comparison, name, column));
      text += 'k';
      if (owner != signatures.end()) {
        const auto signature = owner->second.find(row[i]);
        text += signature == owner->second.end() ? "dangling" : signature->second;
      }
      text += cell_separator;
    } else {
      append_cell(text, row[i]);
    }
  }
  return text;
}

struct Refinement {
  Signatures signatures;
  int rounds = 0;
};

// One round: each key by the rows that it stands in, as the round before described them.
Signatures refine_once(const State& state, const Comparison& comparison,
                       const Signatures& signatures) {
  std::map<std::pair<std::string, std::string>, std::map<sim::Value, std::vector<std::string>>>
      seen;
  for (const auto& [name, columns] : comparison.renamed) {
    const auto table = state.find(name);
    if (table == state.end()) continue;
    for (const sim::Row& row : table->second->rows) {
      const std::string text = canonical_row(name, *table->second, row, comparison, signatures);
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string& column = table->second->columns[i];
        if (!columns.contains(column)) continue;
        seen[owner_of(comparison, name, column)][row[i]].push_back(
            fmt::format("{}.{}:{}", name, column, text));
      }
    }
  }
  Signatures next;
  for (auto& [owner, values] : seen) {
    for (auto& [value, places] : values) {
      std::ranges::sort(places);
      next[owner][value] = sha256(fmt::format("{}", fmt::join(places, "\n"))).substr(0, 16);
    }
  }
  return next;
}

std::size_t distinct(const Signatures& signatures) {
  std::set<std::string> all;
  for (const auto& [owner, values] : signatures) {
    for (const auto& [value, signature] : values) all.insert(signature);
  }
  return all.size();
}

// Refines what a generated key stands for, round by round: first by the rest of its row, then by
// the rows that refer to it (colour refinement, as for graph isomorphism), until no round tells
// more keys apart. Keys that stand in the same relations get the same signature, whatever their
// values.
Refinement refine(const State& state, const Comparison& comparison, int rounds_min = 1) {
  Refinement refinement;
  std::size_t told_apart = 0;
  while (true) {
    refinement.signatures = refine_once(state, comparison, refinement.signatures);
    ++refinement.rounds;
    const std::size_t count = distinct(refinement.signatures);
    if (count <= told_apart && refinement.rounds >= rounds_min) return refinement;
    told_apart = std::max(told_apart, count);
  }
}

// Signatures of two states that can be compared with each other: of equally many rounds.
std::pair<Signatures, Signatures> refine_both(const State& left, const State& right,
                                              const Comparison& comparison) {
  Refinement ours = refine(left, comparison);
  Refinement theirs = refine(right, comparison);
  const int rounds = std::max(ours.rounds, theirs.rounds);
  if (ours.rounds < rounds) ours = refine(left, comparison, rounds);
  if (theirs.rounds < rounds) theirs = refine(right, comparison, rounds);
  return {std::move(ours.signatures), std::move(theirs.signatures)};
}

std::vector<std::string> sorted_rows(const std::string& name, const Table& table,
                                     const Comparison& comparison, const Signatures& signatures) {
  std::vector<std::string> rows;
  rows.reserve(table.rows.size());
  for (const sim::Row& row : table.rows) {
    rows.push_back(canonical_row(name, table, row, comparison, signatures));
  }
  std::ranges::sort(rows);
  return rows;
}

// None where the table is not there or is left out.
std::vector<std::string> rows_of(const std::string& name, const State& state,
                                 const Comparison& comparison, const Signatures& signatures) {
  const auto table = state.find(name);
  if (table == state.end() || comparison.tables_left_out.contains(name)) return {};
  return sorted_rows(name, *table->second, comparison, signatures);
}

std::string digest_of(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) {
    text += row;
    text += '\n';
  }
  return sha256(text);
}

std::set<std::string> table_names(const State& left, const State& right) {
  std::set<std::string> names;
  for (const auto& [name, table] : left) names.insert(name);
  for (const auto& [name, table] : right) names.insert(name);
  return names;
}

std::vector<std::string> cells_of(const sim::Row& row) {
  std::vector<std::string> cells;
  for (const sim::Value& value : row) cells.push_back(sim::to_string(value));
  return cells;
}

// Rows of `from` whose canonical text is in `texts`; each text is used up once.
std::vector<std::vector<std::string>> rows_with(const std::string& name, const State& state,
                                                const Comparison& comparison,
                                                const Signatures& signatures,
                                                std::multiset<std::string> texts,
                                                std::size_t rows_max) {
  std::vector<std::vector<std::string>> rows;
  const auto table = state.find(name);
  if (table == state.end()) return rows;
  for (const sim::Row& row : table->second->rows) {
    const auto text = texts.find(canonical_row(name, *table->second, row, comparison, signatures));
    if (text == texts.end()) continue;
    texts.erase(text);
    rows.push_back(cells_of(row));
  }
  std::ranges::sort(rows);
  if (rows.size() > rows_max) rows.resize(rows_max);
  return rows;
}

}  // namespace

std::string sha256(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  hex.reserve(std::size_t{2} * size);
  for (unsigned int i = 0; i < size; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[digest.at(i) >> 4U];
    hex += digits[digest.at(i) & 15U];
  }
  return hex;
}

std::string StateDigests::of_table(const std::string& name,
                                   const std::shared_ptr<const Table>& table) {
  constexpr std::size_t known_max = 512;
  if (known_.size() >= known_max) known_.clear();
  const std::pair key(name, hash_of(*table));
  for (auto [next, end] = known_.equal_range(key); next != end; ++next) {
    const Known& known = next->second;
    if (known.table == table || has_same_content(*known.table, *table)) return known.digest;
  }
  const std::string digest = digest_of(sorted_rows(name, *table, comparison_, {}));
  return known_.emplace(key, Known{table, digest})->second.digest;
}

std::string StateDigests::of(const State& state) {
  std::string text;
  const Signatures signatures =
      comparison_.renamed.empty() ? Signatures{} : refine(state, comparison_).signatures;
  for (const auto& [name, table] : state) {
    if (comparison_.tables_left_out.contains(name)) continue;
    text += name;
    text += '=';
    text += comparison_.renamed.contains(name)
                ? digest_of(sorted_rows(name, *table, comparison_, signatures))
                : of_table(name, table);
    text += '\n';
  }
  return sha256(text);
}

std::vector<std::string> canonical_rows(const std::string& name, const State& state,
                                        const Comparison& comparison) {
  return rows_of(name, state, comparison, refine(state, comparison).signatures);
}

std::vector<TableDifference> differences(const State& expected, const State& found,
                                         const Comparison& comparison, std::size_t rows_max) {
  std::vector<TableDifference> result;
  const auto [ours, theirs] = refine_both(expected, found, comparison);
  for (const std::string& name : table_names(expected, found)) {
    const std::vector<std::string> should = rows_of(name, expected, comparison, ours);
    const std::vector<std::string> is = rows_of(name, found, comparison, theirs);
    if (should == is) continue;
    std::multiset<std::string> missing;
    std::multiset<std::string> extra;
    std::ranges::set_difference(should, is, std::inserter(missing, missing.end()));
    std::ranges::set_difference(is, should, std::inserter(extra, extra.end()));
    TableDifference difference;
    difference.table = name;
    difference.columns = (found.contains(name) ? found : expected).at(name)->columns;
    difference.expected = rows_with(name, expected, comparison, ours, missing, rows_max);
    difference.found = rows_with(name, found, comparison, theirs, extra, rows_max);
    difference.rows_left_out =
        missing.size() - difference.expected.size() + extra.size() - difference.found.size();
    result.push_back(std::move(difference));
  }
  return result;
}

std::size_t distance(const State& left, const State& right, const Comparison& comparison) {
  std::size_t rows = 0;
  const auto [left_signatures, right_signatures] = refine_both(left, right, comparison);
  for (const std::string& name : table_names(left, right)) {
    const auto left_table = left.find(name);
    const auto right_table = right.find(name);
    if (!comparison.renamed.contains(name) && left_table != left.end() &&
        right_table != right.end() && left_table->second == right_table->second) {
      continue;
    }
    const std::vector<std::string> ours = rows_of(name, left, comparison, left_signatures);
    const std::vector<std::string> theirs = rows_of(name, right, comparison, right_signatures);
    std::vector<std::string> differing;
    std::ranges::set_symmetric_difference(ours, theirs, std::back_inserter(differing));
    rows += differing.size();
  }
  return rows;
}

}  // namespace splitproof::harness
