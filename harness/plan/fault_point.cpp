#include "harness/plan/fault_point.h"

#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

using sim::StatementKind;

bool has_word(const std::string& text, std::string_view wanted) {
  sim::WordScanner words(text);
  for (std::string word = words.next(); !word.empty(); word = words.next()) {
    if (word == wanted) return true;
  }
  return false;
}

void follow_begin(TransactionState& state, const sim::Statement& statement) {
  state = TransactionState{};
  state.open = true;
  state.commit_may_conflict = has_word(statement.text(), "SERIALIZABLE");
  state.serializable = state.commit_may_conflict || has_word(statement.text(), "REPEATABLE");
  state.has_write_lock = begins_immediate(statement);
}

// SET TRANSACTION ISOLATION LEVEL …, by which many programs ask for it after a plain BEGIN.
void follow_level(TransactionState& state, const sim::Statement& statement) {
  sim::WordScanner words(statement.text());
  if (words.next() != "SET" || words.next() != "TRANSACTION") return;
  if (!has_word(statement.text(), "ISOLATION")) return;
  state.commit_may_conflict = has_word(statement.text(), "SERIALIZABLE");
  state.serializable = state.commit_may_conflict || has_word(statement.text(), "REPEATABLE");
}

}  // namespace

std::string name_of_client(char client) {
  if (client == disk_client) return "disk";
  if (client == memory_client) return "memory";
  return std::string(1, client);
}

bool begins_immediate(const sim::Statement& statement) {
  return statement.kind() == StatementKind::begin &&
         (has_word(statement.text(), "IMMEDIATE") || has_word(statement.text(), "EXCLUSIVE"));
}

void TransactionState::follow(const sim::Statement& statement, bool ok, sim::Dialect dialect) {
  switch (statement.kind()) {
    case StatementKind::begin:
      if (ok) follow_begin(*this, statement);
      break;
    case StatementKind::commit:
      // A failed COMMIT ends the transaction on PostgreSQL; on SQLite it stays open.
      if (ok || dialect == sim::Dialect::postgres) *this = TransactionState{};
      break;
    case StatementKind::rollback:
      if (ok) *this = TransactionState{};
      break;
    case StatementKind::rollback_to:
      if (ok) failed = false;
      break;
    default:
      if (!ok && open && dialect == sim::Dialect::postgres) failed = true;
      if (ok && open && statement.kind() == StatementKind::write) has_write_lock = true;
      if (ok && open && dialect == sim::Dialect::postgres) follow_level(*this, statement);
      break;
  }
}

}  // namespace splitproof::harness
