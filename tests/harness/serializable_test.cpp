// The oracles of interleavings, on histories written by hand: the smallest that each objects to,
// and the nearest that it does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/oracles.h"
#include "harness/oracle/serial_runs.h"
#include "tests/harness/states.h"

namespace splitproof::harness {
namespace {

using sim::Outcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::shared_ptr<const Observation> holding(std::int64_t amount) {
  Observation observation;
  observation.state = {{"balance", table({"amount"}, {{num(amount)}})}};
  observation.digest = digest(observation.state);
  return std::make_shared<const Observation>(std::move(observation));
}

SerialRun serial(std::vector<int> order, std::int64_t ends_in,
                 std::map<int, std::vector<Answered>> answers = {}) {
  SerialRun run;
  for (const int operation : order) {
    run.set |= 1U << static_cast<unsigned>(operation);
    run.answers[operation] = answers[operation];
  }
  run.order = std::move(order);
  run.held = holding(ends_in);
  return run;
}

// 100, to which a adds 10 and b adds 5; both read before they write.
References two_adders() {
  References references;
  references.all = 3;
  references.titles = {"add 10", "add 5"};
  references.clients = {'a', 'b'};
  references.serial = {serial({}, 100), serial({0}, 110, {{0, {{"read", "100"}}}}),
                       serial({1}, 105, {{1, {{"read", "100"}}}}),
                       serial({0, 1}, 115, {{0, {{"read", "100"}}}, {1, {{"read", "110"}}}}),
                       serial({1, 0}, 115, {{0, {{"read", "105"}}}, {1, {{"read", "100"}}}})};
  for (const SerialRun& run : references.serial) {
    references.by_operations.emplace(run.set, run.held);
  }
  return references;
}

Event event(char client, const std::string& name, sim::StatementKind kind,
            const std::string& seen = "") {
  Event event;
  event.client = client;
  event.operation = client - 'a';
  event.attempt = client - 'a' + 1;
  event.name = name;
  event.kind = kind;
  event.seen = seen;
  return event;
}

Event read(char client, const std::string& seen, const std::string& name = "read") {
  return event(client, name, sim::StatementKind::read, seen);
}

RunRecord interleaved(Outcome a, Outcome b, std::int64_t ends_in, std::vector<Event> events) {
  RunRecord run;
  run.interleaved = true;
  run.history.events = std::move(events);
  for (const auto& [operation, outcome] : {std::pair{0, a}, std::pair{1, b}}) {
    Told told;
    told.client = static_cast<char>('a' + operation);
    told.operation = operation;
    told.attempt = operation + 1;
    told.outcome = outcome;
    run.first.push_back(told);
  }
  run.last = run.first;
  run.after = run.finally = holding(ends_in);
  return run;
}

TEST(Serializable, AcceptsEachSerialOrderWithItsOwnAnswers) {
  const References references = two_adders();
  const auto committed = Outcome::committed;
  EXPECT_THAT(
      serializable(interleaved(committed, committed, 115, {read('a', "100"), read('b', "110")}),
                   references),
      IsEmpty());
  EXPECT_THAT(
      serializable(interleaved(committed, committed, 115, {read('b', "100"), read('a', "105")}),
                   references),
      IsEmpty());
}

TEST(Serializable, NamesTheLostUpdate) {
  const std::vector<Violation> violations =
      serializable(interleaved(Outcome::committed, Outcome::committed, 110,
                               {read('a', "100"), read('b', "100")}),
                   two_adders());
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].anomaly, "P4");
  EXPECT_THAT(violations[0].because, HasSubstr("if client b ('add 5') had never run"));
  EXPECT_THAT(violations[0].right, ElementsAre(3U));
  EXPECT_THAT(violations[0].right_states, SizeIs(2));
}

TEST(Serializable, NamesNoAnomalyWhereItIsNotSure) {
  const std::vector<Violation> violations =
      serializable(interleaved(Outcome::committed, Outcome::committed, 999, {}), two_adders());
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].anomaly, "");
  EXPECT_THAT(violations[0].because, HasSubstr("None of the 2 serial orders"));
}

