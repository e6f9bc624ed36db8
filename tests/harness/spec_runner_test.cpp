// Isolation specs on a real server: what is told, and what comes of specs and servers that do not
// behave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/failure.h"
#include "sim/server/postgres_server.h"
#include "tests/harness/spec_support.h"

namespace splitproof::harness {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr milliseconds soon{300};
constexpr milliseconds late{60'000};

TEST(SpecRunner, TellsWhatWaitsAndWhatIsRefused) {
  const SpecRunSeen seen =
      run_spec_text(R"(setup { CREATE TABLE t (a int); INSERT INTO t VALUES (1); }
teardown { DROP TABLE t; }
session s
step s1 { BEGIN; UPDATE t SET a = 2; }
step s2 { COMMIT; }
session o
step o1 { BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT a FROM t; }
step o2 { UPDATE t SET a = 3; }
step o3 { ROLLBACK; }
permutation o1 s1 o2 s2 o3
)",
                    "spec_waits");
  EXPECT_EQ(seen.memory.transcript, R"(Parsed test spec with 2 sessions

starting permutation: o1 s1 o2 s2 o3
step o1: BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT a FROM t;
a
-
1
(1 row)

step s1: BEGIN; UPDATE t SET a = 2;
step o2: UPDATE t SET a = 3; <waiting ...>
step s2: COMMIT;
step o2: <... completed>
ERROR:  could not serialize access due to concurrent update
step o3: ROLLBACK;
)");
  ASSERT_EQ(seen.memory.outcomes.size(), 1U);
  const SpecOutcome& outcome = seen.memory.outcomes.front();
  EXPECT_THAT(outcome.steps, ElementsAre("o1", "s1", "o2", "s2", "o3"));
  EXPECT_THAT(outcome.waited, ElementsAre("o2"));
  ASSERT_EQ(outcome.errors.size(), 1U);
  EXPECT_EQ(outcome.errors[0].step, "o2");
  EXPECT_EQ(outcome.errors[0].sqlstate, "40001");
  EXPECT_THAT(outcome.inconclusive, IsEmpty());
  EXPECT_THAT(outcome.warnings, IsEmpty());
  EXPECT_EQ(seen.totals.ran, 1);
  EXPECT_EQ(seen.totals.waited, 1);
  EXPECT_EQ(seen.totals.refused, 1);
}

TEST(SpecRunner, CancelsAStepThatRunsForEverAndGoesOn) {
  const SpecRunSeen seen = run_spec_text(R"(session s
step ever { SELECT 1 FROM pg_sleep(3600); }
step next { SELECT 'here'; }
permutation ever next
permutation next
)",
                                         "spec_ever", soon);
  EXPECT_THAT(seen.memory.transcript,
              AllOf(HasSubstr("isolationtester: canceling step ever after 0 seconds\n"
                              "step ever: SELECT 1 FROM pg_sleep(3600);\n"
                              "ERROR:  canceling statement due to user request\n"),
                    HasSubstr("starting permutation: next\nstep next: SELECT 'here';\n")));
  ASSERT_EQ(seen.memory.outcomes.size(), 2U);
  EXPECT_THAT(seen.memory.outcomes[0].inconclusive,
              ElementsAre("the step 'ever' of the session 's' took longer than 300 ms and was "
                          "cancelled"));
  EXPECT_THAT(seen.memory.outcomes[1].inconclusive, IsEmpty());
  EXPECT_EQ(seen.totals.inconclusive, 1);
  EXPECT_EQ(seen.totals.ran, 1);
  EXPECT_TRUE(seen.totals.complete);
}

