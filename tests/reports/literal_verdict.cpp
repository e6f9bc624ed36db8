#include "tests/reports/literal_verdict.h"

#include <algorithm>

namespace splitproof::reports {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;
using harness::RunVerdict;

Finding split_finding() {
  return {
      .id = "august-september-split.autocommit.sqlite.1",
      .oracle = "told-equals-held",
      .severity = "violation",
      .anomaly = "",
      .claim = "A month has both halves of its summary, or neither.",
      .because =
          "Day 1 was told aborted, so nothing of August should be there; yet the campaign "
          "metrics of 16 clients were saved by a statement of their own before the "
          "conversion metrics failed.",
      .damage = {{"split-month", "August 2025: 16 clients have 48211.07 spent and no conversions."},
                 {"split-month", "214 reservations worth 391,204.50 are in no report."}},
      .plan = "o1=error:SQLITE_CONSTRAINT@save-conversions",
      .replay =
          "splitproof run august-september-split --variant autocommit --target sqlite --plan "
          "'o1=error:SQLITE_CONSTRAINT@save-conversions'",
      .runs = 12,
      .story = {{"day 1", "saves the campaign metrics of 2025-08: 32 rows."},
                {"database", "refuses the conversion metrics: constraint failed (injected)."},
                {"day 1", "is told aborted."}},
      .differences = {{.table = "campaign_summaries",
                       .columns = {"client_id", "platform", "month", "spend_minor", "impressions",
                                   "clicks", "average_ctr", "average_cpc", "reservations",
                                   "reservation_value_minor", "booking_step_1"},
                       .expected = {},
                       .found = {{"c01", "meta", "2025-08", "251177", "170233", "3811", "2.24",
                                  "65.91", "NULL", "NULL", "NULL"},
                                 {"c02", "google", "2025-08", "98040", "80112", "1902", "2.37",
                                  "51.55", "NULL", "NULL", "NULL"}},
                       .rows_left_out = 30},
                      {.table = "tracking",
                       .columns = {"month", "state"},
                       .expected = {{"2025-08", "open"}},
                       .found = {{"2025-08", "half\x1b[31m done\nKöln 東京"}},
                       .rows_left_out = 0}},
      .output =
          "saving campaigns of 2025-08\nTraceback (most recent call last):\n"
          "  File \"save.py\", line 12, in <module>\n"
          "psycopg2.errors.NotNullViolation: \x1b[31mnull\x1b[0m value in column "
          "\"reservations\" of relation \"campaign_summaries\" violates not-null constraint\n",
  };
}

namespace {

Finding retry_warning() {
  return {.id = "daily-collection.transactional.sqlite.1",
          .oracle = "unsafe-retry",
          .severity = "warning",
          .anomaly = "",
          .claim = "Retrying after a lost COMMIT answer changes nothing.",
          .because = "The first attempt was committed; the retry wrote collection_log again.",
          .damage = {},
          .plan = "o1=lose-reply@commit",
          .replay = "splitproof run daily-collection --plan 'o1=lose-reply@commit'",
          .runs = 1,
          .story = {},
          .differences = {}};
}

Finding lost_money() {
  return {.id = "balance-transfer.transactional.sqlite.1",
          .oracle = "converges",
          .severity = "violation",
          .anomaly = "P4",
          .claim = "The total is conserved.",
          .because = "A was debited twice.",
          .damage = {{"lost-money", "25.00 of 1000.00 are gone."}},
          .plan = "o1=drop@2+",
          .replay = "splitproof run balance-transfer --plan 'o1=drop@2+'",
          .runs = 3,
          .story = {{"client a", "statement 2, debit: HERE the connection breaks -> no answer"},
                    {"client a", "the client is told indeterminate"},
                    {"client b", "statement 1, read A|B: ok, 1 row"},
                    {"database", "A holds 75.00 and B holds 100.00 *at once*."}},
          .differences = {},
          .output = "connection lost, trying again\n"};
}

std::vector<harness::Prediction> predictions() {
  return {
      {.statement = 6,
       .after = 3,
       .client = 'a',
       .kind = "writes-apart",
       .danger = 5,
       .because = "What statement 2 ('debit') writes to accounts is committed by statement 3 "
                  "('COMMIT'), what statement 5 ('log') writes to ledger only later.",
       .confirmed = false},
      {.statement = 3,
       .after = 3,
       .client = 'a',
       .kind = "doubling-retry",
       .danger = 1,
       .because = "If the answer to statement 3 ('COMMIT') is lost, doing it again counts twice.",
       .confirmed = true,
       .finding = "balance-transfer.transactional.sqlite.1"}};
}

std::vector<harness::Ambiguity> ambiguities() {
  return {
      {"a3=lose-reply", "BEGIN; debit; COMMIT", "indeterminate", "committed", "pg_xact_status(740)",
       12},
      {"a3=drop", "BEGIN; debit; COMMIT", "indeterminate", "rolled back", "pg_xact_status(741)", 1},
      {"a3=crash", "BEGIN; debit; COMMIT", "indeterminate", "unknown", "", 2}};
}

Finding lost_update() {
  return {.id = "lost-update.read-modify-write.postgres.1",
          .oracle = "serializable",
          .severity = "violation",
          .anomaly = "P4",
          .claim = "The counter holds 115 afterwards.",
          .because = "No serial order of a and b leaves 105.",
          .damage = {{"lost-addition", "The addition of 10 is lost: the counter holds 105."}},
          .plan = "o1+o2 | a1 b1 a2 b2",
          .replay = "splitproof run lost-update --target postgres --plan 'o1+o2 | a1 b1 a2 b2'",
          .runs = 24,
          .story = {{"client a", "statement 1, read: ok, 1 row"},
                    {"client b", "statement 1, read: ok, 1 row"},
                    {"client a", "statement 2, write: ok"},
                    {"client b", "statement 2, write: waits for client a"}},
          .differences = {},
          .dependencies = {
              {"client a ('add 10')", "client b ('add 5')", "rw", false, "counters (name = visits)",
               "client a ('add 10') read in 'read' of counters (name = visits) what "
               "was there before client b ('add 5') wrote it in 'write'."},
              {"client b ('add 5')", "client a ('add 10')", "ww", false, "counters (name = visits)",
               "client b ('add 5') wrote counters (name = visits) in 'write', and "
               "client a ('add 10') overwrote that in 'write'."}}};
}

std::vector<CaseVerdict> passing_cases() {
  return {{.scenario = "august-september-split",
           .title = "Half a month saved on day 1, the other half on day 2",
           .variant = "autocommit",
           .target = "sqlite",
           .role = "control",
           .expected = "violated",
           .observed = "violated",
           .result = CaseResult::pass,
           .reason = "",
           .runs = 231,
           .points = 12,
           .closed = true,
           .faults = {.planned = 96, .fired = 96},
           .sweeps = {{"error:SQLITE_FULL", "once", "operation", 48, 48, true, ""},
                      {"drop", "from-there-on", "operation", 48, 48, true, ""}},
           .schedules = {},
           .observers = {},
           .compared_with_care = {"collection_log.id: generated key, compared up to renaming"},
           .findings = {split_finding()}},
          {.scenario = "daily-collection",
           .title = "Both rows or neither",
           .variant = "transactional",
           .target = "sqlite",
           .role = "subject",
           .expected = "holds",
           .observed = "holds",
           .result = CaseResult::pass,
           .reason = "",
           .runs = 118,
           .points = 9,
           .closed = true,
           .faults = {.planned = 54, .fired = 53},
           .sweeps = {{"throw", "once", "operation", 9, 8, true, ""}},
           .schedules = {},
           .storage = harness::StorageCount{.journal = "wal",
                                            .synchronous = "normal",
                                            .persona = "honest",
                                            .moments = 19,
                                            .images = 739,
                                            .equal = 12,
                                            .in_recovery = 247,
                                            .sampled = 1,
                                            .outcomes = 20,
                                            .losses = {{"a transaction might roll back", 3,
                                                        "disk42=power:keep=01"},
                                                       {"a file that was cut short is not told "
                                                        "from a shorter one",
                                                        8, "disk2=error:SHORT_READ"}}},
           .contract = harness::Contract{.settings = {{"journal_mode", "wal"},
                                                      {"synchronous", "normal"},
                                                      {"disk", "honest"}},
                                         .claim = "contract",
                                         .cells = {{.failure = "power lost",
                                                    .promise = "whole",
                                                    .clause = "a transaction might roll back",
                                                    .unit = "image",
                                                    .tried = 739,
                                                    .lost = 12,
                                                    .plan = "disk42=power:keep=01"}}},
           .observers = {},
           .compared_with_care = {"collection_log.at: from the clock, left out"},
           .findings = {retry_warning()}}};
}

std::vector<CaseVerdict> cases_of_two_sessions() {
  return {{.scenario = "lost-update",
           .title = "100, and two processes add 10 and 5",
           .variant = "read-modify-write",
           .target = "postgres",
           .role = "control",
           .expected = "violated",
           .observed = "violated",
           .result = CaseResult::pass,
           .reason = "",
           .runs = 1420,
           .points = 16,
           .closed = true,
           .faults = {.planned = 64, .fired = 64},
           .sweeps = {{"drop", "once", "operation", 16, 16, true, ""},
                      {"drop", "once", "retry", 24, 24, true, ""},
                      {"drop", "once", "recovery", 24, 24, true, ""}},
           .schedules = harness::ScheduleCount{.strategy = "reduced",
                                               .explored = 9,
                                               .classes = 8,
                                               .of = 70,
                                               .pruned = 12,
                                               .complete = true,
                                               .shows = "every order"},
           .observers = {},
           .compared_with_care = {},
           .findings = {lost_update()}},
          {.scenario = "cache-refresh",
           .title = "Readers never see an empty cache",
           .variant = "transactional",
           .target = "sqlite",
           .role = "subject",
           .expected = "holds",
           .observed = "holds",
           .result = CaseResult::inconclusive,
           .reason = "20 of 70 orders were not explored.",
           .runs = 950,
           .points = 11,
           .closed = false,
           .faults = {.planned = 88, .fired = 80},
           .sweeps = {{"throw", "once", "operation", 11, 11, true, ""},
                      {"throw", "once", "retry", 33, 30, false, "stopped before its end"},
                      {"drop", "once", "retry", 44, 39, false, "point 40 was never reached"}},
           .schedules = harness::ScheduleCount{.strategy = "reduced, pct",
                                               .explored = 50,
                                               .classes = 8,
                                               .of = 70,
                                               .complete = false,
                                               .depth = 3,
                                               .miss_bound = "2.0e-02",
                                               .shows = "a bug of depth 3 may be missed",
                                               .left = "20 of 70 orders were not explored."},
           .observers = {{"fresh", 120, 3}, {"older-snapshot", 80, 0}, {"split-read", 0, 5}},
           .compared_with_care = {},
           .findings = {}}};
}

std::vector<harness::GradeLine> grades() {
  return {
      {"lost-update", "read-modify-write", "sqlite", "serializable", {"serializable"}, ""},
      {"lost-update",
       "read-modify-write",
       "postgres",
       "serializable",
       {"serializable", "invariant"},
       ""},
      {"lost-update",
       "wrong-isolation-level",
       "sqlite",
       "",
       {},
       "SQLite has no isolation level below serializable."},
      {"lost-update", "wrong-isolation-level", "postgres", "serializable", {"serializable"}, ""},
      {"transaction-helper",
       "swallow-the-error",
       "sqlite",
       "told-equals-held",
       {"told-equals-held", "converges", "serializable"},
       ""},
      {"transaction-helper",
       "swallow-the-error",
       "postgres",
       "told-equals-held",
       {"converges"},
       ""}};
}

std::vector<CaseVerdict> cases_that_do_not_pass() {
  return {
      {.scenario = "balance-transfer",
       .title = "Subtract from A, crash, never add to B",
       .variant = "transactional",
       .target = "sqlite",
       .role = "subject",
       .expected = "holds",
       .observed = "violated",
       .result = CaseResult::fail,
       .reason = "It should hold, and the oracle converges saw money disappear.",
       .runs = 77,
       .points = 8,
       .closed = false,
       .faults = {.planned = 40, .fired = 39},
       .sweeps = {{"lose-reply", "once", "operation", 8, 7, false, "point 8 was never reached"}},
       .schedules = {},
       .observers = {},
       .compared_with_care = {},
       .findings = {lost_money()},
       .predictions = predictions(),
       .ambiguities = ambiguities()},
      {.scenario = "transaction-helper",
       .title = "The helper keeps each of its promises",
       .variant = "body-uses-another-connection",
       .target = "postgresql://reader@db.example:5432/hotel",
       .role = "mutant",
       .expected = "violated",
       .observed = "unknown",
       .result = CaseResult::unstable,
       .reason = "Two clean runs differ in ledger.amount_minor.",
       .runs = 4,
       .points = 14,
       .closed = false,
       .faults = {.planned = 56, .fired = 8},
       .sweeps = {},
       .schedules = {},
       .observers = {},
       .compared_with_care = {},
       .findings = {}}};
}

std::vector<CaseVerdict> cases_without_a_run() {
  return {{.scenario = "lost-update",
           .title = "100, and two processes add 10 and 5",
           .variant = "",
           .target = "sqlite",
           .role = "subject",
           .expected = "",
           .observed = "unknown",
           .result = CaseResult::not_run,
           .reason = "This case is not built yet.",
           .runs = 0,
           .points = 0,
           .closed = false,
           .faults = {.planned = 0, .fired = 0},
           .sweeps = {},
           .schedules = {},
           .observers = {},
           .compared_with_care = {},
           .findings = {}},
          {.scenario = "cache-refresh",
           .title = "Readers never see an empty cache",
           .variant = "truncate",
           .target = "sqlite",
           .role = "control",
           .expected = "violated",
           .observed = "unknown",
           .result = CaseResult::not_applicable,
           .reason = "SQLite has no TRUNCATE.",
           .runs = 0,
           .points = 0,
           .closed = false,
           .faults = {.planned = 0, .fired = 0},
           .sweeps = {},
           .schedules = {},
           .observers = {},
           .compared_with_care = {},
           .findings = {}}};
}

}  // namespace

RunVerdict passing_verdict() {
  return {.version = "0.1.0",
          .seed = 1,
          .complete = true,
          .environment = {"3.40.1", "", "g++ 12.2.0", "Linux 6.1"},
          .cases = passing_cases(),
          .controls = {.expected = 1, .caught = 1},
          .mutants = {.expected = 24, .caught = 24},
          .grades = {},
          .kept_plans = {.run = 2, .passed = 2},
          .not_tested = {"power loss: no disk is simulated in this run"}};
}

RunVerdict literal_verdict() {
  RunVerdict run = passing_verdict();
  run.seed = 18446744073709551615U;
  run.environment.postgres = "15.18";
  run.mutants = {.expected = 24, .caught = 23};
  std::ranges::copy(cases_that_do_not_pass(), std::back_inserter(run.cases));
  std::ranges::copy(cases_without_a_run(), std::back_inserter(run.cases));
  std::ranges::copy(cases_of_two_sessions(), std::back_inserter(run.cases));
  run.grades = grades();
  run.not_tested.push_back(
      "crashes of the server on postgres: a fault of this kind is not planned");
  return run;
}

}  // namespace splitproof::reports
