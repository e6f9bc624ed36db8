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

StatementKind WireSteps::kind_of_one(const std::string& sql) const {
  const StatementKind kind = sim::Statement(sql).kind();
  sim::WordScanner words(sql);
  std::string word = words.next();
  if (kind == StatementKind::write) {
    if (std::ranges::find(leave_nothing, word) != leave_nothing.end()) return StatementKind::read;
    if (word == "COPY" && copies_out(sql)) return StatementKind::read;
  }
  if (kind != StatementKind::read) return kind;
  for (; !word.empty(); word = words.next()) {
    if (functions_.contains(word)) return StatementKind::write;
  }
  return kind;
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