// It catches every cancellation, so only the end of its connection ends it.
TEST(SpecRunner, LeavesAStepThatCannotBeCancelledAndGoesOn) {
  const std::string spec = R"(setup { CREATE TABLE t (a int); }
teardown { DROP TABLE t; }
session s
step stubborn
{
  DO $$ BEGIN
    LOCK TABLE t;
    LOOP
      BEGIN PERFORM pg_sleep(3600); EXCEPTION WHEN query_canceled THEN NULL; END;
    END LOOP;
  END $$;
}
step next { SELECT count(*) FROM t; }
permutation stubborn
permutation next
)";
  const SpecRunSeen seen = run_spec_text(spec, "spec_stubborn", soon);
  ASSERT_EQ(seen.memory.outcomes.size(), 2U);
  EXPECT_THAT(seen.memory.outcomes[0].inconclusive.back(),
              "the step 'stubborn' of the session 's' goes on although it was cancelled");
  EXPECT_THAT(seen.memory.outcomes[1].inconclusive, IsEmpty());
  EXPECT_THAT(seen.memory.complaints, HasSubstr("step stubborn timed out after 0 seconds\n"));
  const SpecRunSeen original = run_spec_text(spec, "spec_stubborn", soon, true);
  EXPECT_EQ(original.memory.outcomes.size(), 1U) << "isolationtester ends there";
  EXPECT_FALSE(original.totals.complete);
}

TEST(SpecRunner, WarnsOfASessionThatLeavesItsTransactionOpen) {
  const SpecRunSeen seen = run_spec_text(R"(session s
step open { BEGIN; SELECT 1; }
step failed { BEGIN; SELECT 1/0; }
session t
step closed { BEGIN; COMMIT; }
permutation open closed
)",
                                         "spec_open");
  ASSERT_EQ(seen.memory.outcomes.size(), 1U);
  EXPECT_THAT(seen.memory.outcomes[0].warnings,
              ElementsAre("the session 's' leaves a transaction open"));
  EXPECT_EQ(seen.totals.warnings, 1);
  EXPECT_EQ(seen.totals.ran, 1);
}

// isolationtester would wait for ever here: nobody is left who could end the transaction.
TEST(SpecRunner, EndsATeardownThatWaitsForAnOpenTransaction) {
  const SpecRunSeen seen = run_spec_text(R"(setup { CREATE TABLE t (a int); }
teardown { DROP TABLE t; }
session s
step open { BEGIN; LOCK TABLE t; }
step close { COMMIT; }
permutation open
permutation open close
)",
                                         "spec_left", late);
  ASSERT_EQ(seen.memory.outcomes.size(), 2U);
  EXPECT_THAT(seen.memory.outcomes[0].inconclusive.front(),
              "the teardown waited for a session that has nothing to do, and was cancelled");
  EXPECT_THAT(seen.memory.outcomes[1].inconclusive, IsEmpty());
  EXPECT_EQ(seen.totals.ran, 1);
}

TEST(SpecRunner, EndsASetupOfASessionThatWaitsForAnotherOne) {
  const SpecRunSeen seen = run_spec_text(R"(setup { CREATE TABLE t (a int); }
teardown { DROP TABLE t; }
session s
setup { BEGIN; LOCK TABLE t; }
step a { COMMIT; }
session t
setup { SELECT * FROM t; }
step b { SELECT 2; }
)",
                                         "spec_setup_waits", late);
  EXPECT_EQ(seen.totals.inconclusive, 2);
  EXPECT_THAT(seen.memory.outcomes.front().inconclusive.front(),
              "the setup of the session 't' waited for a session that has nothing to do, and was "
              "cancelled");
}

TEST(SpecRunner, EndsStepsThatWaitForEachOtherByTheirMarkers) {
  const std::string spec = R"(session s
step a { SELECT 1; }
session t
step b { SELECT 2; }
permutation a(b, *) b(a)
permutation a b
)";
  const SpecRunSeen seen = run_spec_text(spec, "spec_mutual", soon);
  ASSERT_EQ(seen.memory.outcomes.size(), 2U);
  EXPECT_THAT(seen.memory.outcomes[0].inconclusive,
              ElementsAre("its steps wait for each other by their markers"));
  EXPECT_THAT(seen.memory.outcomes[1].inconclusive, IsEmpty());
}

