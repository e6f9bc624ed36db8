// Writes down, in one run of sessions at once, which rows each statement of each session found and
// which it left: what the dependency graph is made from.
//
// It looks at all tables through the session itself, before and after each of its statements, so it
// sees what the statement saw, whatever the isolation level. Where a statement had to wait, what it
// found is what had been committed by then, and its own; on SQLite always, where to look would take
// a lock that the statement may have to wait for. A write that changes nothing leaves nothing to be
// seen here.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/inject/statement_watch.h"
#include "harness/run/item_rows.h"

namespace splitproof::harness {

// A statement of a transaction that was committed.
struct AskedStatement {
  int operation = 0;
  std::size_t event = 0;  // Its index in the history.
  sim::Statement statement;
  ItemRows found;
  std::set<Item> own;  // Those of `found` that its own transaction had written before.
  std::set<Item> changed;
  std::size_t committed = 0;   // Index of the event of its transaction's commit.
  std::size_t sees_until = 0;  // What was committed by this event or a later one, it cannot see.
  bool ok = true;              // False for an error; what it says may be that a row is there.
};

// What a committed transaction made of a row.
struct CommittedRow {
  int operation = 0;
  std::string statement;        // The name of the last one that wrote it.
  std::optional<sim::Row> row;  // None where it was deleted.
  std::size_t committed = 0;    // Index of the event of the commit.
};

class DealingsWatch final : public StatementWatch {
 public:
  // World and shape are borrowed; `before` is what the tables hold before the run.
  DealingsWatch(World& world, const Shape& shape, ItemRows before)
      : world_(world), shape_(shape), before_(before), committed_(std::move(before)) {}

  void before(Connection connection, sim::Session& real, const sim::Statement& statement,
              const TransactionState& transaction) override;
  void after(const Watched& watched, sim::Session* real) override;

  // Why something could not be looked at; empty where everything was.
  const std::string& failure() const { return failure_; }
  // What was not looked at although the rest was; empty where nothing was left out.
  const std::string& not_followed() const { return not_followed_; }
  const ItemRows& before_all() const { return before_; }
  // Of rows that somebody wrote, in the order of committing.
  const std::map<Item, std::vector<CommittedRow>>& written() const { return written_; }
  const std::vector<AskedStatement>& asked() const { return asked_; }

 private:
  struct OwnRow {
    std::optional<sim::Row> base;  // Before the transaction.
    std::optional<sim::Row> row;
    std::string statement;
  };
  struct Transaction {
    std::map<Item, OwnRow> own;
    std::vector<AskedStatement> asked;
    std::optional<std::size_t> snapshot;  // As AskedStatement::sees_until; where it keeps one.
  };

  // None where nothing can be seen; why, is in `unseen_` then.
  std::optional<ItemRows> look(sim::Session& session);
  void note(const Watched& watched, sim::Session& session);
  void take_back_to_savepoint(Transaction& transaction, sim::Session& session);
  void commit(Transaction& transaction, const Watched& watched);
  ItemRows committed_and(const Transaction& transaction) const;

  World& world_;
  const Shape& shape_;
  ItemRows before_;
  ItemRows committed_;
  std::map<Connection, std::optional<ItemRows>> found_;
  std::map<Connection, Transaction> open_;
  std::size_t committed_until_ = 0;  // The event after the last commit.
  std::map<Item, std::vector<CommittedRow>> written_;
  std::vector<AskedStatement> asked_;
  std::string failure_;
  std::string not_followed_;
  std::string unseen_;
};

}  // namespace splitproof::harness
