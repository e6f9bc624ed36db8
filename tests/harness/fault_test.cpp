// Faults as values: their text, their families, and at which points they can occur in the real
// world.
#include "harness/plan/fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using sim::Dialect;
using Kind = sim::StatementKind;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TransactionState outside{};
constexpr TransactionState open{.open = true};
constexpr TransactionState open_writing{.open = true, .has_write_lock = true};
constexpr TransactionState failed{.open = true, .failed = true};
constexpr TransactionState repeatable{.open = true, .serializable = true};
constexpr TransactionState serializable{
    .open = true, .serializable = true, .commit_may_conflict = true};

struct Possible {
  const char* fault;
  Dialect dialect;
  Kind kind;
  TransactionState transaction;
  bool expected;
  bool immediate = false;
};

void expect_all(const std::vector<Possible>& cases) {
  for (const Possible& one : cases) {
    FaultPoint point;
    point.kind = one.kind;
    point.dialect = one.dialect;
    point.transaction = one.transaction;
    point.immediate = one.immediate;
    EXPECT_EQ(can_strike(fault_of(one.fault), point), one.expected)
        << one.fault << " at a " << to_string(one.kind) << " on " << to_string(one.dialect)
        << ", open " << one.transaction.open << ", failed " << one.transaction.failed
        << ", serializable " << one.transaction.serializable << ", write lock "
        << one.transaction.has_write_lock << ", immediate " << one.immediate;
  }
}

TEST(CanStrike, KnowsWherePostgresReportsWhatWritingMayRunInto) {
  std::vector<Possible> cases;
  for (const char* fault : {"error:23505", "error:40P01", "error:53100"}) {
    cases.push_back({fault, Dialect::postgres, Kind::write, outside, true});
    cases.push_back({fault, Dialect::postgres, Kind::write, open, true});
    cases.push_back({fault, Dialect::postgres, Kind::write, failed, false});
    for (const Kind kind : {Kind::read, Kind::begin, Kind::commit, Kind::rollback, Kind::savepoint,
                            Kind::release, Kind::rollback_to}) {
      cases.push_back({fault, Dialect::postgres, kind, open, false});
    }
  }
  expect_all(cases);
}

TEST(CanStrike, KnowsWherePostgresFindsASerializationConflict) {
  expect_all({
      {"error:40001", Dialect::postgres, Kind::read, repeatable, true},
      {"error:40001", Dialect::postgres, Kind::write, repeatable, true},
      {"error:40001", Dialect::postgres, Kind::write, open, false},
      {"error:40001", Dialect::postgres, Kind::write, outside, false},
      {"error:40001", Dialect::postgres, Kind::commit, serializable, true},
      {"error:40001", Dialect::postgres, Kind::commit, repeatable, false},
      {"error:40001", Dialect::postgres, Kind::begin, serializable, false},
      {"error:40001", Dialect::postgres, Kind::rollback, serializable, false},
      {"error:40001", Dialect::postgres, Kind::savepoint, serializable, false},
  });
}

TEST(CanStrike, LetsPostgresCancelQueriesAndNothingElse) {
  expect_all({
      {"error:57014", Dialect::postgres, Kind::read, outside, true},
      {"error:57014", Dialect::postgres, Kind::write, open, true},
      {"error:57014", Dialect::postgres, Kind::read, failed, false},
      {"error:57014", Dialect::postgres, Kind::begin, outside, false},
      {"error:57014", Dialect::postgres, Kind::commit, open, false},
      {"error:57014", Dialect::postgres, Kind::rollback, open, false},
      {"error:42P01", Dialect::postgres, Kind::read, outside, true},
      {"error:42P01", Dialect::postgres, Kind::commit, open, false},
  });
}

TEST(CanStrike, KnowsWhereSqliteIsBusy) {
  expect_all({
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::begin, outside, true, true},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::begin, outside, false},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::commit, open_writing, true},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::commit, outside, false},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::write, outside, true},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::write, open, true},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::write, open_writing, false},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::read, outside, true},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::read, open, false},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::rollback, open, false},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::savepoint, open, false},
      {"error:SQLITE_BUSY", Dialect::sqlite, Kind::release, open, false},
  });
}

