// What is known of a transaction from the statements and answers seen so far.
#include "harness/plan/fault_point.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace splitproof::harness {
namespace {

using sim::Dialect;
using Seen = std::vector<std::pair<const char*, bool>>;

TransactionState after(Dialect dialect, const Seen& statements) {
  TransactionState state;
  for (const auto& [text, ok] : statements) state.follow(text, ok, dialect);
  return state;
}

TEST(TransactionState, IsOpenFromBeginToItsEnd) {
  for (const Dialect dialect : {Dialect::sqlite, Dialect::postgres}) {
    EXPECT_FALSE(after(dialect, {}).open);
    EXPECT_TRUE(after(dialect, {{"BEGIN", true}}).open);
    EXPECT_FALSE(after(dialect, {{"BEGIN", false}}).open);
    EXPECT_FALSE(after(dialect, {{"INSERT INTO t VALUES (1)", true}}).open);
    EXPECT_FALSE(after(dialect, {{"BEGIN", true}, {"COMMIT", true}}).open);
    EXPECT_FALSE(after(dialect, {{"BEGIN", true}, {"ROLLBACK", true}}).open);
    EXPECT_TRUE(after(dialect, {{"BEGIN", true}, {"ROLLBACK", false}}).open);
  }
}

TEST(TransactionState, KnowsALevelThatIsSetAfterBegin) {
  const auto with = [](const char* set, Dialect dialect = Dialect::postgres) {
    return after(dialect, {{"BEGIN", true}, {set, true}});
  };
  EXPECT_TRUE(with("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").serializable);
  EXPECT_FALSE(with("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").commit_may_conflict);
  EXPECT_TRUE(with("set transaction isolation level serializable").commit_may_conflict);
  EXPECT_FALSE(with("SET TRANSACTION ISOLATION LEVEL READ COMMITTED").serializable);
  EXPECT_FALSE(with("SET TRANSACTION READ ONLY").serializable);
  EXPECT_FALSE(with("SET search_path = serializable").serializable);
  EXPECT_TRUE(after(Dialect::postgres, {{"BEGIN ISOLATION LEVEL SERIALIZABLE", true},
                                        {"SET TRANSACTION READ ONLY", true}})
                  .serializable);
}

TEST(TransactionState, OfAFailedCommitIsOverOnPostgresAndOpenOnSqlite) {
  const Seen statements{{"BEGIN", true}, {"UPDATE t SET a = 1", true}, {"COMMIT", false}};
  EXPECT_FALSE(after(Dialect::postgres, statements).open);
  EXPECT_TRUE(after(Dialect::sqlite, statements).open);
  EXPECT_TRUE(after(Dialect::sqlite, statements).has_write_lock);
}

TEST(TransactionState, IsFailedByAnErrorOnPostgresOnly) {
  const Seen statements{{"BEGIN", true}, {"SELECT 1", false}};
  EXPECT_TRUE(after(Dialect::postgres, statements).failed);
  EXPECT_FALSE(after(Dialect::sqlite, statements).failed);
  EXPECT_FALSE(after(Dialect::postgres, {{"SELECT 1", false}}).failed);
  EXPECT_FALSE(
      after(Dialect::postgres, {{"BEGIN", true}, {"SELECT 1", false}, {"ROLLBACK", true}}).failed);
}

TEST(TransactionState, IsWholeAgainAfterRollingBackToASavepoint) {
  Seen statements{{"BEGIN", true}, {"SAVEPOINT s", true}, {"SELECT 1", false}};
  EXPECT_TRUE(after(Dialect::postgres, statements).failed);
  statements.emplace_back("ROLLBACK TO s", false);
  EXPECT_TRUE(after(Dialect::postgres, statements).failed);
  statements.emplace_back("ROLLBACK TO s", true);
  EXPECT_FALSE(after(Dialect::postgres, statements).failed);
  EXPECT_TRUE(after(Dialect::postgres, statements).open);
  statements.emplace_back("RELEASE s", true);
  EXPECT_TRUE(after(Dialect::postgres, statements).open);
}

TEST(TransactionState, RemembersTheIsolationThatBeginAskedFor) {
  const auto begun = [](const char* text) { return after(Dialect::postgres, {{text, true}}); };
  EXPECT_TRUE(begun("BEGIN ISOLATION LEVEL SERIALIZABLE").serializable);
  EXPECT_TRUE(begun("BEGIN ISOLATION LEVEL SERIALIZABLE").commit_may_conflict);
  EXPECT_TRUE(begun("BEGIN ISOLATION LEVEL REPEATABLE READ").serializable);
  EXPECT_FALSE(begun("BEGIN ISOLATION LEVEL REPEATABLE READ").commit_may_conflict);
  EXPECT_FALSE(begun("BEGIN").serializable);
  EXPECT_FALSE(
      after(Dialect::postgres,
            {{"BEGIN ISOLATION LEVEL SERIALIZABLE", true}, {"COMMIT", true}, {"BEGIN", true}})
          .serializable);
}

TEST(TransactionState, HasSqlitesWriteLockOnceItWroteOrBeganImmediate) {
  EXPECT_TRUE(after(Dialect::sqlite, {{"BEGIN IMMEDIATE", true}}).has_write_lock);
  EXPECT_TRUE(after(Dialect::sqlite, {{"BEGIN EXCLUSIVE", true}}).has_write_lock);
  EXPECT_FALSE(after(Dialect::sqlite, {{"BEGIN", true}}).has_write_lock);
  EXPECT_FALSE(after(Dialect::sqlite, {{"BEGIN", true}, {"SELECT 1", true}}).has_write_lock);
  EXPECT_TRUE(after(Dialect::sqlite, {{"BEGIN", true}, {"DELETE FROM t", true}}).has_write_lock);
  EXPECT_FALSE(after(Dialect::sqlite, {{"BEGIN", true}, {"DELETE FROM t", false}}).has_write_lock);
  EXPECT_FALSE(after(Dialect::sqlite, {{"DELETE FROM t", true}}).has_write_lock);
}

}  // namespace
}  // namespace splitproof::harness
