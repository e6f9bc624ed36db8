#include "sim/sql/postgres/transaction_block.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace splitproof::sim {
namespace {

bool ends_transaction(StatementKind kind) {
  return kind == StatementKind::commit || kind == StatementKind::rollback;
}

// COMMIT AND CHAIN and ROLLBACK AND CHAIN open the next transaction at once.
bool chains(const Statement& statement) {
  std::string text = statement.text();
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  return text.find("AND CHAIN") != std::string::npos;
}

}  // namespace

void TransactionBlock::succeeded(const Statement& statement) {
  // Nothing but the end of the transaction and ROLLBACK TO succeeds in a failed one, and after
  // these it is no longer failed.
  failed_ = false;
  if (statement.kind() == StatementKind::begin) open_ = true;
  if (ends_transaction(statement.kind())) open_ = chains(statement);
}

void TransactionBlock::failed(const Statement& statement) {
  if (statement.kind() == StatementKind::begin) open_ = true;
  // A refused COMMIT has rolled back.
  if (statement.kind() == StatementKind::commit) open_ = false;
  failed_ = open_;
}

}  // namespace splitproof::sim