TEST(SpecRunner, EndsAStepThatItsMarkersHoldBackForEver) {
  const SpecRunSeen seen = run_spec_text(R"(session s
step a { SELECT 1; }
step c { SELECT 3; }
session t
step b { SELECT 2; }
permutation a(b notices 1) c b
)",
                                         "spec_held", soon);
  EXPECT_EQ(seen.totals.inconclusive, 1);
  EXPECT_THAT(seen.memory.complaints, "step a timed out after 0 seconds\nactive steps are: a\n");
}

TEST(SpecRunner, RefusesASetupThatTheDatabaseRefuses) {
  try {
    run_spec_text("\n  setup { SELECT 1/0; } session s step a {}", "spec_bad");
    ADD_FAILURE() << "it was taken";
  } catch (const UnusableInput& unusable) {
    EXPECT_STREQ(unusable.what(),
                 "spec_bad.spec:2:9: found a setup that the database refuses (ERROR:  division by "
                 "zero); expected one that it carries out before each permutation");
  }
}

TEST(SpecRunner, GivesASessionWhoseBackendWasEndedAnotherOne) {
  const SpecRunSeen seen = run_spec_text(R"(session s
step end { SELECT pg_terminate_backend(pg_backend_pid()); }
step a { SELECT 1; }
permutation end
permutation a
)",
                                         "spec_ended");
  EXPECT_THAT(seen.memory.outcomes.at(0).warnings,
              ElementsAre("the session 's' lost its connection"));
  EXPECT_THAT(seen.memory.outcomes.at(1).errors, IsEmpty());
  EXPECT_EQ(seen.totals.ran, 2);
}

TEST(SpecRunner, AnswersACopyThatAsksForData) {
  const SpecRunSeen seen = run_spec_text(R"(setup { CREATE TABLE t (a int); }
session s
step in { COPY t FROM STDIN; }
step out { COPY (SELECT 1) TO STDOUT; }
)",
                                         "spec_copy", soon);
  EXPECT_EQ(seen.totals.ran, 1);
  EXPECT_THAT(seen.memory.transcript,
              HasSubstr("unexpected result status: PGRES_COPY_IN\nERROR:  COPY from "
                        "stdin failed: a step has no data to copy\n"));
  EXPECT_THAT(seen.memory.transcript, HasSubstr("unexpected result status: PGRES_COPY_OUT\n"));
}

TEST(SpecRunner, StopsWhenItIsToldTo) {
  const auto spec = parse_isolation_spec(
      "session s step a { SELECT pg_sleep(3600); } session t "
      "step b {}",
      "stop.spec");
  SpecMemory memory;
  int asked = 0;
  const SpecRunOptions options{.file = "stop.spec",
                               .connection = fresh_database("spec_stop"),
                               .limits = {late, [&] { return ++asked > 3; }}};
  const SpecTotals totals = run_isolation_spec(spec.value(), options, memory);
  EXPECT_FALSE(totals.complete);
  EXPECT_EQ(totals.inconclusive, 1);
  EXPECT_THAT(memory.outcomes.at(0).inconclusive, ElementsAre("it was stopped"));
}

// The step kills the postmaster; what follows finds that nobody is there.
TEST(SpecRunner, NamesTheStepAtWhichTheServerDied) {
  auto mortal = sim::PostgresServer::start(*shared_guardian());
  ASSERT_TRUE(mortal.ok()) << mortal.error().message;
  const auto spec = parse_isolation_spec(
      "session s step kill { COPY (SELECT 1) TO PROGRAM 'kill -9 $(head -n 1 postmaster.pid)'; } "
      "step wait { SELECT pg_sleep(3600); } session t step after { SELECT 2; } "
      "permutation kill wait after",
      "death.spec");
  SpecMemory memory;
  const SpecRunOptions options{.file = "death.spec",
                               .connection = mortal.value()->connection(),
                               .limits = {late, [] { return false; }}};
  try {
    run_isolation_spec(spec.value(), options, memory);
    ADD_FAILURE() << memory.transcript;
  } catch (const HarnessFailure& failure) {
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("death.spec: the server was lost"),
                                      HasSubstr("was at work in permutation 1 (kill wait after)"),
                                      HasSubstr("the step '"), Not(HasSubstr("\n"))));
  }
}

}  // namespace
}  // namespace splitproof::harness
