// Errors of the disk under SQLite: each operation of a transaction fails, once and from there on.
// What was told is what the next one finds, and what was not committed is not there by halves.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "sim/disk/power_loss.h"
#include "tests/disk/support.h"

namespace splitproof::tests {
namespace {

using sim::DiskAct;
using sim::DiskCode;
using sim::DiskOperation;
using sim::DiskVerdict;
using sim::JournalMode;
using testing::AnyOf;
using testing::ElementsAre;
namespace disk_code = sim::disk_code;

// What goes wrong, and where it can.
struct DiskError {
  std::string name;
  std::function<bool(const DiskOperation&)> fits;
  std::function<DiskVerdict(const DiskOperation&)> verdict;
};

DiskVerdict failure(DiskCode code, std::uint64_t done = 0) {
  return {.kind = DiskVerdict::Kind::fail, .code = code, .done = done};
}

const std::vector<DiskError>& disk_errors() {
  static const std::vector<DiskError> all{
      {"EIO", [](const DiskOperation&) { return true; },
       [](const DiskOperation& operation) { return failure(usual_failure(operation.act)); }},
      {"FULL", [](const DiskOperation& operation) { return operation.act == DiskAct::write; },
       [](const DiskOperation& operation) {
         return failure(disk_code::full, operation.length / 2);
       }},
      {"SHORT_READ", [](const DiskOperation& operation) { return operation.act == DiskAct::read; },
       [](const DiskOperation&) { return failure(disk_code::io_short_read); }},
      {"LOST_SYNC", [](const DiskOperation& operation) { return operation.act == DiskAct::sync; },
       [](const DiskOperation&) {
         return DiskVerdict{.kind = DiskVerdict::Kind::fail_and_lose, .code = disk_code::io_sync};
       }},
      {"BUSY", [](const DiskOperation& operation) { return operation.act == DiskAct::lock; },
       [](const DiskOperation&) { return failure(disk_code::busy); }},
      {"NO_MEMORY", [](const DiskOperation&) { return true; },
       [](const DiskOperation&) { return failure(disk_code::io_no_memory); }},
  };
  return all;
}

const DiskError& disk_error(const std::string& name) {
  return *std::ranges::find(disk_errors(), name, &DiskError::name);
}

// Lets the n-th operation that fits fail, and all after it where it is persistent.
class FailNth final : public sim::DiskGate {
 public:
  FailNth(const DiskError& error, int ordinal, bool persistent)
      : error_(error), ordinal_(ordinal), persistent_(persistent) {}
  DiskVerdict judge(const DiskOperation& operation) override {
    if (!error_.fits(operation)) return {};
    ++seen_;
    if (persistent_ ? seen_ < ordinal_ : seen_ != ordinal_) return {};
    if (struck.empty()) struck = fmt::format("{} {}", to_string(operation.act), operation.name);
    return error_.verdict(operation);
  }
  void done(const DiskOperation& /*operation*/, DiskCode /*code*/) override {}

  std::string struck;  // The first operation that failed.

