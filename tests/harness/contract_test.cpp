// The contract matrix: what is left of what was committed, whether so much may be lost, and what
// becomes of a case whose storage does not keep what is promised of it.
#include "harness/oracle/contract.h"

#include <gmock/gmock.h>

#include "harness/run/contract_book.h"
#include "harness/run/expectation.h"
#include "tests/harness/on_disk.h"

namespace splitproof::harness {
namespace {

using sim::JournalMode;
using sim::Outcome;
using sim::Synchronous;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// A run of two operations, the second of which was struck, and what was promised for that.
class WhatIsLeft : public testing::Test {
 protected:
  WhatIsLeft() {
    references_.promises = {{Breakdown::process_killed, {true, true, "durable"}},
                            {Breakdown::power_lost, {true, false, "may roll back"}},
                            {Breakdown::error, {false, false, "nothing"}}};
    references_.all = 3;
    references_.by_operations = {
        {0U, state("neither")}, {1U, state("one")}, {2U, state("two alone")}, {3U, state("both")}};
    references_.committed = {"neither", "half of one", "one", "both"};
    strike("disk3=power:keep=10");
    told(Outcome::committed, Outcome::indeterminate);
  }

  static std::shared_ptr<const Observation> state(const std::string& digest) {
    Observation observation;
    observation.digest = digest;
    return std::make_shared<const Observation>(observation);
  }

  void strike(const std::string& plan) {
    run_.plan = plan_of(plan);
    run_.fired.clear();
    run_.history.events.clear();
    for (const Strike& strike : run_.plan.strikes) {
      Event event;
      event.client = strike.client;
      event.operation = 1;
      run_.fired.push_back({strike.fault, run_.history.events.size()});
      run_.history.events.push_back(event);
    }
  }

  void told(Outcome first, Outcome second) {
    run_.first.assign(2, {});
    run_.first[1].operation = 1;
    run_.first[0].outcome = first;
    run_.first[1].outcome = second;
  }

  Left left(const std::string& digest) {
    run_.after = state(digest);
    return left_of(run_, references_);
  }

  std::string clause(const std::string& digest) {
    run_.after = state(digest);
    return clause_that_allows(run_, references_);
  }

