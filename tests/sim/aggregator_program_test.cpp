// The built program `aggregator`, run as cron would run it: exit codes, and what it says where.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/paths.h"

namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string real_file = splitproof::tests::in_tree("scenarios/data/daily_kpi_2025.csv");

struct Ended {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class AggregatorProgram : public testing::Test {
 protected:
  AggregatorProgram() {
    std::string name = (std::filesystem::temp_directory_path() / "aggregator-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~AggregatorProgram() override { std::filesystem::remove_all(folder_); }

  // `arguments` are a shell's words.
  Ended run(const std::string& arguments) const {
    const std::string line =
        fmt::format("cd '{}' && unset DATABASE_URL && '{}/aggregator' {} >out 2>err",
                    folder_.string(), splitproof::tests::built_program(""), arguments);
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content("out"), content("err")};
  }

  // The same on the test's database.
  Ended on_database(const std::string& arguments) const {
    return run("--db sqlite:service.db " + arguments);
  }

  void expect_done(const std::string& arguments, const std::string& printed) const {
    const Ended done = on_database(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(done.out, printed);
    EXPECT_EQ(done.err, "");
  }

  // One line on standard error, nothing on standard output.
  static void expect_failed(const Ended& failed, int exit_code, const std::string& message) {
    EXPECT_EQ(failed.exit_code, exit_code);
    EXPECT_EQ(failed.out, "");
    EXPECT_THAT(failed.err, StartsWith("aggregator: "));
    EXPECT_THAT(failed.err, HasSubstr(message));
    EXPECT_THAT(failed.err, EndsWith("\n"));
    EXPECT_EQ(std::ranges::count(failed.err, '\n'), 1) << failed.err;
  }

  std::string content(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / file).rdbuf();
    return text.str();
  }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ / file) << text;
  }

  std::filesystem::path folder_;
};

TEST_F(AggregatorProgram, BooksADeliveryOnceOnTheDaysOfTheClients) {
  expect_done("init", "init: committed\n");
  const std::string delivery =
      splitproof::tests::in_tree("scenarios/data/reservations_2024-02.csv");
  const std::string book = "book " + delivery + " --reference february";
  expect_done(book, "book: committed, 6 rows\n");
  expect_done(book, "book: committed, 6 rows\n");
  const Ended shown = on_database("show daily_kpi_data");
  EXPECT_EQ(std::ranges::count(shown.out, '\n'),
            std::ranges::count(on_database("show daily_kpi_data --rows 0").out, '\n') + 6)
      << shown.out;
  EXPECT_THAT(shown.out, HasSubstr("2024-02-29"));
  EXPECT_THAT(shown.out, Not(HasSubstr("2024-03-01")));
}

TEST_F(AggregatorProgram, RefusesADeliveryThatItCannotUse) {
  expect_done("init", "init: committed\n");
  write("empty.csv", "client_id,client_name,platform,timezone,made_at,reservations,value\n");
  expect_failed(on_database("book empty.csv --reference d1"), 3,
                "the delivery is empty; expected reservations");
  expect_failed(on_database("book empty.csv"), 3, "--reference is required");
  write("daily.csv", "client_id,date\n");
  expect_failed(on_database("book daily.csv --reference d1"), 3,
                "daily.csv:1:11: found the unknown column 'date'");
}

TEST_F(AggregatorProgram, DoesTheMonthsWork) {
  expect_done("init", "init: committed\n");
  expect_done(fmt::format("import {}", real_file), "import: committed, 2533 rows\n");
  for (int i = 0; i < 2; ++i) {
    expect_done("aggregate --today 2025-09-01",
                "aggregate 2025-08: committed, 16 clients, 841 daily rows\n");
    expect_done("refresh-cache --today 2025-09-01", "refresh-cache: committed\n");
  }
  expect_done("retention --today 2025-12-01", "retention: committed\n");
  expect_done("show",
              "table                 rows\n"
              "daily_kpi_data        1692\n"
              "collection_log           0\n"
              "campaign_summaries      28\n"
              "aggregation_tracking     1\n"
              "dashboard_cache         28\n"
              "accounts                 0\n"
              "ledger_entries           0\n"
              "counters                 0\n");
}