 private:
  const DiskError& error_;
  int ordinal_;
  bool persistent_;
  int seen_ = 0;
};

const std::vector<std::string> statements = {"BEGIN", "INSERT INTO t VALUES (1, 'one')",
                                             "INSERT INTO t VALUES (2, zeroblob(9000))",
                                             "INSERT INTO t VALUES (3, 'three')", "COMMIT"};

class DiskErrorTest : public testing::TestWithParam<std::tuple<JournalMode, std::size_t, bool>> {
 protected:
  DiskErrorTest() {
    sim::DiskDatabaseOptions options;
    options.journal = std::get<0>(GetParam());
    options.cache_pages = 2;
    world_.emplace(persona("honest"), options);
    run(*open(world_->database), "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
    image_ = world_->disk.state().seen();
  }

  // What was told, and what was found by the next session.
  std::string outcome(FailNth& gate) {
    world_->disk.restore(image_);
    auto session = open(world_->database);
    world_->disk.set_gate(&gate);
    std::string told = "told";
    for (const std::string& sql : statements) {
      if (answer_of(*session, sql).empty()) continue;
      told = sql == "COMMIT" ? "in doubt" : "refused";
      answer_of(*session, "ROLLBACK");
      break;
    }
    session.reset();
    world_->disk.set_gate(nullptr);
    const auto next = open(world_->database);
    std::string found = answer_of(*next, "PRAGMA integrity_check");
    if (found == "ok ") found = answer_of(*next, "SELECT count(*) FROM t");
    return told + ", " + found;
  }

  std::optional<DiskWorld> world_;
  sim::DiskImage image_;
};

TEST_P(DiskErrorTest, LeavesAllOrNothing) {
  const auto [journal, which, persistent] = GetParam();
  const DiskError& error = disk_errors()[which];
  int struck = 0;
  for (int ordinal = 1;; ++ordinal) {
    ASSERT_LT(ordinal, 1000) << "it never ends";
    FailNth gate(error, ordinal, persistent);
    const std::string found = outcome(gate);
    if (gate.struck.empty()) {
      EXPECT_EQ(found, "told, 3 ") << "nothing failed";
      break;
    }
    ++struck;
    // A COMMIT that fails may be durable all the same: where the last sync fails, of a WAL or of a
    // journal that is over already.
    EXPECT_THAT(found, AnyOf("told, 3 ", "refused, 0 ", "in doubt, 0 ", "in doubt, 3 "))
        << ordinal << ": " << gate.struck;
  }
  EXPECT_GT(struck, 0);
}

INSTANTIATE_TEST_SUITE_P(Disk, DiskErrorTest,
                         testing::Combine(testing::Values(JournalMode::remove,
                                                          JournalMode::truncate,
                                                          JournalMode::persist, JournalMode::wal),
                                          testing::Range(std::size_t{0}, disk_errors().size()),
                                          testing::Bool()),
                         [](const auto& test) {
                           return fmt::format("{}_{}_{}", to_string(std::get<0>(test.param)),
                                              disk_errors()[std::get<1>(test.param)].name,
                                              std::get<2>(test.param) ? "persistent" : "once");
                         });

// Once a sync failed, what it was to write is not tried again by the system. Whoever then says that
// all is well must have written it again.
class FsyncTrap : public testing::TestWithParam<JournalMode> {
 protected:
  FsyncTrap() {
    options_.journal = GetParam();
    options_.synchronous = sim::Synchronous::extra;
    world_.emplace(persona("honest"), options_);
    run(*open(world_->database), "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
    image_ = world_->disk.state().seen();
  }

  // The transaction, once more if it failed: "told", or the error of the second time.
  std::string done_again(FailNth& gate) {
    world_->disk.restore(image_);
    const auto session = open(world_->database);
    world_->disk.set_gate(&gate);
    std::string told = attempt(*session);
    if (told != "told") told = attempt(*session);
    world_->disk.set_gate(nullptr);
    left_ = world_->disk.state();
    world_->disk.cut_power();
    return told;
  }

  static std::string attempt(sim::Session& session) {
    for (const std::string& sql : statements) {
      const std::string answer = answer_of(session, sql);
      if (answer.empty()) continue;
      answer_of(session, "ROLLBACK");
      return answer;
    }
    return "told";
  }

  // The rows that are there when the power fails afterwards, and what more is wrong.
  std::set<std::string> found_after_power_loss() {
    std::set<std::string> all;
    sim::PowerLoss(left_, world_->disk.persona()).visit({}, [&](const sim::CrashImage& image) {
      world_->disk.restore(image.image);
      const auto next = open(world_->database);
      all.insert(answer_of(*next, "PRAGMA integrity_check") +
                 answer_of(*next, "SELECT count(*) FROM t"));
      world_->disk.cut_power();
      return true;
    });
    return all;
  }

  sim::DiskDatabaseOptions options_;
  std::optional<DiskWorld> world_;
  sim::DiskImage image_;
  sim::DiskState left_;
};

TEST_P(FsyncTrap, CatchesNobodyWhoWritesAgain) {
  // The sync that tells that a journal is over is the last thing that a COMMIT does. Where it fails
  // the transaction can be seen, and is gone when the power fails: the client was told of an error.
  const bool ends_by_a_sync =
      GetParam() == JournalMode::truncate || GetParam() == JournalMode::persist;
  std::set<std::string> seen;
  for (int ordinal = 1;; ++ordinal) {
    ASSERT_LT(ordinal, 100) << "it never ends";
    FailNth gate(disk_error("LOST_SYNC"), ordinal, false);
    const std::string told = done_again(gate);
    seen.insert(told);
    EXPECT_THAT(found_after_power_loss(), ElementsAre(told == "told" ? "ok 3 " : "ok 0 "))
        << ordinal << ": " << gate.struck << ": " << told;
    if (gate.struck.empty()) break;
  }
  if (ends_by_a_sync) {
    EXPECT_THAT(seen, ElementsAre("SQLITE_CONSTRAINT_PRIMARYKEY", "told"));
  } else {
    EXPECT_THAT(seen, ElementsAre("told"));
  }
}

INSTANTIATE_TEST_SUITE_P(Disk, FsyncTrap,
                         testing::Values(JournalMode::remove, JournalMode::truncate,
                                         JournalMode::persist, JournalMode::wal),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace splitproof::tests
