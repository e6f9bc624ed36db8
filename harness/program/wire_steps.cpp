#include "harness/program/wire_steps.h"

#include <algorithm>
#include <array>

#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

using sim::StatementKind;

// Nothing of these outlives the session.
constexpr std::array leave_nothing{"SET",        "RESET",   "DISCARD", "LISTEN", "UNLISTEN",
                                   "DEALLOCATE", "DECLARE", "FETCH",   "MOVE",   "CLOSE",
                                   "LOCK",       "ANALYZE", "VACUUM",  "LOAD",   "CHECKPOINT"};

// COPY … TO …: TO stands outside of the parentheses of a query or of columns, and before options.
bool copies_out(const std::string& sql) {
  int depth = 0;
  sim::WordScanner pieces(sql);
  for (std::string_view piece = pieces.next_piece(); !piece.empty(); piece = pieces.next_piece()) {
    if (piece == "(") ++depth;
    if (piece == ")") --depth;
    if (depth > 0) continue;
    if (piece == "TO" || piece == "to" || piece == "To") return true;
    if (piece == "FROM" || piece == "from" || piece == "From") return false;
  }
  return false;
}

std::vector<sim::Value> values_of(const WireStatement& statement) {
  std::vector<sim::Value> values;
  for (const std::optional<std::string>& parameter : statement.parameters) {
    if (parameter) {
      values.emplace_back(*parameter);
    } else {
      values.emplace_back(sim::Null{});
    }
  }
  return values;
}

bool is_outside(const WireStep& step) {
  const StatementKind kind = step.statement.kind();
  return !step.transaction.open && (kind == StatementKind::read || kind == StatementKind::write);
}

}  // namespace

std::vector<std::string> statements_in(const std::string& sql) {
  std::vector<std::string> statements;
  sim::WordScanner pieces(sql);
  const char* begin = nullptr;
  const char* end = nullptr;
  const auto take = [&] {
    if (begin != nullptr) statements.emplace_back(begin, end);
    begin = nullptr;
  };
  for (std::string_view piece = pieces.next_piece(); !piece.empty(); piece = pieces.next_piece()) {
    if (piece == ";") {
      take();
      continue;
    }
    if (begin == nullptr) begin = piece.data();
    end = piece.data() + piece.size();
  }
  take();
  return statements;
}

namespace {

// Words that change data, where a statement that begins by another word holds them. FOR UPDATE and
// FOR NO KEY UPDATE only lock.
bool changes_data(const std::string& word, const std::string& before) {
  if (word == "INSERT" || word == "DELETE" || word == "MERGE") return true;
  return word == "UPDATE" && before != "FOR" && before != "KEY";
}

// In upper case and without quotes, as the names of functions are known.
std::string plain(std::string_view piece) {
  if (piece.size() > 1 && piece.front() == '"') piece = piece.substr(1, piece.size() - 2);
  std::string word(piece);
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return word;
}

}  // namespace

StatementKind WireSteps::kind_of_one(const std::string& sql) const {
  const StatementKind kind = sim::Statement(sql).kind();
  sim::WordScanner pieces(sql);
  const std::string first = plain(pieces.next_piece());
  const bool copies = first == "COPY" && copies_out(sql);
  if (kind == StatementKind::write && !copies) {
    const bool stays = std::ranges::find(leave_nothing, first) == leave_nothing.end();
    return stays ? StatementKind::write : StatementKind::read;
  }
  if (kind != StatementKind::read && !copies) return kind;
  bool runs = copies;
  std::string before = first;
  for (std::string_view piece = pieces.next_piece(); !piece.empty(); piece = pieces.next_piece()) {
    const bool is_text = piece.front() == '\'' || piece.front() == '$';
    const std::string word = is_text ? "" : plain(piece);
    runs = runs || (first == "EXPLAIN" && word == "ANALYZE");
    const bool makes_table = word == "INTO" && (first == "SELECT" || first == "WITH");
    if (makes_table || functions_.contains(word) || (runs && changes_data(word, before))) {
      return StatementKind::write;
    }
    before = word;
  }
  return StatementKind::read;
}

// Of several statements in one Query: what they do to the transaction that they find, and whether
// they make something durable by themselves.
StatementKind WireSteps::kind_of(const std::string& sql, bool in_transaction) const {
  const std::vector<std::string> statements = statements_in(sql);
  if (statements.empty()) return StatementKind::read;
  if (statements.size() == 1) return kind_of_one(statements.front());
  bool open = in_transaction;
  bool writes = false;
  bool commits = false;
  for (const std::string& one : statements) {
    const StatementKind kind = kind_of_one(one);
    writes = writes || kind == StatementKind::write;
    commits = commits || kind == StatementKind::commit || (kind == StatementKind::write && !open);
    if (kind == StatementKind::begin) open = true;
    if (kind == StatementKind::commit || kind == StatementKind::rollback) open = false;
  }
  if (commits) return in_transaction ? StatementKind::commit : StatementKind::write;
  if (open && !in_transaction) return StatementKind::begin;
  if (!open && in_transaction) return StatementKind::rollback;
  return writes ? StatementKind::write : StatementKind::read;
}

WireStepsOfUnit WireSteps::of(const WireUnit& unit, TransactionState transaction,
                              int executed) const {
  std::vector<WireStep> steps;
  for (const WireStatement& statement : unit.statements) {
    const StatementKind kind = kind_of(statement.sql, transaction.open);
    steps.push_back(
        {sim::Statement::of_kind(kind, statement.sql, values_of(statement)), transaction});
    transaction.follow(steps.back().statement, true, sim::Dialect::postgres);
  }
  if (unit.ends_with == 'Q') return {std::move(steps), 0};
  const int outside = executed + static_cast<int>(std::ranges::count_if(steps, is_outside));
  const bool ends_here = unit.ends_with == 'S';
  // One that is followed by its Sync at once commits by itself.
  if (executed == 0 && outside < 2 && ends_here) return {std::move(steps), 0};
  for (WireStep& step : steps) {
    if (is_outside(step)) step.transaction.open = true;
  }
  if (ends_here && outside > 0) {
    TransactionState implicit;
    implicit.open = true;
    steps.push_back({sim::Statement::of_kind(StatementKind::commit, "Sync"), implicit});
  }
  return {std::move(steps), ends_here ? 0 : outside};
}

}  // namespace splitproof::harness