TEST(Serializable, ObjectsToAnswersThatFitNoOrderEvenWhereTheStateIsGood) {
  const RunRecord run = interleaved(Outcome::committed, Outcome::committed, 115,
                                    {read('a', "100"), read('b', "107")});
  References references = two_adders();
  const std::vector<Violation> violations = serializable(run, references);
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_THAT(violations[0].because,
              HasSubstr("then client b ('add 5') would have been answered something else at "
                        "'read'"));
  references.answers_left_out = {"read"};
  for (SerialRun& serial_run : references.serial) serial_run.answers.clear();
  for (SerialRun& serial_run : references.serial) {
    for (const int operation : serial_run.order) serial_run.answers[operation] = {};
  }
  EXPECT_THAT(serializable(run, references), IsEmpty());
}

TEST(Serializable, CountsWhatWasAbortedAsNotRunAndWhatIsInDoubtAsEither) {
  const References references = two_adders();
  const std::vector<Event> events{read('a', "100"), read('b', "999")};
  const auto judge = [&](Outcome a, Outcome b, std::int64_t ends_in) {
    return serializable(interleaved(a, b, ends_in, events), references).size();
  };
  EXPECT_EQ(judge(Outcome::committed, Outcome::aborted, 110), 0U);
  EXPECT_EQ(judge(Outcome::committed, Outcome::aborted, 115), 1U);
  EXPECT_EQ(judge(Outcome::committed, Outcome::indeterminate, 110), 0U);
  EXPECT_EQ(judge(Outcome::committed, Outcome::indeterminate, 115), 0U);
  EXPECT_EQ(judge(Outcome::committed, Outcome::indeterminate, 105), 1U);
  EXPECT_EQ(judge(Outcome::aborted, Outcome::aborted, 100), 0U);
}

TEST(Serializable, IsSilentWhereNothingWasInterleavedAndToldEqualsHeldWhereSomethingWas) {
  RunRecord run = interleaved(Outcome::committed, Outcome::committed, 110, {});
  EXPECT_THAT(told_equals_held(run, two_adders()), IsEmpty());
  run.interleaved = false;
  EXPECT_THAT(serializable(run, two_adders()), IsEmpty());
  EXPECT_THAT(told_equals_held(run, two_adders()), SizeIs(1));
}

TEST(Converges, AcceptsTheStateOfAnyOrderWhereSessionsWereInterleaved) {
  References references = two_adders();
  references.serial.back().held = holding(120);  // The other order ends elsewhere.
  RunRecord run = interleaved(Outcome::committed, Outcome::aborted, 110, {});
  for (Told& told : run.last) told.outcome = Outcome::committed;
  run.finally = holding(120);
  EXPECT_THAT(converges(run, references), IsEmpty());
  run.finally = holding(110);
  EXPECT_THAT(converges(run, references), SizeIs(1));
}

// What failed in one session is done again behind what the others have done.
TEST(Converges, AcceptsTheStateOfAnyOrderWhereOneOfSeveralSessionsWasRetried) {
  References references = two_adders();
  references.serial.back().held = holding(120);
  RunRecord run = interleaved(Outcome::aborted, Outcome::committed, 105, {});
  run.interleaved = false;
  for (Told& told : run.last) told.outcome = Outcome::committed;
  run.finally = holding(120);
  EXPECT_THAT(converges(run, references), IsEmpty());
  run.finally = holding(110);
  EXPECT_THAT(converges(run, references), SizeIs(1));
}

TEST(ToldEqualsHeld, AcceptsTheOtherOrderOfSessionsOnlyAfterARetry) {
  References references = two_adders();
  references.serial.back().held = holding(120);
  RunRecord run = interleaved(Outcome::committed, Outcome::committed, 120, {});
  run.interleaved = false;
  EXPECT_THAT(told_equals_held(run, references), SizeIs(1));
  run.first[0].outcome = Outcome::aborted;
  run.after = holding(105);
  run.retried = run.last;
  run.after_retry = holding(120);
  EXPECT_THAT(told_equals_held(run, references), IsEmpty());
  run.after_retry = holding(110);
  EXPECT_THAT(told_equals_held(run, references), SizeIs(1));
}