TEST(CanStrike, KnowsWhereSqliteReadsAndWritesTheDisk) {
  std::vector<Possible> cases;
  for (const char* fault : {"error:SQLITE_FULL", "error:SQLITE_IOERR_WRITE"}) {
    cases.push_back({fault, Dialect::sqlite, Kind::write, outside, true});
    cases.push_back({fault, Dialect::sqlite, Kind::write, open, true});
    cases.push_back({fault, Dialect::sqlite, Kind::commit, open, true});
    cases.push_back({fault, Dialect::sqlite, Kind::commit, outside, false});
    cases.push_back({fault, Dialect::sqlite, Kind::read, open, false});
    cases.push_back({fault, Dialect::sqlite, Kind::begin, outside, false});
  }
  cases.push_back({"error:SQLITE_IOERR_READ", Dialect::sqlite, Kind::read, outside, true});
  cases.push_back({"error:SQLITE_IOERR_READ", Dialect::sqlite, Kind::write, open, false});
  cases.push_back({"error:SQLITE_NOMEM", Dialect::sqlite, Kind::read, open, true});
  cases.push_back({"error:SQLITE_NOMEM", Dialect::sqlite, Kind::commit, open, true});
  cases.push_back({"error:SQLITE_NOMEM", Dialect::sqlite, Kind::savepoint, open, false});
  cases.push_back({"error:SQLITE_CONSTRAINT_UNIQUE", Dialect::sqlite, Kind::write, open, true});
  cases.push_back({"error:SQLITE_CONSTRAINT_UNIQUE", Dialect::sqlite, Kind::commit, open, false});
  cases.push_back({"error:SQLITE_CONSTRAINT_UNIQUE", Dialect::sqlite, Kind::read, open, false});
  cases.push_back({"error:SQLITE_CORRUPT", Dialect::sqlite, Kind::read, open, true});
  cases.push_back({"error:SQLITE_CORRUPT", Dialect::sqlite, Kind::rollback, open, false});
  expect_all(cases);
}

TEST(CanStrike, LetsSqliteRollBackByItselfOnlyWhatWritesInsideATransaction) {
  std::vector<Possible> cases;
  for (const char* fault : {"error:SQLITE_FULL+rollback", "error:SQLITE_IOERR_WRITE+rollback",
                            "error:SQLITE_NOMEM+rollback"}) {
    cases.push_back({fault, Dialect::sqlite, Kind::write, open, true});
    cases.push_back({fault, Dialect::sqlite, Kind::commit, open, true});
    cases.push_back({fault, Dialect::sqlite, Kind::write, outside, false});
    cases.push_back({fault, Dialect::sqlite, Kind::read, open, false});
    cases.push_back({fault, Dialect::sqlite, Kind::begin, outside, false});
  }
  // An interrupted write always takes its transaction with it, an interrupted read never does.
  cases.push_back({"error:SQLITE_INTERRUPT+rollback", Dialect::sqlite, Kind::write, open, true});
  cases.push_back({"error:SQLITE_INTERRUPT", Dialect::sqlite, Kind::write, open, false});
  cases.push_back({"error:SQLITE_INTERRUPT", Dialect::sqlite, Kind::write, outside, true});
  cases.push_back({"error:SQLITE_INTERRUPT", Dialect::sqlite, Kind::read, open, true});
  cases.push_back({"error:SQLITE_INTERRUPT+rollback", Dialect::sqlite, Kind::read, open, false});
  cases.push_back({"error:SQLITE_INTERRUPT+rollback", Dialect::sqlite, Kind::commit, open, false});
  expect_all(cases);
}

TEST(CanStrike, RefusesTheCodesOfTheOtherEngine) {
  expect_all({
      {"error:SQLITE_FULL", Dialect::postgres, Kind::write, open, false},
      {"error:SQLITE_CORRUPT", Dialect::postgres, Kind::read, open, false},
      {"error:53100", Dialect::sqlite, Kind::write, open, false},
      {"error:42P01", Dialect::sqlite, Kind::read, open, false},
  });
}

TEST(CanStrike, LetsTheProgramThrowOnlyWhereItsOwnCodeRuns) {
  for (const Dialect dialect : {Dialect::sqlite, Dialect::postgres}) {
    for (const char* fault : {"throw", "throw-after"}) {
      expect_all({{fault, dialect, Kind::read, open, true},
                  {fault, dialect, Kind::write, outside, true},
                  {fault, dialect, Kind::begin, outside, false},
                  {fault, dialect, Kind::commit, open, false},
                  {fault, dialect, Kind::rollback, open, false},
                  {fault, dialect, Kind::savepoint, open, false},
                  {fault, dialect, Kind::rollback_to, open, false}});
    }
    expect_all({{"throw-after", dialect, Kind::release, open, true},
                {"throw", dialect, Kind::release, open, false}});
  }
}

TEST(CanStrike, LosesAConnectionAnywhere) {
  for (const Dialect dialect : {Dialect::sqlite, Dialect::postgres}) {
    for (const Kind kind : {Kind::begin, Kind::read, Kind::write, Kind::commit, Kind::rollback}) {
      expect_all(
          {{"drop", dialect, kind, failed, true}, {"lose-reply", dialect, kind, open, true}});
    }
  }
}

Texts texts_of(const std::vector<Fault>& faults) {
  Texts texts;
  for (const Fault& fault : faults) texts.push_back(to_string(fault));
  return texts;
}

