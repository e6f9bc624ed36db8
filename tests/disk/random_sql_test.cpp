// Random SQL on the simulated disk and on SQLite's own VFS: each statement is answered alike, and
// the databases are the same at the end.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <vector>

#include "sim/base/rng.h"
#include "sim/sql/sqlite/sqlite_engine.h"
#include "tests/disk/support.h"

namespace splitproof::tests {
namespace {

using sim::JournalMode;

class RandomSql {
 public:
  explicit RandomSql(std::uint64_t seed) : rng_(seed) {}

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(rng_.below(bound)); }

  std::string next() {
    const std::size_t kind = below(100);
    if (kind < 30) return write();
    if (kind < 50) return read();
    if (kind < 75) return transaction();
    if (kind < 90) return schema();
    return upkeep();
  }

 private:
  std::string one_of(const std::vector<std::string>& texts) { return texts[below(texts.size())]; }
  std::string table() { return fmt::format("t{}", below(5)); }
  std::string savepoint() { return fmt::format("s{}", below(3)); }
  std::string value() {
    return one_of({fmt::format("{}", below(1000)), fmt::format("'text {}'", below(1000)),
                   fmt::format("zeroblob({})", below(6000)), "NULL", "3.5"});
  }

  std::string write() {
    const std::string name = table();
    const std::size_t key = below(200);
    return one_of(
        {fmt::format("INSERT INTO {} (a, b) VALUES ({}, {})", name, key, value()),
         fmt::format("INSERT OR REPLACE INTO {} (a, b) VALUES ({}, {}), ({}, {})", name, key,
                     value(), key + 1, value()),
         fmt::format("INSERT OR IGNORE INTO {} (a, b) SELECT a + {}, b FROM {} LIMIT 50", name, key,
                     table()),
         fmt::format("UPDATE {} SET b = {} WHERE a % {} = 0", name, value(), 1 + below(9)),
         fmt::format("UPDATE OR IGNORE {} SET a = a + {} WHERE a < {}", name, below(50), key),
         fmt::format("DELETE FROM {} WHERE a BETWEEN {} AND {}", name, key, key + below(60)),
         fmt::format("DELETE FROM {}", name)});
  }

  std::string read() {
    return one_of(
        {fmt::format("SELECT count(*), sum(a), sum(length(b)) FROM {}", table()),
         fmt::format("SELECT a, typeof(b), length(b) FROM {} ORDER BY b, a LIMIT 20", table()),
         fmt::format("SELECT x.a FROM {} AS x JOIN {} AS y ON x.a = y.a ORDER BY 1", table(),
                     table()),
         "SELECT name FROM sqlite_schema ORDER BY name", "SELECT * FROM temporary ORDER BY a",
         "PRAGMA page_count", "PRAGMA freelist_count"});
  }

  std::string transaction() {
    return one_of({"BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "COMMIT", "COMMIT", "COMMIT",
                   "ROLLBACK", "SAVEPOINT " + savepoint(), "RELEASE " + savepoint(),
                   "ROLLBACK TO " + savepoint()});
  }

  std::string schema() {
    const std::string name = table();
    return one_of({fmt::format("CREATE TABLE {} (a INTEGER PRIMARY KEY, b)", name),
                   fmt::format("CREATE TABLE IF NOT EXISTS {} (a UNIQUE, b) WITHOUT ROWID", name),
                   fmt::format("CREATE TABLE IF NOT EXISTS {} (a INTEGER PRIMARY KEY, b)", name),
                   fmt::format("CREATE INDEX IF NOT EXISTS i{} ON {} (b)", name, name),
                   fmt::format("DROP INDEX IF EXISTS i{}", name),
                   fmt::format("DROP TABLE IF EXISTS {}", name),
                   fmt::format("ALTER TABLE {} RENAME TO {}", name, table()),
                   "CREATE TEMP TABLE IF NOT EXISTS temporary AS SELECT * FROM " + table(),
                   "DROP TABLE IF EXISTS temporary"});
  }

  std::string upkeep() {
    return one_of({"VACUUM", "PRAGMA wal_checkpoint", "PRAGMA wal_checkpoint(FULL)",
                   "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA integrity_check", "REINDEX",
                   "PRAGMA user_version = 7", "PRAGMA user_version", "PRAGMA incremental_vacuum"});
  }

  sim::Rng rng_;
};

// A folder of its own for a database in a file.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "random-sql-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file() const { return path_ / "db"; }

 private:
  std::filesystem::path path_;
};

// Several sessions on one database.
class Sessions {
 public:
  using Open = std::function<sim::Answer<std::unique_ptr<sim::Session>>()>;
  // `open` asks nothing of the database, which may be locked.
  Sessions(Open open, JournalMode journal) : open_(std::move(open)), journal_(journal) {
    for (std::size_t i = 0; i < count; ++i) open_again(i);
  }
  static constexpr std::size_t count = 3;

  void open_again(std::size_t number) {
    sessions_[number].reset();
    sessions_[number] = open_().value();
    for (const std::string& setting :
         {fmt::format("PRAGMA journal_mode = {}", to_string(journal_)),
          std::string("PRAGMA synchronous = OFF"), std::string("PRAGMA cache_size = 5")}) {
      answer_of(*sessions_[number], setting);
    }
  }
  std::string answer(std::size_t number, const std::string& sql) {
    return answer_of(*sessions_[number], sql);
  }
  std::string dump() {
    for (std::size_t i = 0; i < count; ++i) answer(i, "ROLLBACK");
    std::string text = answer(0, "SELECT name, sql FROM sqlite_schema ORDER BY name");
    for (int table = 0; table < 5; ++table) {
      text += answer(0, fmt::format("SELECT a, hex(b) FROM t{} ORDER BY a", table));
    }
    return text + answer(0, "PRAGMA integrity_check");
  }

 private:
  Open open_;
  JournalMode journal_;
  std::array<std::unique_ptr<sim::Session>, count> sessions_;
};

class RandomSqlTest : public testing::TestWithParam<JournalMode> {};

TEST_P(RandomSqlTest, IsAnsweredAsBySqlitesOwnVfs) {
  const JournalMode journal = GetParam();
  const TemporaryFolder folder;
  DiskWorld world;
  sim::SqliteEngine file(folder.file(), {});
  Sessions ours([&] { return world.database.look(); }, journal);
  Sessions theirs([&] { return file.connect(); }, journal);
  RandomSql random(static_cast<std::uint64_t>(journal) + 1);
  std::map<std::string, int> answers;
  const bool is_usual = journal == JournalMode::remove || journal == JournalMode::wal;
  const int count = is_usual ? 10'000 : 2'500;
  for (int i = 0; i < count; ++i) {
    const std::size_t session = random.below(Sessions::count);
    if (random.below(200) == 0) {
      ours.open_again(session);
      theirs.open_again(session);
    }
    const std::string sql = random.next();
    const std::string found = ours.answer(session, sql);
    ASSERT_EQ(found, theirs.answer(session, sql)) << i << ": " << sql;
    ++answers[found.substr(0, 12)];
  }
  EXPECT_EQ(ours.dump(), theirs.dump());
  // Neither nothing but errors, nor none.
  EXPECT_GT(answers["SQLITE_BUSY"], count / 100);
  EXPECT_GT(answers[""], count / 10);
}

INSTANTIATE_TEST_SUITE_P(Disk, RandomSqlTest,
                         testing::Values(JournalMode::remove, JournalMode::truncate,
                                         JournalMode::persist, JournalMode::wal),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace splitproof::tests
