// Each oracle on the smallest run that breaks its rule and on the nearest one that does not, all
// written by hand.
#include "harness/oracle/oracles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splitproof::harness {
namespace {

using sim::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Outcome committed = Outcome::committed;
constexpr Outcome aborted = Outcome::aborted;
constexpr Outcome in_doubt = Outcome::indeterminate;

std::shared_ptr<const Observation> state(const std::string& digest) {
  Observation observation;
  observation.digest = digest;
  return std::make_shared<const Observation>(std::move(observation));
}

// One operation: the clean states are "before" and "clean".
References one_operation() {
  References references;
  references.by_operations = {{0, state("before")}, {1, state("clean")}};
  references.all = 1;
  references.titles = {"pay"};
  return references;
}

// Two operations; what each alone leaves is known.
References two_operations() {
  References references;
  references.by_operations = {
      {0, state("before")}, {1, state("first")}, {2, state("second")}, {3, state("clean")}};
  references.all = 3;
  references.titles = {"pay", "book"};
  return references;
}

std::vector<Told> told(const std::vector<Outcome>& outcomes) {
  std::vector<Told> all;
  for (const Outcome outcome : outcomes) {
    Told one;
    one.operation = static_cast<int>(all.size());
    one.outcome = outcome;
    if (outcome != committed) one.why = "the disk is full";
    all.push_back(one);
  }
  return all;
}

// A run in which something struck.
RunRecord run(const std::vector<Outcome>& first, const std::string& held) {
  RunRecord record;
  record.plan.strikes = {{'a', 2, DropConnection{}, false}};
  record.fired = {{DropConnection{}, 1}};
  record.first = told(first);
  record.last = record.first;
  record.after = state(held);
  record.finally = record.after;
  record.history.told = record.first;
  return record;
}

RunRecord retried(const std::vector<Outcome>& first, const std::string& held,
                  const std::vector<Outcome>& last, const std::string& finally) {
  RunRecord record = run(first, held);
  record.last = told(last);
  record.finally = state(finally);
  return record;
}

std::size_t objections(const RunRecord& record, const References& references) {
  return told_equals_held(record, references).size();
}

TEST(ToldEqualsHeld, WantsTheWholeEffectOfWhatWasToldCommitted) {
  EXPECT_EQ(objections(run({committed}, "clean"), one_operation()), 0U);
  EXPECT_EQ(objections(run({committed}, "before"), one_operation()), 1U);
  EXPECT_EQ(objections(run({committed}, "half"), one_operation()), 1U);
}

TEST(ToldEqualsHeld, WantsNothingOfWhatWasToldAborted) {
  EXPECT_EQ(objections(run({aborted}, "before"), one_operation()), 0U);
  EXPECT_EQ(objections(run({aborted}, "clean"), one_operation()), 1U);
  EXPECT_EQ(objections(run({aborted}, "half"), one_operation()), 1U);
}

TEST(ToldEqualsHeld, AllowsEitherAndNoHalfWhereTheOutcomeIsIndeterminate) {
  EXPECT_EQ(objections(run({in_doubt}, "before"), one_operation()), 0U);
  EXPECT_EQ(objections(run({in_doubt}, "clean"), one_operation()), 0U);
  EXPECT_EQ(objections(run({in_doubt}, "half"), one_operation()), 1U);
}

TEST(ToldEqualsHeld, JudgesEveryOperationOfTheRun) {
  const References references = two_operations();
  EXPECT_EQ(objections(run({aborted, committed}, "second"), references), 0U);
  EXPECT_EQ(objections(run({aborted, committed}, "first"), references), 1U);
  EXPECT_EQ(objections(run({aborted, committed}, "clean"), references), 1U);
  EXPECT_EQ(objections(run({committed, in_doubt}, "first"), references), 0U);
  EXPECT_EQ(objections(run({committed, in_doubt}, "clean"), references), 0U);
  EXPECT_EQ(objections(run({committed, in_doubt}, "second"), references), 1U);
  EXPECT_EQ(objections(run({in_doubt, in_doubt}, "second"), references), 0U);
}

TEST(ToldEqualsHeld, NamesWhatWasToldAndWhatWouldHaveBeenRight) {
  const auto found = told_equals_held(run({committed, in_doubt}, "half"), two_operations());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].oracle, "told-equals-held");
  EXPECT_EQ(found[0].severity, "violation");
  EXPECT_THAT(found[0].because, HasSubstr("'pay': committed; 'book': indeterminate"));
  EXPECT_THAT(found[0].right, ElementsAre(1U, 3U));
  EXPECT_FALSE(found[0].in_final_state);
}

TEST(ToldEqualsHeld, ObjectsWhereNoCleanRunGivesWhatWasTold) {
  References references = two_operations();
  // The second operation cannot commit without the first.
  references.by_operations.erase(2);
  const auto found = told_equals_held(run({aborted, committed}, "clean"), references);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].right, ElementsAre(0U));
}

TEST(Converges, AsksNothingWhereEverythingWasToldCommittedAtOnce) {
  EXPECT_THAT(converges(run({committed}, "half"), one_operation()), IsEmpty());
}

TEST(Converges, WantsTheCleanStateAfterTheRetries) {
  EXPECT_THAT(converges(retried({aborted}, "before", {committed}, "clean"), one_operation()),
              IsEmpty());
  const auto found =
      converges(retried({aborted}, "before", {committed}, "doubled"), one_operation());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].oracle, "converges");
  EXPECT_EQ(found[0].severity, "violation");
  EXPECT_TRUE(found[0].in_final_state);
  EXPECT_THAT(found[0].right, ElementsAre(1U));
}