TEST_F(AggregatorProgram, CollectsADayFromACrlfFileWithAQuotedComma) {
  const std::string file = content(real_file);
  const std::string header = file.substr(0, file.find('\n'));
  write("day.csv", header +
                       "\r\nc01,\"Amber Bay, the old\",meta,2025-11-30,11,76.69,5518,124,4,1,2,13,"
                       "5,2,1,1728.83,2547\r\n");
  expect_done("init", "init: committed\n");
  for (int i = 0; i < 2; ++i) {
    expect_done("collect day.csv --day 2025-11-30", "collect 2025-11-30: committed, 1 row\n");
  }
  EXPECT_THAT(on_database("show daily_kpi_data").out, HasSubstr("Amber Bay, the old"));
  expect_failed(on_database("collect day.csv --day 2025-12-01"), 3,
                "refused: found a row of 2025-11-30");
}

TEST_F(AggregatorProgram, KeepsTheLedger) {
  expect_done("init", "init: committed\n");
  expect_done("open-account --account alice --amount 100", "open-account: committed\n");
  expect_done("open-account --account bob", "open-account: committed\n");
  for (int i = 0; i < 2; ++i) {
    expect_done("transfer --reference t1 --from alice --to bob --amount 12.34",
                "transfer: committed\n");
    expect_done("post --reference p1 --account bob --amount -0.34", "post: committed\n");
  }
  expect_done("show accounts",
              "name   balance\n"
              "alice    87.66\n"
              "bob      12.00\n"
              "(2 rows)\n");
  expect_failed(on_database("transfer --reference t2 --from alice --to carol --amount 1"), 1,
                "aborted, nothing was changed: there is no account 'carol'");
  expect_failed(on_database("transfer --reference t2 --from alice --to bob --amount 1.234"), 3,
                "'1.234' is not an amount");
}

TEST_F(AggregatorProgram, DecidesByTheTimeZoneWhereAugustEnds) {
  expect_done("init", "init: committed\n");
  expect_done(fmt::format("import {}", real_file), "import: committed, 2533 rows\n");
  const std::string august = "aggregate --month 2025-08 --today 2025-08-31T23:30:00+02:00 ";
  expect_failed(on_database(august + "--timezone Europe/Warsaw"), 3,
                "refused: 2025-08 is not over on 2025-08-31; it can be aggregated from 2025-09-01");
  expect_failed(on_database(august), 3, "2025-08 is not over on 2025-08-31");
  expect_done(august + "--timezone Pacific/Auckland",
              "aggregate 2025-08: committed, 16 clients, 841 daily rows\n");
  expect_done("aggregate --today 2025-08-31T23:30:00Z --timezone Europe/Warsaw",
              "aggregate 2025-08: committed, 16 clients, 841 daily rows\n");
  expect_done("aggregate --today 2025-08-31T23:30:00Z --timezone Pacific/Honolulu",
              "aggregate 2025-07: committed, 16 clients, 464 daily rows\n");
}

TEST_F(AggregatorProgram, SaysThatAMonthIsEmpty) {
  expect_done("init", "init: committed\n");
  expect_done("aggregate --today 2025-03-31",
              "aggregate 2025-02: committed, but there are no daily rows of this month\n");
}

TEST_F(AggregatorProgram, ShowsTheFirstRowsOfALongTable) {
  expect_done("init", "init: committed\n");
  expect_done(fmt::format("import {}", real_file), "import: committed, 2533 rows\n");
  const Ended shown = on_database("show daily_kpi_data --rows 2");
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_EQ(std::ranges::count(shown.out, '\n'), 4);
  EXPECT_THAT(shown.out, HasSubstr("(the first 2 of 2533 rows; --rows shows more)\n"));
  EXPECT_EQ(on_database("show daily_kpi_data --rows 5000").exit_code, 0);
}