  References references_;
  RunRecord run_;
};

TEST_F(WhatIsLeft, IsKeptWhereAllThatWasToldIsThere) {
  EXPECT_EQ(left("one"), Left::kept);
  EXPECT_EQ(left("both"), Left::kept) << "it is in doubt";
}

TEST_F(WhatIsLeft, IsLostWhereSomethingThatWasToldIsMissing) {
  EXPECT_EQ(left("neither"), Left::lost);
  EXPECT_EQ(left("half of one"), Left::lost) << "the clean run has committed it, in parts";
}

TEST_F(WhatIsLeft, IsTornWhereItWasNeverCommittedOrToldAborted) {
  EXPECT_EQ(left("something else"), Left::torn);
  EXPECT_EQ(left("two alone"), Left::torn) << "the second without the first, which came before";
  told(Outcome::committed, Outcome::aborted);
  EXPECT_EQ(left("both"), Left::torn);
}

// The first alone was struck; the second was done on what was left of it.
TEST_F(WhatIsLeft, MayHoldWhatWasDoneAfterwards) {
  run_.history.events.front().operation = 0;
  told(Outcome::indeterminate, Outcome::committed);
  EXPECT_EQ(left("two alone"), Left::kept);
}

TEST_F(WhatIsLeft, IsKeptWhereAnErrorHasStoppedTheFirstOperationAlone) {
  strike("disk3=error:EIO");
  told(Outcome::aborted, Outcome::committed);
  EXPECT_EQ(left("two alone"), Left::kept);
  EXPECT_EQ(left("both"), Left::kept) << "its COMMIT may have been carried out";
  EXPECT_EQ(left("neither"), Left::lost);
}

TEST_F(WhatIsLeft, IsDamagedWhereTheDatabaseIsNotWhole) {
  run_.damaged = "integrity_check says: page 3 is never used";
  EXPECT_EQ(left("both"), Left::damaged);
  EXPECT_EQ(clause("both"), "");
}

TEST_F(WhatIsLeft, IsAllowedAsFarAsItIsPromised) {
  const Promise durable{true, true, ""};
  const Promise whole{true, false, ""};
  const Promise nothing{false, false, ""};
  for (const Left left : {Left::kept, Left::lost, Left::torn, Left::damaged}) {
    EXPECT_EQ(allows(durable, left), left == Left::kept);
    EXPECT_EQ(allows(whole, left), left == Left::kept || left == Left::lost);
    EXPECT_TRUE(allows(nothing, left));
  }
}

TEST_F(WhatIsLeft, IsExcusedByTheClauseOfItsFailureAlone) {
  EXPECT_EQ(clause("neither"), "may roll back");
  EXPECT_EQ(clause("half of one"), "") << "a split of the code is no loss of the storage";
  EXPECT_EQ(clause("one"), "") << "nothing is lost, so that something else is to blame";
  for (const char* const plan : {"disk3=power:keep=11", "disk3=kill"}) {
    strike(plan);
    EXPECT_EQ(clause("neither"), "") << plan;
  }
  strike("disk3=error:EIO");
  EXPECT_EQ(clause("half of one"), "nothing");
  strike("disk3=lose-sync");
  EXPECT_EQ(clause("neither"), "may roll back");
  references_.promises[Breakdown::power_lost] = {true, true, "durable"};
  EXPECT_EQ(clause("neither"), "");
  run_.history.events.front().kind = sim::StatementKind::commit;
  run_.history.events.front().answer = "error SQLITE_IOERR_FSYNC: disk I/O error";
  EXPECT_THAT(clause("neither"), StartsWith("a COMMIT that is answered with an error of the disk"));
  EXPECT_EQ(clause("half of one"), "");
  strike("disk3=error:SHORT_READ");
  EXPECT_THAT(clause("half of one"), StartsWith("a read that the file ends too early for"));
  references_.promises.clear();
  EXPECT_EQ(clause("half of one"), "") << "it is on no disk";
}

TEST_F(WhatIsLeft, IsOfTheWorstThatStruck) {
  EXPECT_EQ(failure_of(run_, references_), Breakdown::power_lost);
  strike("disk3=error:EIO disk5=power:keep=0");
  EXPECT_EQ(failure_of(run_, references_), Breakdown::power_lost);
  strike("disk3=lose-sync");
  EXPECT_EQ(failure_of(run_, references_), std::nullopt) << "half of it is an error";
  strike("a3=error:SQLITE_FULL");
  EXPECT_EQ(failure_of(run_, references_), std::nullopt) << "the statement failed, not the disk";
  strike("a3=crash");
  EXPECT_EQ(failure_of(run_, references_), std::nullopt) << "nothing is promised of a server here";
}

TEST_F(WhatIsLeft, IsCountedInTheCellOfItsFailure) {
  ContractBook book(references_, {"power", "kill"});
  run_.after = state("neither");
  book.note_images(run_, 7);
  run_.after = state("both");
  book.note_images(run_, 4);
  strike("disk3=kill");
  book.note(run_);
  run_.after = state("something else");
  book.note(run_);
  strike("disk3=error:EIO");
  book.note(run_);
  const std::vector<ContractCell> cells = book.cells();
  ASSERT_EQ(cells.size(), 2U) << "errors are not asked for";
  EXPECT_EQ(seen_in_words(cells[0]), "BROKEN: 1 of 2 moments (1 torn)");
  EXPECT_EQ(cells[0].plan, "disk3=kill");
  EXPECT_EQ(seen_in_words(cells[1]), "lost, as allowed: 7 of 11 images");
  EXPECT_EQ(cells[1].plan, "disk3=power:keep=10");
}

ContractCell cell_with(const std::string& failure, const std::string& promise,
                       const std::string& unit, std::int64_t tried) {
  ContractCell cell;
  cell.failure = failure;
  cell.promise = promise;
  cell.unit = unit;
  cell.tried = tried;
  return cell;
}

TEST(ContractWords, SayWhatWasSeen) {
  ContractCell cell = cell_with("power lost", "whole", "image", 0);
  EXPECT_EQ(seen_in_words(cell), "not tried");
  cell.tried = 998;
  EXPECT_EQ(seen_in_words(cell), "a loss is allowed and was not observed in 998 images");
  cell.lost = 9;
  cell.torn = 2;
  cell.damaged = 1;
  EXPECT_EQ(seen_in_words(cell), "lost, as allowed: 12 of 998 images (2 torn, 1 damaged)");
  cell.broken = 3;
  EXPECT_EQ(seen_in_words(cell), "BROKEN: 3 of 998 images (2 torn, 1 damaged)");
  EXPECT_EQ(seen_in_words(cell_with("process killed", "whole and durable", "moment", 1)),
            "kept in 1 moment");
}

TEST_F(OnDisk, EachFailureIsTriedAndAllIsKept) {
  const CaseOutcome outcome =
      run({JournalMode::remove, Synchronous::extra, "honest"}, in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  for (const char* const failure : {"process killed", "power lost", "error"}) {
    const ContractCell& cell = cell_of(outcome, failure);
    EXPECT_EQ(cell.promise, "whole and durable") << failure;
    EXPECT_GT(cell.tried, 10) << failure;
    EXPECT_EQ(not_kept(cell), 0) << failure;
    EXPECT_EQ(cell.plan, "") << failure;
  }
  EXPECT_EQ(cell_of(outcome, "process killed").tried, outcome.verdict.storage->moments)
      << "each moment of the clean run";
  EXPECT_GE(cell_of(outcome, "power lost").tried, outcome.verdict.storage->images);
}

TEST_F(OnDisk, ALossThatIsAllowedIsCountedWithItsPlan) {
  const StorageSetting setting{JournalMode::wal, Synchronous::normal, "honest"};
  const CaseOutcome outcome = run(setting, in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  const ContractCell& lost = cell_of(outcome, "power lost");
  EXPECT_GT(lost.lost, 0);
  EXPECT_EQ(lost.torn + lost.damaged + lost.broken, 0);
  EXPECT_EQ(not_kept(cell_of(outcome, "process killed")), 0);
  const CaseOutcome again = run(setting, in_one_transaction(two_rows), false, lost.plan);
  EXPECT_EQ(cell_of(again, "power lost").lost, 1) << lost.plan;
  EXPECT_EQ(seen_in_words(cell_of(again, "error")), "not tried");
}

TEST_F(OnDisk, AKilledProcessLeavesWhatItWrote) {
  const StorageSetting setting{JournalMode::wal, Synchronous::off, "honest"};
  scenario_.faults = {"kill"};
  const CaseOutcome outcome = run(setting, in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_GT(cell_of(outcome, "process killed").tried, 3);
  EXPECT_TRUE(outcome.verdict.closed);
  EXPECT_EQ(outcome.verdict.contract->cells.size(), 1U);
  const CaseOutcome one = run(setting, in_one_transaction(two_rows), false, "disk1=kill");
  EXPECT_EQ(one.verdict.faults.fired, 1);
  EXPECT_THAT(one.ledger.back().told, ElementsAre("aborted"));
}

// Half of a transaction is in the database file, and no journal is there to undo it.
TEST_F(OnDisk, AKilledProcessWithoutAJournalMayLeaveAnything) {
  scenario_.faults = {"kill"};
  const StorageSetting setting{JournalMode::off, Synchronous::full, "honest"};
  const Texts rows{
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
      "INSERT INTO t SELECT i FROM n"};
  const CaseOutcome outcome = run(setting, in_one_transaction(rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  const ContractCell& cell = cell_of(outcome, "process killed");
  EXPECT_EQ(cell.promise, "nothing");
  EXPECT_GT(cell.torn + cell.damaged, 0) << seen_in_words(cell);
  EXPECT_EQ(cell.broken, 0);
}

// The mutant: more is promised than SQLite keeps.
TEST_F(OnDisk, APromiseThatIsTooStrongIsBrokenAndFailsTheCase) {
  const Promises too_strong{{Breakdown::process_killed, {true, true, "c"}},
                            {Breakdown::power_lost, {true, true, "c"}},
                            {Breakdown::error, {true, true, "c"}}};
  const CaseOutcome lost = run({JournalMode::wal, Synchronous::normal, "honest"},
                               in_one_transaction(two_rows), false, "", too_strong);
  EXPECT_EQ(lost.verdict.result, CaseResult::fail);
  EXPECT_THAT(lost.verdict.reason,
              StartsWith("a promise is broken: after the failure 'power lost' the database should "
                         "be whole and durable; BROKEN: "));
  EXPECT_GT(cell_of(lost, "power lost").broken, 0);
  EXPECT_THAT(oracles_of(lost), Contains("told-equals-held"));
  const CaseOutcome damaged = run({JournalMode::remove, Synchronous::off, "honest"},
                                  in_one_transaction(two_rows), false, "", too_strong);
  EXPECT_EQ(damaged.verdict.result, CaseResult::fail);
  EXPECT_GT(cell_of(damaged, "power lost").damaged, 0);
  EXPECT_THAT(oracles_of(damaged), Contains("recovers"));
}

// A broken promise is none of what a control of the storage is known for.
TEST_F(OnDisk, ABrokenPromiseIsNotHiddenByAControl) {
  Expected& expected = scenario_.variants.front().expect["sqlite"];
  expected.observed = Expectation::violated;
  expected.oracle = "told-equals-held";
  expected.also = {"recovers", "converges"};
  expected.damage = {"rows"};
  const StorageSetting setting{JournalMode::wal, Synchronous::normal, "honest"};
  const CaseOutcome caught = run(setting, in_one_transaction(two_rows), true);
  EXPECT_EQ(caught.verdict.result, CaseResult::pass) << caught.verdict.reason;
  const CaseOutcome broken = run(setting, in_one_transaction(two_rows), true, "",
                                 {{Breakdown::process_killed, {true, true, "c"}},
                                  {Breakdown::power_lost, {true, true, "c"}},
                                  {Breakdown::error, {true, true, "c"}}});
  EXPECT_EQ(broken.verdict.result, CaseResult::fail);
  EXPECT_THAT(broken.verdict.reason, StartsWith("a promise is broken"));
}

// The mutant: a disk that says it has synced, and has not.
TEST_F(OnDisk, ADiskThatIgnoresSyncsIsFoundWhereDurabilityIsClaimed) {
  scenario_.faults = {"power"};
  const StorageSetting setting{JournalMode::wal, Synchronous::full, "no-barrier"};
  const CaseOutcome told = run(setting, in_one_transaction(two_rows));
  EXPECT_EQ(told.verdict.result, CaseResult::pass) << told.verdict.reason;
  EXPECT_GT(not_kept(cell_of(told, "power lost")), 0);
  const CaseOutcome claimed = run(setting, in_one_transaction(two_rows), true);
  EXPECT_EQ(claimed.verdict.result, CaseResult::fail);
  EXPECT_THAT(oracles_of(claimed), Contains("told-equals-held"));
  EXPECT_EQ(claimed.verdict.contract->claim, "durable");
}

// Statements that commit one by one may be found half done, which is the code's fault.
TEST_F(OnDisk, ASplitOfTheCodeBreaksNoPromise) {
  const CaseOutcome outcome =
      run({JournalMode::remove, Synchronous::extra, "honest"}, each_alone(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail);
  EXPECT_THAT(oracles_of(outcome), Contains("told-equals-held"));
  for (const ContractCell& cell : outcome.verdict.contract->cells) {
    EXPECT_EQ(cell.broken, 0) << cell.failure;
  }
}

// The mutant: a sweep that never kills.
TEST(ContractVerdict, IsVacuousWhereNothingWasTriedOfAFailure) {
  CaseVerdict verdict;
  verdict.faults = {.planned = 5, .fired = 5};
  verdict.closed = true;
  verdict.contract.emplace().cells = {cell_with("process killed", "nothing", "moment", 0),
                                      cell_with("error", "nothing", "run", 5)};
  conclude(verdict, {}, {});
  EXPECT_EQ(verdict.result, CaseResult::vacuous);
  EXPECT_EQ(verdict.reason, "nothing was tried of the failure 'process killed'");
  Facts single;
  single.single_plan = true;
  conclude(verdict, {}, single);
  EXPECT_EQ(verdict.result, CaseResult::pass) << verdict.reason;
}

// A promise that is broken without any oracle's word, as where one is blind.
TEST(ContractVerdict, FailsByABrokenPromiseAlone) {
  CaseVerdict verdict;
  verdict.faults = {.planned = 5, .fired = 5};
  verdict.closed = true;
  ContractCell cell = cell_with("error", "whole and durable", "run", 5);
  cell.torn = cell.broken = 1;
  verdict.contract.emplace().cells = {cell};
  conclude(verdict, {}, {});
  EXPECT_EQ(verdict.result, CaseResult::fail);
  EXPECT_EQ(verdict.reason,
            "a promise is broken: after the failure 'error' the database should be whole and "
            "durable; BROKEN: 1 of 5 runs (1 torn)");
}

}  // namespace
}  // namespace splitproof::harness
