#include "harness/run/dealings_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace splitproof::harness {

namespace {

bool deals_with_rows(const sim::Statement& statement) {
  return statement.kind() == sim::StatementKind::read ||
         statement.kind() == sim::StatementKind::write;
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
  if (!state.ok()) return std::nullopt;
  return rows_by_item(state.value(), shape_);
}

void DealingsWatch::before(char client, sim::Session& real, const sim::Statement& statement,
                           const TransactionState& transaction) {
  if (deals_with_rows(statement) && !transaction.failed) found_[client] = look(real);
}

void DealingsWatch::after(const Watched& watched, sim::Session* real) {
  Transaction& transaction = open_[watched.client];
  if (real == nullptr) {
    transaction = {};
    return;
  }
  const bool counts = watched.ok && !watched.before.failed;
  const sim::StatementKind kind = watched.statement.kind();
  if (counts && deals_with_rows(watched.statement)) note(watched, *real);
  if (counts && kind == sim::StatementKind::rollback_to) {
    take_back_to_savepoint(transaction, *real);
  }
  if (watched.after.open) return;
  const bool by_itself = !watched.before.open && deals_with_rows(watched.statement);
  if (counts && (by_itself || kind == sim::StatementKind::commit)) commit(transaction, watched);
  transaction = {};
}

void DealingsWatch::note(const Watched& watched, sim::Session& session) {
  Transaction& transaction = open_[watched.client];
  const bool keeps_snapshot = watched.before.serializable;
  std::optional<ItemRows> found = std::move(found_[watched.client]);
  if (watched.waited && !keeps_snapshot) found = committed_and(transaction);
  const std::optional<ItemRows> left = look(session);
  if (!found || !left) {
    failure_ =
        fmt::format("a lock kept the rows from being seen at '{}'", watched.statement.name());
    return;
  }
  AskedStatement asked{watched.operation, watched.event, watched.statement, *found, {}, {}, 0};
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
    failure_ = "a lock kept the rows from being seen after a ROLLBACK TO";
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
  std::ranges::move(transaction.asked, std::back_inserter(asked_));
}

ItemRows DealingsWatch::committed_and(const Transaction& transaction) const {
  ItemRows rows = committed_;
  for (const auto& [item, own] : transaction.own) set(rows, item, own.row);
  return rows;
}

}  // namespace splitproof::harness
