#include "harness/predict/sql_reading.h"

#include <set>

#include "harness/predict/sql_pieces.h"

namespace splitproof::harness {

namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

class StatementReader {
 public:
  explicit StatementReader(const SqlPieces& pieces) : pieces_(pieces) {}

  SqlReading read() {
    note_names_of_with();
    if (pieces_.is_one_of(0, {"COPY"})) copy();
    if (pieces_.is_one_of(0, {"TRUNCATE"})) truncate();
    for (std::size_t i = 0; i < pieces_.size(); ++i) piece(i);
    return std::move(reading_);
  }

 private:
  // WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (…), …
  void note_names_of_with() {
    if (!pieces_.is_one_of(0, {"WITH"})) return;
    std::size_t at = pieces_.is_one_of(1, {"RECURSIVE"}) ? 2 : 1;
    while (at < pieces_.size()) {
      made_by_with_.insert(pieces_.simple_name(at++));
      if (pieces_.is_sign(at, '(')) at = pieces_.behind_group(at);
      while (pieces_.is_one_of(at, {"AS", "NOT", "MATERIALIZED"})) ++at;
      if (!pieces_.is_sign(at, '(')) return;
      at = pieces_.behind_group(at);
      if (!pieces_.is_sign(at++, ',')) return;
    }
  }

  void piece(std::size_t at) {
    if (pieces_.is_sign(at, '(')) before_brackets_.emplace_back(at > 0 ? pieces_.word(at - 1) : "");
    if (pieces_.is_sign(at, ')') && !before_brackets_.empty()) before_brackets_.pop_back();
    if (pieces_.word(at).empty()) return;
    if (pieces_.is_one_of(at, {"INSERT", "REPLACE"})) inserts(at);
    if (pieces_.is_one_of(at, {"INTO"})) write(at + 1);
    if (pieces_.is_one_of(at, {"UPDATE"})) update(at);
    if (pieces_.is_one_of(at, {"SHARE"}) && pieces_.follows(at, {"FOR", "KEY"})) {
      reading_.locks = true;
    }
    if (pieces_.is_one_of(at, {"SET"}) && sets_) set(at);
    if (pieces_.is_one_of(at, {"DELETE"}) && pieces_.is_one_of(at + 1, {"FROM"})) write(at + 2);
    if (pieces_.is_one_of(at, {"FROM"}) && begins_list(at)) list(at + 1);
    if (pieces_.is_one_of(at, {"JOIN"})) item(at + 1);
    const bool with_using = pieces_.is_one_of(0, {"DELETE", "MERGE", "WITH"});
    if (with_using && pieces_.is_one_of(at, {"USING"})) item(at + 1);
  }

  // REPLACE is a function as well.
  void inserts(std::size_t at) {
    if (pieces_.is_one_of(at, {"INSERT"}) || pieces_.is_one_of(at + 1, {"INTO"})) {
      reading_.inserts = true;
    }
  }

  void update(std::size_t at) {
    if (pieces_.follows(at, {"FOR", "KEY"})) {
      reading_.locks = true;
      return;
    }
    if (pieces_.follows(at, {"ON"})) return;
    sets_ = true;
    // ON CONFLICT DO UPDATE and WHEN MATCHED THEN UPDATE have named their table before.
    if (pieces_.follows(at, {"DO", "THEN"})) return;
    write(pieces_.is_one_of(at + 1, {"OR"}) ? at + 3 : at + 1);
  }

  void set(std::size_t at) {
    sets_ = false;
    const Assignments found = assignments_at(pieces_, at + 1);
    reading_.overwrites |= found.overwrites;
    reading_.adds |= found.adds;
  }

  void write(std::size_t at) {
    if (pieces_.is_one_of(at, {"ONLY", "TABLE"})) ++at;
    if (const auto table = pieces_.name(at)) add_once(reading_.writes, table->name);
  }

  void copy() {
    const auto table = pieces_.name(1);
    if (!table) return;
    const std::size_t next =
        pieces_.is_sign(table->next, '(') ? pieces_.behind_group(table->next) : table->next;
    const bool loads = pieces_.is_one_of(next, {"FROM"});
    add_once(loads ? reading_.writes : reading_.reads, table->name);
    reading_.inserts |= loads;
    is_copy_ = true;
  }

  void truncate() {
    std::size_t at = 1;
    while (pieces_.is_one_of(at, {"TABLE", "ONLY"})) ++at;
    while (const auto table = pieces_.name(at)) {
      add_once(reading_.writes, table->name);
      if (!pieces_.is_sign(table->next, ',')) return;
      at = table->next + 1;
    }
  }

  // FROM is also a word of DELETE FROM, COPY … FROM, IS DISTINCT FROM and of some functions.
  bool begins_list(std::size_t at) const {
    if (pieces_.follows(at, {"DELETE", "DISTINCT"})) return false;
    if (is_copy_ && before_brackets_.empty()) return false;
    if (before_brackets_.empty()) return true;
    for (const std::string_view name : {"EXTRACT", "SUBSTRING", "TRIM", "OVERLAY"}) {
      if (before_brackets_.back() == name) return false;
    }
    return true;
  }

  void list(std::size_t at) {
    while (at < pieces_.size()) {
      at = item(at);
      if (pieces_.is_one_of(at, {"AS"})) ++at;
      // What is no sign here is an alias, or the word that ends the list: a comma tells.
      if (!pieces_.simple_name(at).empty()) ++at;
      if (pieces_.is_sign(at, '(')) at = pieces_.behind_group(at);
      if (!pieces_.is_sign(at++, ',')) return;
    }
  }

  // A table to read, a function or a query in brackets, whose own words come later; returns where
  // what is behind it stands.
  std::size_t item(std::size_t at) {
    while (pieces_.is_one_of(at, {"ONLY", "LATERAL"})) ++at;
    if (pieces_.is_sign(at, '(')) return pieces_.behind_group(at);
    const auto table = pieces_.name(at);
    if (!table) return at;
    if (pieces_.is_sign(table->next, '(')) return pieces_.behind_group(table->next);
    if (!made_by_with_.contains(table->name)) add_once(reading_.reads, table->name);
    return table->next;
  }

  const SqlPieces& pieces_;
  SqlReading reading_;
  std::set<std::string> made_by_with_;
  std::vector<std::string> before_brackets_;  // The word before each bracket that is open.
  bool sets_ = false;                         // Behind an UPDATE whose SET is to come.
  bool is_copy_ = false;
};

}  // namespace

std::vector<SqlReading> read_sql(std::string_view text) {
  const std::vector<SqlPiece> pieces = sql_pieces(text);
  std::vector<SqlReading> statements;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= pieces.size(); ++i) {
    if (i < pieces.size() && pieces[i].text != ";") continue;
    if (i > begin) {
      const SqlPieces own(std::span<const SqlPiece>(pieces).subspan(begin, i - begin));
      statements.push_back(StatementReader(own).read());
      const auto first = static_cast<std::size_t>(pieces[begin].text.data() - text.data());
      const auto end = static_cast<std::size_t>(pieces[i - 1].text.data() - text.data()) +
                       pieces[i - 1].text.size();
      statements.back().text = text.substr(first, end - first);
    }
    begin = i + 1;
  }
  return statements;
}

}  // namespace splitproof::harness