TEST(Answers, AreThoseOfTheAttemptThatCommitted) {
  using Kind = sim::StatementKind;
  History history;
  history.events = {event('a', "BEGIN", Kind::begin, "0"),
                    read('a', "100"),
                    event('a', "ROLLBACK", Kind::rollback, "0"),
                    event('a', "BEGIN", Kind::begin, "0"),
                    read('a', "105"),
                    read('a', "106"),
                    read('a', "xid", "number"),
                    event('a', "write", Kind::write, "1 row"),
                    read('b', "7")};
  EXPECT_THAT(
      answers_of(history, 1, {"number"}),
      ElementsAre(Answered{"read", "105"}, Answered{"read", "106"}, Answered{"write", "1 row"}));
}

TEST(Answers, AreTheLastOfEachStatementWhereThereIsNoTransaction) {
  History history;
  history.events = {read('a', "100"), event('a', "write", sim::StatementKind::write, "0 rows"),
                    read('a', "105"), event('a', "write", sim::StatementKind::write, "1 row")};
  EXPECT_THAT(answers_of(history, 1, {}),
              ElementsAre(Answered{"read", "105"}, Answered{"write", "1 row"}));
}

TEST(SerialOrders, KeepTheOrderOfEachSession) {
  EXPECT_THAT(serial_orders({'a', 'b'}),
              ElementsAre(std::vector<int>{}, std::vector<int>{0}, std::vector<int>{1},
                          std::vector<int>{0, 1}, std::vector<int>{1, 0}));
  EXPECT_THAT(serial_orders({'a', 'a'}), ElementsAre(std::vector<int>{}, std::vector<int>{0},
                                                     std::vector<int>{1}, std::vector<int>{0, 1}));
  EXPECT_THAT(serial_orders({'a', 'b', 'c', 'd'}), SizeIs(65));
  EXPECT_THAT(serial_orders({'a', 'b', 'c', 'd', 'e'}), SizeIs(326));
}

RunRecord seen(const std::string& kind, std::shared_ptr<const Observation> what) {
  RunRecord run = interleaved(Outcome::committed, Outcome::committed, 115, {read('a', "100")});
  run.sights.push_back({kind, 0, 1, "", std::move(what)});
  return run;
}

TEST(IntermediateRead, AcceptsWhatSomeCleanRunEndsInAndNothingElse) {
  const References references = two_adders();
  for (const std::int64_t amount : {100, 105, 110, 115}) {
    EXPECT_THAT(intermediate_read(seen("fresh", holding(amount)), references), IsEmpty());
  }
  const std::vector<Violation> violations =
      intermediate_read(seen("fresh", holding(103)), references);
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].found->digest, holding(103)->digest);
  EXPECT_THAT(violations[0].because, HasSubstr("after 'read' of client a ('add 10')"));
  EXPECT_THAT(violations[0].because, HasSubstr("Changed already: balance."));
}

TEST(IntermediateRead, WantsAnOlderSnapshotToShowWhatWasBefore) {
  const References references = two_adders();
  EXPECT_THAT(intermediate_read(seen("older-snapshot", holding(100)), references), IsEmpty());
  EXPECT_THAT(intermediate_read(seen("older-snapshot", holding(110)), references), SizeIs(1));
  EXPECT_THAT(intermediate_read(seen("split-read", holding(110)), references), IsEmpty());
}

TEST(IntermediateRead, SaysNothingOfWhatCouldNotBeSeen) {
  EXPECT_THAT(intermediate_read(seen("fresh", nullptr), two_adders()), IsEmpty());
}

}  // namespace
}  // namespace splitproof::harness