TEST(Faults, AreListedPerEngineInTheOrderOfTheSweep) {
  EXPECT_THAT(
      texts_of(faults_of(Dialect::postgres, {})),
      ElementsAre("error:23505", "error:40001", "error:40P01", "error:53100", "error:57014",
                  "throw", "throw-after", "drop", "lose-reply", "terminate", "terminate-after",
                  "crash", "crash-unanswered", "crash-after", "kill", "kill-after", "full-disk"));
  EXPECT_THAT(
      texts_of(faults_of(Dialect::sqlite, {})),
      ElementsAre("error:SQLITE_CONSTRAINT_UNIQUE", "error:SQLITE_BUSY", "error:SQLITE_FULL",
                  "error:SQLITE_FULL+rollback", "error:SQLITE_IOERR_WRITE",
                  "error:SQLITE_IOERR_WRITE+rollback", "error:SQLITE_IOERR_READ",
                  "error:SQLITE_NOMEM", "error:SQLITE_NOMEM+rollback", "error:SQLITE_INTERRUPT",
                  "error:SQLITE_INTERRUPT+rollback", "throw", "throw-after", "drop", "lose-reply",
                  "kill", "kill-after"));
}

TEST(Faults, AreChosenByFamily) {
  EXPECT_THAT(texts_of(faults_of(Dialect::postgres, {"drop", "throw"})),
              ElementsAre("throw", "throw-after", "drop"));
  EXPECT_THAT(texts_of(faults_of(Dialect::sqlite, {"lose-reply"})), ElementsAre("lose-reply"));
  EXPECT_THAT(faults_of(Dialect::sqlite, {"earthquake"}), IsEmpty());
  EXPECT_THAT(texts_of(faults_of(Dialect::postgres, {"kill-backend"})),
              ElementsAre("kill-backend", "kill-backend-unanswered", "kill-backend-after"));
  EXPECT_THAT(texts_of(faults_of_programs(Dialect::postgres, {"immediate-stop"})),
              ElementsAre("immediate-stop", "immediate-stop-unanswered", "immediate-stop-after"));
  EXPECT_THAT(faults_of(Dialect::sqlite, {"kill-backend", "immediate-stop"}), IsEmpty());
  for (const Dialect dialect : {Dialect::sqlite, Dialect::postgres}) {
    for (const Fault& fault : faults_of(dialect, {})) {
      EXPECT_EQ(std::ranges::count(fault_families(), family(fault)), 1) << to_string(fault);
    }
  }
}

TEST(Faults, HaveATypicalOnePerFamily) {
  EXPECT_EQ(typical_fault(Dialect::postgres, "error"), Fault{RaiseError{"53100"}});
  EXPECT_EQ(typical_fault(Dialect::sqlite, "error"), Fault{RaiseError{"SQLITE_FULL"}});
  EXPECT_EQ(typical_fault(Dialect::sqlite, "throw"), Fault{ThrowException{}});
  EXPECT_EQ(typical_fault(Dialect::sqlite, "drop"), Fault{DropConnection{}});
  EXPECT_EQ(typical_fault(Dialect::sqlite, "lose-reply"), Fault{LoseReply{}});
  EXPECT_EQ(typical_fault(Dialect::sqlite, "earthquake"), std::nullopt);
}

TEST(Faults, ReadBackWhatTheyAreWrittenAs) {
  for (const Dialect dialect : {Dialect::sqlite, Dialect::postgres}) {
    for (const Fault& fault : faults_of(dialect, {})) {
      EXPECT_EQ(parse_fault(to_string(fault)), fault);
    }
  }
}

TEST(Faults, AreNotReadFromOtherWords) {
  for (const char* text :
       {"", "err", "error", "error:", "error:+rollback", "error:full", "throws", "throw-before",
        "drop ", "lose reply", "error:53100+rollback+rollback"}) {
    EXPECT_EQ(parse_fault(text), std::nullopt) << text;
  }
}

TEST(Faults, AreSaidInWordsThatFollowThen) {
  EXPECT_EQ(in_words(fault_of("error:53100")), "the disk is full (53100)");
  EXPECT_EQ(in_words(fault_of("error:SQLITE_FULL+rollback")),
            "the disk is full (SQLITE_FULL), and the engine rolls the transaction back by itself");
  EXPECT_EQ(in_words(fault_of("error:42P01")), "an error (42P01)");
  EXPECT_EQ(in_words(fault_of("throw")), "the program throws an exception right before it");
  EXPECT_EQ(in_words(fault_of("throw-after")), "the program throws an exception right after it");
  EXPECT_EQ(in_words(fault_of("drop")), "the connection is lost before it is sent");
  EXPECT_EQ(in_words(fault_of("lose-reply")),
            "it is executed, and its answer is lost with the connection");
}

}  // namespace
}  // namespace splitproof::harness
