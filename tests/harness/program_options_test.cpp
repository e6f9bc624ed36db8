// A case without a file on the command line: what is taken, what is refused, and that the line of a
// finding leads back to the same case.
#include "harness/cli/program_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/run/baseline.h"
#include "harness/run/campaign.h"
#include "harness/run/command_case.h"
#include "harness/run/initial_data.h"
#include "harness/run/program_spec.h"
#include "harness/run/replay.h"
#include "harness/run/selection.h"
#include "harness/run/sqlite_world.h"

namespace splitproof::harness {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using Line = std::vector<std::string>;

Options taken(const Line& line) {
  auto options = parse_command_line(line, "1");
  if (options.ok()) return std::move(options).value();
  ADD_FAILURE() << options.error().text;
  return {};
}

// The first line of the refusal, behind "splitproof: ".
std::string refused(const Line& line) {
  const auto options = parse_command_line(line, "1");
  if (options.ok()) return "accepted";
  const std::string& text = options.error().text;
  return text.substr(12, text.find('\n') - 12);
}

const Line every_option{
    "run",         "--command",     "node app.mjs", "--command",   "python b",  "--setup",
    "schema.sql",  "--setup",       "seed.sql",     "--invariant", "whole.sql", "--env",
    "MODE=it's",   "--env",         "EMPTY=",       "--retry",     "5",         "--timeout",
    "90s",         "--own-timeout", "1500ms",       "--expect",    "violated",  "--atomic",
    "transaction", "--target",      "postgres"};

TEST(ProgramOptions, AreTakenWithEachOfTheirOptions) {
  const Options options = taken(every_option);
  const ProgramOptions& programs = options.programs;
  EXPECT_THAT(programs.commands, ElementsAre("node app.mjs", "python b"));
  EXPECT_THAT(programs.setups, ElementsAre("schema.sql", "seed.sql"));
  EXPECT_THAT(programs.invariants, ElementsAre("whole.sql"));
  EXPECT_THAT(programs.environment, ElementsAre(Pair("EMPTY", ""), Pair("MODE", "it's")));
  EXPECT_EQ(programs.retry_attempts, 5);
  EXPECT_EQ(programs.time_limit, milliseconds(90000));
  EXPECT_EQ(programs.own_timeout, milliseconds(1500));
  EXPECT_TRUE(programs.expect_violated);
  EXPECT_TRUE(programs.by_transaction);
  EXPECT_EQ(options.statement_limit, std::chrono::minutes(1)) << "the time is the program's";
  EXPECT_THAT(options.targets, ElementsAre("postgres"));
}

// A report has these words, and a secret is in none.
TEST(ProgramOptions, AreWrittenWithoutSecrets) {
  const Options options = taken({"run", "--command", "x", "--env", "API_KEY=hunter2", "--env",
                                 "HOME_CITY", "--env", "MODE=fast", "--env",
                                 "STORE=https://me:hunter2@store/", "--env", "db_passwd=hunter2"});
  EXPECT_THAT(options.programs.passed_on, ElementsAre("HOME_CITY"));
  EXPECT_EQ(
      to_words(options.programs),
      "--env API_KEY --env 'MODE=fast' --env STORE --env db_passwd --env HOME_CITY --command x");
}

TEST(ProgramOptions, HaveUsualValues) {
  const ProgramOptions programs = taken({"run", "--command", "true"}).programs;
  EXPECT_THAT(programs.setups, IsEmpty());
  EXPECT_EQ(programs.retry_attempts, 3);
  EXPECT_EQ(programs.time_limit, milliseconds(30000));
  EXPECT_EQ(programs.own_timeout, milliseconds(0));
  EXPECT_FALSE(programs.expect_violated);
  EXPECT_FALSE(programs.by_transaction);
  EXPECT_THAT(taken({"run", "balance-transfer"}).programs.commands, IsEmpty());
}

TEST(ProgramOptions, OfTheSameCommandTwiceAreTwoSessions) {
  EXPECT_THAT(taken({"run", "--command", "x", "--command", "x"}).programs.commands, SizeIs(2));
}

TEST(ProgramOptions, GoWithOnePlanAndWithTheVariantThatThereIs) {
  const Line line{"run", "--command", "x", "--plan", "a2=drop", "--variant", "command"};
  EXPECT_TRUE(taken(line).plan.has_value());
  EXPECT_EQ(refused({"run", "--command", "x", "--plan", "clean", "--target", "sqlite", "--target",
                     "postgres"}),
            "'--plan' runs one case; expected at most one '--target'");
}

TEST(ProgramOptions, AreRefusedWhereTheyDoNotFit) {
  EXPECT_EQ(refused({"run", "--setup", "a.sql"}),
            "'--setup' is given without '--command'; expected the command that it is for");
  EXPECT_EQ(refused({"run", "lost-update", "--expect", "violated"}),
            "'--expect' is given without '--command'; expected the command that it is for");
  EXPECT_EQ(refused({"run", "--command", "node", "app.mjs"}),
            "'app.mjs' is given beside '--command'; expected a command or scenarios, not both (a "
            "command is one text, in quotes)");
  EXPECT_EQ(refused({"run", "--command", "x", "--variant", "autocommit"}),
            "'--variant' is 'autocommit' beside '--command'; expected it only with a scenario, for "
            "a command has the one variant 'command'");
  EXPECT_EQ(refused({"run", "--command", " "}),
            "'--command' is blank; expected a command as a shell takes it");
  EXPECT_EQ(refused({"run", "--command"}), "'--command' needs a value");
  EXPECT_THAT(refused({"run", "a.spec", "--command", "x"}), HasSubstr("a .spec has no use for it"));
  Line many{"run"};
  for (int i = 0; i < 9; ++i) many.insert(many.end(), {"--command", "x"});
  EXPECT_EQ(refused(many),
            "'--command' is given 9 times; expected at most 8, each of which is a session");
}

TEST(ProgramOptions, AreRefusedForTheirValues) {
  const auto beside = [](const std::string& option, const std::string& value) {
    return refused({"run", "--command", "x", option, value});
  };
  EXPECT_EQ(beside("--env", "1A"), "'--env' is '1A'; expected NAME=VALUE, or NAME");
  EXPECT_EQ(beside("--env", "1A=b"), "'--env' is '1A=b'; expected NAME=VALUE, or NAME");
  EXPECT_EQ(refused({"run", "--command", "x", "--env", "A=1", "--env", "A"}),
            "'--env' sets 'A' a second time; expected it once");
  EXPECT_EQ(beside("--env", "PGHOST=b"),
            "'--env' sets 'PGHOST'; expected another variable, for by this one the program is told "
            "which database to use");
  EXPECT_EQ(refused({"run", "--command", "x", "--env", "A=1", "--env", "A=2"}),
            "'--env' sets 'A' a second time; expected it once");
  EXPECT_EQ(refused({"run", "--command", "x", "--setup", "a", "--setup", "a"}),
            "'--setup' names a file twice; expected each once");
  EXPECT_EQ(beside("--retry", "0"), "'--retry' is '0'; expected a whole number from 1 to 100");
  EXPECT_EQ(beside("--timeout", "5"),
            "'--timeout' is '5'; expected a time such as 500ms, 60s or 5m");
  EXPECT_EQ(beside("--own-timeout", "30s"),
            "'--own-timeout' is '30s'; expected less than the 30s after which the program is ended "
            "('--timeout')");
  EXPECT_EQ(beside("--expect", "hold"),
            "'--expect' is 'hold'; expected holds, violated; did you mean 'holds'?");
  EXPECT_EQ(beside("--atomic", "statement"),
            "'--atomic' is 'statement'; expected operation, transaction");
}

TEST(ProgramOptions, ReadBackWhatTheyAreInWords) {
  EXPECT_EQ(to_words(taken({"run", "--command", "node app.mjs", "--setup", "schema.sql"}).programs),
            "--setup schema.sql --command 'node app.mjs'");
  const std::string words = to_words(taken(every_option).programs);
  Line again = shell_words(words);
  again.insert(again.begin(), "run");
  EXPECT_EQ(to_words(taken(again).programs), words);
  for (const char* const option :
       {"--setup seed.sql", "--invariant whole.sql", "'EMPTY='", "'MODE=it", "--retry 5",
        "--timeout 90s", "--own-timeout 1500ms", "--expect violated", "--atomic transaction",
        "--command 'python b'"}) {
    EXPECT_THAT(words, HasSubstr(option));
  }
}

class CommandCase : public testing::Test {
 protected:
  CommandCase() : folder_(testing::TempDir() + "command-case-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder_);
    std::ofstream(path("whole.sql")) << "SELECT 1 WHERE 1 = 0;\n";
    std::ofstream(path("schema.sql")) << "CREATE TABLE t (id INTEGER);\n";
  }
  ~CommandCase() override { std::filesystem::remove_all(folder_); }
  CommandCase(const CommandCase&) = delete;
  CommandCase& operator=(const CommandCase&) = delete;

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  static Wanted wanted(const Options& options) {
    return {.scenarios = options.scenarios,
            .variant = options.variant,
            .targets = options.targets,
            .programs = options.programs};
  }
  static std::string refusal_of(const Line& line) {
    const auto selection = select_cases(wanted(taken(line)), "nowhere");
    return selection.ok() ? "accepted" : selection.error().message;
  }