TEST(Converges, WantsARetryWithoutFaultsToBeToldCommitted) {
  for (const Outcome last : {aborted, in_doubt}) {
    const auto found = converges(retried({aborted}, "before", {last}, "before"), one_operation());
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].oracle, "converges");
    EXPECT_THAT(found[0].because, HasSubstr("'pay' was retried"));
    EXPECT_THAT(found[0].because, HasSubstr("the disk is full"));
  }
  EXPECT_THAT(converges(retried({aborted}, "before", {aborted}, "clean"), one_operation()),
              SizeIs(1))
      << "what was told aborted and is there all the same is no safe refusal";
}

TEST(Converges, CallsDoublingAfterAnUnansweredCommitAnUnsafeRetry) {
  const auto found =
      converges(retried({in_doubt}, "clean", {committed}, "doubled"), one_operation());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].oracle, "unsafe-retry");
  EXPECT_EQ(found[0].severity, "warning");
  EXPECT_TRUE(found[0].in_final_state);
}

TEST(Converges, DoesNotExcuseDoublingWhereTheUnansweredCommitHadNotHappened) {
  const auto found =
      converges(retried({in_doubt}, "before", {committed}, "doubled"), one_operation());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].oracle, "converges");
}

TEST(Converges, AcceptsThatARetryOfWhatWasCommittedInDoubtIsRefused) {
  EXPECT_THAT(converges(retried({in_doubt}, "clean", {aborted}, "clean"), one_operation()),
              IsEmpty());
  EXPECT_THAT(converges(retried({in_doubt}, "clean", {aborted}, "doubled"), one_operation()),
              SizeIs(1));
  EXPECT_THAT(converges(retried({in_doubt}, "before", {aborted}, "before"), one_operation()),
              SizeIs(1));
}

TEST(Converges, LooksForDoubtInTheOperationThatWasInDoubt) {
  const References references = two_operations();
  const auto found = converges(
      retried({committed, in_doubt}, "first", {committed, committed}, "doubled"), references);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].oracle, "converges") << "the doubtful one had not been carried out";
}

TEST(Completes, WantsCommittedAtOnceWhereNothingStruck) {
  RunRecord clean = run({aborted}, "before");
  clean.plan = {};
  clean.fired = {};
  const auto found = completes(clean, one_operation());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].oracle, "completes");
  EXPECT_THAT(found[0].because, HasSubstr("'pay': aborted"));
  EXPECT_THAT(found[0].because, HasSubstr("the disk is full"));
  clean.first = told({in_doubt});
  EXPECT_THAT(completes(clean, one_operation()), SizeIs(1));
  clean.first = told({committed});
  EXPECT_THAT(completes(clean, one_operation()), IsEmpty());
}

TEST(Completes, AsksNothingOfARunThatWasStruck) {
  EXPECT_THAT(completes(run({aborted}, "before"), one_operation()), IsEmpty());
}

TEST(HandBack, ObjectsToAnOpenTransactionAfterAnyAttempt) {
  RunRecord record = retried({aborted}, "before", {committed}, "clean");
  record.history.told.push_back(told({committed}).front());
  EXPECT_THAT(hand_back(record, one_operation()), IsEmpty());
  record.history.told[1].left_open = {"connection 2: a transaction is open"};
  const auto found = hand_back(record, one_operation());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].oracle, "hand-back");
  EXPECT_THAT(found[0].because, HasSubstr("After 'pay' (committed)"));
  EXPECT_THAT(found[0].damage,
              ElementsAre(Damage{"open-transaction", "connection 2: a transaction is open"}));
}

RunRecord breached(const std::vector<Breach>& after, const std::vector<Breach>& finally) {
  RunRecord record = retried({aborted}, "before", {committed}, "clean");
  Observation first = *record.after;
  first.breaches = after;
  Observation last = *record.finally;
  last.breaches = finally;
  record.after = std::make_shared<const Observation>(first);
  record.finally = std::make_shared<const Observation>(last);
  return record;
}

TEST(Invariants, HoldInEveryStateWhereTheyAreSaidToHoldAlways) {
  const Breach breach{"total", true, 2, "total = 99"};
  EXPECT_THAT(invariants(breached({}, {}), one_operation()), IsEmpty());
  const auto found = invariants(breached({breach}, {}), one_operation());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].oracle, "invariant");
  EXPECT_FALSE(found[0].in_final_state);
  EXPECT_EQ(found[0].because, "When the faults stopped, 2 rows violate it; the first: total = 99.");
  EXPECT_THAT(invariants(breached({breach}, {breach}), one_operation()), SizeIs(1))
      << "one objection per invariant";
}

TEST(Invariants, OfTheEndAreJudgedAfterTheRetriesOnly) {
  const Breach breach{"complete", false, 1, "day = 1"};
  EXPECT_THAT(invariants(breached({breach}, {}), one_operation()), IsEmpty());
  const auto found = invariants(breached({breach}, {breach}), one_operation());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_TRUE(found[0].in_final_state);
  EXPECT_THAT(found[0].because, HasSubstr("After the retries"));
}

TEST(Oracles, AreAskedInOneOrder) {
  std::vector<std::string> names;
  for (const auto& [name, oracle] : all_oracles()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("told-equals-held", "converges", "completes", "serializable",
                                 "intermediate-read", "hand-back", "invariant", "recovers"));
}

}  // namespace
}  // namespace splitproof::harness