TEST_F(AggregatorProgram, RefusesAFileThatCannotBeUsed) {
  expect_done("init", "init: committed\n");
  std::string broken = content(real_file);
  broken.replace(broken.find("5518"), 4, "55l8");
  write("broken.csv", broken);
  expect_failed(on_database("import broken.csv"), 3,
                "broken.csv:2:40: total_impressions: found '55l8'; expected a whole number");
  expect_failed(on_database("import missing.csv"), 3,
                "cannot open missing.csv: No such file or directory");
  expect_failed(on_database("import ."), 3, "cannot be read");
  EXPECT_THAT(on_database("show daily_kpi_data").out, EndsWith("\n(0 rows)\n"));
}

TEST_F(AggregatorProgram, RefusesArgumentsThatItDoesNotUnderstand) {
  expect_failed(run(""), 3, "no command is given; expected one of init, import, collect");
  expect_failed(run("frobnicate"), 3, "unknown command 'frobnicate'; expected one of init");
  expect_failed(run("init"), 3, "--db: expected sqlite:FILE or postgresql://");
  expect_failed(run("--db mysql://x init"), 3, "--db: expected sqlite:FILE");
  expect_failed(run("--db sqlite: init"), 3, "--db: expected sqlite:FILE");
  expect_failed(on_database("init --frobnicate"), 3, "--frobnicate");
  expect_failed(on_database("aggregate"), 3, "--today: is missing");
  expect_failed(on_database("retention"), 3, "--today: is missing");
  expect_failed(on_database("refresh-cache"), 3, "--today: is missing");
  expect_failed(on_database("aggregate --today 2025-02-29"), 3,
                "'2025-02-29' is not a day of the calendar");
  expect_failed(on_database("aggregate --today 2025-08-31T23:30:00"), 3, "is not an instant");
  expect_failed(on_database("aggregate --today 2025-09-01 --month 08-2025"), 3, "is not a month");
  expect_failed(on_database("aggregate --today 2025-09-01 --timezone Mars/Base"), 3,
                "unknown time zone 'Mars/Base'");
  expect_failed(on_database("show secrets"), 3, "unknown table 'secrets'; expected one of");
  expect_failed(on_database("show --rows -1"), 3, "--rows");
  expect_failed(on_database("add --counter visits --amount many"), 3, "--amount");
  expect_failed(on_database("transfer --reference t1"), 3, "is required");
}

TEST_F(AggregatorProgram, SaysWhatTheDatabaseRefuses) {
  expect_failed(on_database("show"), 1, "`aggregator init` makes a new database");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "service.db"));
  expect_failed(run("--db sqlite:nowhere/service.db init"), 1, "nowhere/service.db");
  write("service.db", "this is no database, but a text that is long enough to be taken for one");
  expect_failed(on_database("init"), 1, "aborted, nothing was changed");
}

TEST_F(AggregatorProgram, NeverPrintsAPassword) {
  for (const char* url :
       {"'postgresql://user:tell%zzme@/db?host=/nowhere'",
        "'postgresql://user:tell:m@e@host.invalid:1/db'",
        "'postgresql:///db?host=/nowhere&password=tell%zzme'", "'pg://user:tellme@host/db'"}) {
    const Ended failed = run(fmt::format("--db {} init", url));
    EXPECT_NE(failed.exit_code, 0);
    EXPECT_THAT(failed.err, Not(HasSubstr("tell"))) << url;
    EXPECT_EQ(failed.out, "");
  }
}

TEST_F(AggregatorProgram, TakesTheDatabaseFromTheEnvironment) {
  const std::string line =
      fmt::format("cd '{}' && DATABASE_URL=sqlite:service.db '{}/aggregator' init >out 2>err",
                  folder_.string(), splitproof::tests::built_program(""));
  EXPECT_EQ(std::system(line.c_str()), 0) << content("err");
  expect_done("show counters", "name  value\n(0 rows)\n");
}

TEST_F(AggregatorProgram, HelpNamesEveryCommandAndExitCode) {
  const Ended help = run("--help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_EQ(help.err, "");
  for (const char* word : {"init", "import", "collect", "aggregate", "refresh-cache", "retention",
                           "open-account", "post", "transfer", "add", "show", "--today",
                           "--timezone", "Exit codes", "indeterminate"}) {
    EXPECT_THAT(help.out, HasSubstr(word));
  }
  EXPECT_THAT(run("aggregate --help").out, HasSubstr("--month"));
}

}  // namespace