  std::string folder_;
};

TEST_F(CommandCase, IsAScenarioWithOneVariant) {
  const auto selection = select_cases(
      wanted(taken({"run", "--command", "node app.mjs", "--invariant", path("whole.sql"), "--setup",
                    path("schema.sql"), "--env", "A=b", "--retry", "7", "--own-timeout", "2s",
                    "--target", "sqlite", "--target", "postgres"})),
      "nowhere");
  ASSERT_TRUE(selection.ok()) << selection.error().message;
  ASSERT_THAT(selection.value().cases, SizeIs(2));
  const Case& first = selection.value().cases.front();
  const Scenario& scenario = *first.scenario;
  EXPECT_EQ(scenario.name, "command");
  EXPECT_EQ(scenario.title, "node app.mjs");
  EXPECT_EQ(scenario.retry_attempts, 7);
  EXPECT_THAT(scenario.data.scripts, ElementsAre(path("schema.sql")));
  EXPECT_EQ(unusable_files(scenario.data), "");
  ASSERT_THAT(scenario.invariants, SizeIs(1));
  EXPECT_EQ(scenario.invariants[0].name, "whole");
  EXPECT_EQ(scenario.invariants[0].sql, "SELECT 1 WHERE 1 = 0;\n");
  EXPECT_EQ(scenario.invariants[0].place.file, path("whole.sql"));
  ASSERT_THAT(scenario.operations, SizeIs(1));
  const OperationSpec& operation = scenario.operations.front();
  EXPECT_EQ(operation.session, 'a');
  EXPECT_EQ(operation.title, "node app.mjs");
  EXPECT_THAT(operation.program->command, ElementsAre("/bin/sh", "-c", "node app.mjs"));
  EXPECT_THAT(operation.program->environment, ElementsAre(Pair("A", "b")));
  EXPECT_EQ(operation.program->folder, std::filesystem::current_path().string());
  EXPECT_EQ(operation.program->own_timeout, milliseconds(2000));
  EXPECT_EQ(first.variant->name, "command");
  EXPECT_EQ(first.variant->role, Role::subject);
  EXPECT_EQ(first.variant->expect.at("sqlite").observed, Expectation::holds);
}

TEST_F(CommandCase, OfSeveralCommandsIsSeveralSessions) {
  const auto read =
      scenario_of_command(taken({"run", "--command", "x", "--command", "y\n z"}).programs);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value().title, "a: x; b: y z");
  EXPECT_EQ(read.value().operations[0].session, 'a');
  EXPECT_EQ(read.value().operations[1].session, 'b');
}

