#include "harness/run/dealings_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

// Settings and locks of whole tables come before a transaction's snapshot, and to look would take
// it; PostgreSQL then refuses to set the level.
bool deals_with_rows(const sim::Statement& statement) {
  if (statement.kind() != sim::StatementKind::read &&
      statement.kind() != sim::StatementKind::write) {
    return false;
  }
  const std::string word = sim::WordScanner(statement.text()).next();
  return word != "SET" && word != "RESET" && word != "SHOW" && word != "LOCK" && word != "PRAGMA";
}

std::optional<sim::Row> row_in(const ItemRows& rows, const Item& item) {
  const auto known = rows.find(item);
  if (known == rows.end()) return std::nullopt;
  return known->second;
}

void set(ItemRows& rows, const Item& item, const std::optional<sim::Row>& row) {
  if (row) {
    rows[item] = *row;
  } else {
    rows.erase(item);
  }
}

}  // namespace

std::optional<ItemRows> DealingsWatch::look(sim::Session& session) {
  const sim::Answer<State> state = world_.view(session);
  if (!state.ok()) {
    unseen_ = state.error().message;
    return std::nullopt;
  }
  for (const auto& [name, table] : state.value()) {
    if (shape_.contains(name) || !not_followed_.empty()) continue;
    not_followed_ = fmt::format("the table '{}' was made during the run", name);
  }
  return rows_by_item(state.value(), shape_);
}

void DealingsWatch::before(Connection connection, sim::Session& real,
                           const sim::Statement& statement, const TransactionState& transaction) {
  if (!deals_with_rows(statement) || transaction.failed) return;
  if (world_.dialect() == sim::Dialect::postgres) found_[connection] = look(real);
  std::optional<std::size_t>& snapshot = open_[connection].snapshot;
  if (transaction.serializable && !snapshot) snapshot = committed_until_;
}

void DealingsWatch::after(const Watched& watched, sim::Session* real) {
  Transaction& transaction = open_[watched.connection];
  if (real == nullptr) {
    transaction = {};
    return;
  }
  const bool counts = watched.ok && !watched.before.failed;
  const sim::StatementKind kind = watched.statement.kind();
  const bool deals = deals_with_rows(watched.statement);
  if (deals && !watched.before.failed && !watched.after.failed) note(watched, *real);
  if (counts && kind == sim::StatementKind::rollback_to) {
    take_back_to_savepoint(transaction, *real);
  }
  if (watched.after.open) return;
  const bool by_itself = !watched.before.open && deals;
  if (by_itself || (counts && kind == sim::StatementKind::commit)) commit(transaction, watched);
  transaction = {};
}

void DealingsWatch::note(const Watched& watched, sim::Session& session) {
  Transaction& transaction = open_[watched.connection];
  const bool sqlite = world_.dialect() == sim::Dialect::sqlite;
  std::optional<ItemRows> found = std::move(found_[watched.connection]);
  if (sqlite || (watched.waited && !transaction.snapshot)) found = committed_and(transaction);
  const bool may_write =
      watched.ok && !(sqlite && watched.statement.kind() == sim::StatementKind::read);
  const std::optional<ItemRows> left = may_write ? look(session) : found;
  if (!found || !left) {
    failure_ =
        fmt::format("the rows could not be seen at '{}': {}", watched.statement.name(), unseen_);
    return;
  }
  AskedStatement asked{watched.operation, watched.event, watched.statement, *found, {}, {}};
  asked.sees_until = transaction.snapshot.value_or(watched.event);
  asked.ok = watched.ok;
  for (const auto& [item, own] : transaction.own) asked.own.insert(item);
  for (const ItemChange& change : changes(*found, *left)) {
    const auto [own, is_new] = transaction.own.try_emplace(change.item);
    if (is_new) own->second.base = change.from;
    own->second.row = change.to;
    own->second.statement = watched.statement.name();
    asked.changed.insert(change.item);
  }
  transaction.asked.push_back(std::move(asked));
}

void DealingsWatch::take_back_to_savepoint(Transaction& transaction, sim::Session& session) {
  const std::optional<ItemRows> now = look(session);
  if (!now) {
    failure_ = "the rows could not be seen after a ROLLBACK TO: " + unseen_;
    return;
  }
  for (auto own = transaction.own.begin(); own != transaction.own.end();) {
    own->second.row = row_in(*now, own->first);
    own = own->second.row == own->second.base ? transaction.own.erase(own) : std::next(own);
  }
}

void DealingsWatch::commit(Transaction& transaction, const Watched& watched) {
  for (auto& [item, own] : transaction.own) {
    if (own.row == own.base) continue;
    set(committed_, item, own.row);
    written_[item].push_back({watched.operation, own.statement, own.row, watched.event});
  }
  for (AskedStatement& asked : transaction.asked) asked.committed = watched.event;
  committed_until_ = watched.event + 1;
  std::ranges::move(transaction.asked, std::back_inserter(asked_));
}

ItemRows DealingsWatch::committed_and(const Transaction& transaction) const {
  ItemRows rows = committed_;
  for (const auto& [item, own] : transaction.own) set(rows, item, own.row);
  return rows;
}

}  // namespace splitproof::harness