TEST_F(CommandCase, ThatIsKnownToBeBrokenIsAControlThatAnyOracleMayCatch) {
  const auto read =
      scenario_of_command(taken({"run", "--command", "x", "--expect", "violated"}).programs);
  ASSERT_TRUE(read.ok());
  const Variant& variant = read.value().variants.at(0);
  EXPECT_EQ(variant.role, Role::control);
  for (const char* const target : {"sqlite", "postgres"}) {
    EXPECT_EQ(variant.expect.at(target).observed, Expectation::violated);
    EXPECT_EQ(variant.expect.at(target).oracle, "");
  }
}

TEST_F(CommandCase, IsRefusedForFilesThatCannotBeUsed) {
  std::ofstream(path("empty.sql")) << " \n";
  std::filesystem::create_directories(path("other"));
  std::ofstream(path("other/whole.sql")) << "SELECT 1";
  const auto invariant = [&](const std::string& file) {
    return refusal_of({"run", "--command", "x", "--invariant", file});
  };
  EXPECT_EQ(invariant("no.sql"),
            "the file no.sql of '--invariant' is not there; expected an SQL query");
  EXPECT_EQ(
      invariant(path("empty.sql")),
      path("empty.sql") +
          ":1:1: found nothing; expected an SQL query that returns the rows which must not be "
          "there");
  EXPECT_THAT(refusal_of({"run", "--command", "x", "--invariant", path("whole.sql"), "--invariant",
                          path("other/whole.sql")}),
              HasSubstr("the invariant 'whole' is given a second time"));
  InitialData data;
  data.scripts = {path("schema.sql"), path("other")};
  EXPECT_EQ(unusable_files(data),
            "the script " + path("other") + " is not there; expected a file of SQL statements");
}

TEST_F(CommandCase, HasOperationsThatNobodyLooksUpOrCalls) {
  const auto selection = select_cases(wanted(taken({"run", "--command", "x"})), "nowhere");
  ASSERT_TRUE(selection.ok());
  const auto operations = operations_of(
      selection.value().cases.front(),
      [](const OperationSpec&, const std::string&) -> sim::Result<OperationFactory, std::string> {
        return std::string("it was looked up");
      });
  ASSERT_TRUE(operations.ok()) << operations.error();
  const Operation operation = operations.value().at(0)();
  SqliteWorld world;
  sim::Rng rng(1);
  sim::Client client(world.engine(), world.clock(), rng);
  EXPECT_THROW(operation(client), std::logic_error);
}

// What `splitproof replay` does with the line of a finding.
TEST_F(CommandCase, IsFoundAgainByTheLineOfAFinding) {
  const Line line{"run",      "--command", "echo 'it''s'", "--setup", path("schema.sql"),
                  "--target", "postgres",  "--expect",     "violated"};
  const auto selection = select_cases(wanted(taken(line)), "nowhere");
  ASSERT_TRUE(selection.ok());
  const Case& subject = selection.value().cases.front();
  const std::string replay = replay_begin(subject, 3) + " --plan 'a2=drop'";
  Line words = shell_words(replay);
  ASSERT_EQ(words.front(), "splitproof");
  words.erase(words.begin());
  const Options options = taken(words);
  ASSERT_TRUE(options.plan.has_value());
  EXPECT_EQ(options.seed, 3U);
  const auto again = select_cases(wanted(options), "nowhere");
  ASSERT_TRUE(again.ok());
  ASSERT_THAT(again.value().cases, SizeIs(1));
  const Case& found = again.value().cases.front();
  EXPECT_EQ(found.target, "postgres");
  EXPECT_EQ(found.command, subject.command);
  EXPECT_EQ(*found.scenario->operations.front().program,
            *subject.scenario->operations.front().program);
  EXPECT_EQ(found.variant->role, Role::control);
}

TEST_F(CommandCase, MayHavePlansThatAreKept) {
  std::ofstream(path("kept.plan")) << "splitproof run --target sqlite --command 'node app.mjs' "
                                      "--plan 'a2=drop'\n";
  const auto kept = read_baseline(folder_, "nowhere");
  ASSERT_TRUE(kept.ok()) << kept.error().message;
  ASSERT_THAT(kept.value(), SizeIs(1));
  EXPECT_EQ(kept.value().front().scenario, "");
  EXPECT_THAT(kept.value().front().programs.commands, ElementsAre("node app.mjs"));
}

TEST(ProgramForms, ReplaceTheCodeInWordsAndValues) {
  ProgramSpec program;
  program.command = {"node", "app-{code}.mjs", "{code}{code}", "{other}"};
  program.environment = {{"MODE", "is {code}"}, {"code", "x"}};
  const ProgramSpec formed = with_code(program, "{code}s");
  EXPECT_THAT(formed.command, ElementsAre("node", "app-{code}s.mjs", "{code}s{code}s", "{other}"));
  EXPECT_THAT(formed.environment, ElementsAre(Pair("MODE", "is {code}s"), Pair("code", "x")));
  EXPECT_EQ(with_code(program, ""), program);
}

TEST(ProgramWords, AreWhatSomebodyWouldType) {
  EXPECT_EQ(in_words(shell_command("a |\n  b ")), "a | b");
  EXPECT_EQ(in_words(std::vector<std::string>{"node", "my app.mjs", ""}), "node 'my app.mjs' ''");
}

}  // namespace
}  // namespace splitproof::harness
