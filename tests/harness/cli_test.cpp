#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/cli/shell_quote.h"

namespace splitproof::harness {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using Arguments = std::vector<std::string>;

Options parsed(const Arguments& arguments) {
  auto result = parse_command_line(arguments, "1.2.3");
  if (result.ok()) return std::move(result).value();
  ADD_FAILURE() << result.error().text;
  return {};
}

CommandLineEnd ended(const Arguments& arguments) {
  auto result = parse_command_line(arguments, "1.2.3");
  if (!result.ok()) return result.error();
  ADD_FAILURE() << "the line was accepted";
  return {};
}

TEST(CommandLine, ListTakesNothing) { EXPECT_EQ(parsed({"list"}).command, Subcommand::list); }

TEST(CommandLine, RunWithoutAnythingRunsAllOnSqlite) {
  const Options options = parsed({"run"});
  EXPECT_EQ(options.command, Subcommand::run);
  EXPECT_TRUE(options.scenarios.empty());
  EXPECT_THAT(options.targets, ElementsAre("sqlite"));
  EXPECT_EQ(options.variant, "");
  EXPECT_EQ(options.seed, 1U);
  EXPECT_FALSE(options.budget.has_value());
  EXPECT_FALSE(options.jobs.has_value());
  EXPECT_FALSE(options.strict);
  EXPECT_FALSE(options.quiet);
  EXPECT_FALSE(options.plan.has_value());
  EXPECT_EQ(options.out, "splitproof-report");
  EXPECT_EQ(options.progress, ProgressChoice::automatic);
  EXPECT_EQ(options.color, ColorChoice::automatic);
}

TEST(CommandLine, RunTakesEachOfItsOptions) {
  const Options options = parsed({"run",         "first",
                                  "--target",    "postgres",
                                  "second.yaml", "--target=sqlite",
                                  "--variant",   "autocommit",
                                  "--seed",      "18446744073709551615",
                                  "--budget",    "60s",
                                  "--jobs",      "2",
                                  "--strict",    "--out",
                                  "a folder",    "--progress",
                                  "never",       "--quiet",
                                  "--color",     "always"});
  EXPECT_THAT(options.scenarios, ElementsAre("first", "second.yaml"));
  EXPECT_THAT(options.targets, ElementsAre("postgres", "sqlite"));
  EXPECT_EQ(options.variant, "autocommit");
  EXPECT_EQ(options.seed, UINT64_MAX);
  EXPECT_EQ(options.budget, milliseconds(60000));
  EXPECT_EQ(options.jobs, 2);
  EXPECT_TRUE(options.strict);
  EXPECT_EQ(options.out, "a folder");
  EXPECT_EQ(options.progress, ProgressChoice::never);
  EXPECT_TRUE(options.quiet);
  EXPECT_EQ(options.color, ColorChoice::always);
}

TEST(CommandLine, TargetsMayBeDatabaseUrls) {
  const Options options = parsed({"run", "--target", "postgresql://me@host:5433/db?sslmode=disable",
                                  "--target", "postgres:///db"});
  EXPECT_THAT(options.targets,
              ElementsAre("postgresql://me@host:5433/db?sslmode=disable", "postgres:///db"));
}

TEST(CommandLine, WhatIsGivenTwiceIsRunOnce) {
  const Options options =
      parsed({"run", "a", "b", "a", "--target", "sqlite", "--target", "sqlite"});
  EXPECT_THAT(options.scenarios, ElementsAre("a", "b"));
  EXPECT_THAT(options.targets, ElementsAre("sqlite"));
}

TEST(CommandLine, WordsAreTakenAsTheyAre) {
  EXPECT_THAT(parsed({"run", "[a,b]", "list", "-", "--", "--odd", "--"}).scenarios,
              ElementsAre("[a,b]", "list", "-", "--odd", "--"));
}

TEST(CommandLine, ReadsThePlanOfOneCase) {
  const Options options = parsed({"run", "transfer", "--variant", "autocommit", "--target",
                                  "postgres", "--plan", "a3=drop a5+=error:53100"});
  ASSERT_TRUE(options.plan.has_value());
  ASSERT_EQ(options.plan->strikes.size(), 2U);
  EXPECT_EQ(to_string(*options.plan), "a3=drop a5+=error:53100");
}

TEST(CommandLine, ReadsSpecsWithTheirOwnOptions) {
  const Options plain = parsed({"run", "a.spec", "b/c.spec", "a.spec"});
  EXPECT_THAT(plain.specs, ElementsAre("a.spec", "b/c.spec"));
  EXPECT_THAT(plain.targets, ElementsAre("postgres"));
  EXPECT_TRUE(plain.scenarios.empty());
  EXPECT_EQ(plain.spec_form, SpecForm::text);
  EXPECT_EQ(plain.step_limit, milliseconds(300000));
  const Options options = parsed({"run", "a.spec", "--target", "postgresql:///db", "--format",
                                  "isolation", "--timeout", "30s", "--strict", "--quiet"});
  EXPECT_THAT(options.targets, ElementsAre("postgresql:///db"));
  EXPECT_EQ(options.spec_form, SpecForm::isolation);
  EXPECT_EQ(options.step_limit, milliseconds(30000));
  EXPECT_TRUE(options.strict);
  EXPECT_TRUE(options.quiet);
  EXPECT_TRUE(parsed({"run", "a.yaml"}).specs.empty());
}

TEST(CommandLine, ReplayTakesAFindingAndWhereToLookForIt) {
  const Options options = parsed({"replay", "transfer.autocommit.sqlite.1", "--out", "reports",
                                  "--target", "postgres", "--color", "never"});
  EXPECT_EQ(options.command, Subcommand::replay);
  EXPECT_EQ(options.finding, "transfer.autocommit.sqlite.1");
  EXPECT_EQ(options.out, "reports");
  EXPECT_THAT(options.targets, ElementsAre("postgres"));
  EXPECT_EQ(options.color, ColorChoice::never);
}

TEST(CommandLine, ReplayGoesWhereTheFindingWasFoundUnlessATargetIsGiven) {
  EXPECT_TRUE(parsed({"replay", "dir/report.json#x.y.sqlite.1"}).targets.empty());
}

TEST(CommandLine, ReportTakesAFolder) {
  const Options options = parsed({"report", "old-report", "--color", "auto"});
  EXPECT_EQ(options.command, Subcommand::report);
  EXPECT_EQ(options.report, "old-report");
  EXPECT_EQ(options.color, ColorChoice::automatic);
}

TEST(CommandLine, HelpAndVersionEndWell) {
  for (const Arguments& arguments :
       {Arguments{"--help"}, Arguments{"-h"}, Arguments{"run", "--help"},
        Arguments{"run", "--nonsense", "-h"}}) {
    EXPECT_EQ(ended(arguments).text, usage());
    EXPECT_EQ(ended(arguments).exit_code, 0);
  }
  EXPECT_EQ(ended({"--version"}).text, "splitproof 1.2.3\n");
  EXPECT_EQ(ended({"--version"}).exit_code, 0);
}

TEST(CommandLine, BehindTheDoubleDashHelpIsAWord) {
  EXPECT_THAT(parsed({"run", "--", "--help"}).scenarios, ElementsAre("--help"));
}

struct Refusal {
  Arguments arguments;
  std::string message;
};

void PrintTo(const Refusal& given, std::ostream* out) { *out << given.message; }

class UsageError : public testing::TestWithParam<Refusal> {};

TEST_P(UsageError, IsOneLineAndAHint) {
  const CommandLineEnd end = ended(GetParam().arguments);
  EXPECT_EQ(end.text,
            "splitproof: " + GetParam().message + "\nsplitproof --help tells what there is.\n");
  EXPECT_EQ(end.exit_code, 3);
}

const std::string one_case =
    "'--plan' runs one case; expected one SCENARIO, '--variant' and at most one '--target'";

INSTANTIATE_TEST_SUITE_P(
    CommandLine, UsageError,
    testing::Values(
        Refusal{{},
                "no command is given; expected one of list, run, replay, report, simulate, "
                "verify, explain"},
        Refusal{{"lst"}, "unknown command 'lst'; did you mean 'list'?"},
        Refusal{{"simulated"}, "unknown command 'simulated'; did you mean 'simulate'?"},
        Refusal{{"--hlep"}, "unknown option '--hlep'"}, Refusal{{""}, "unknown command ''"},
        Refusal{{"list", "x"}, "'list' takes no argument, but 'x' is given"},
        Refusal{{"list", "--seed", "1"}, "'list' has no option '--seed'"},
        Refusal{{"run", "--sed=3"}, "'run' has no option '--sed'; did you mean '--seed'?"},
        Refusal{{"run", "-x"}, "'run' has no option '-x'"},
        Refusal{{"run", "--version"}, "'run' has no option '--version'"},
        Refusal{{"run", "--shard", "1/2"}, "'run' has no option '--shard'"},
        Refusal{{"run", ""}, "'run' is given an empty argument"},
        Refusal{{"run", "--seed"}, "'--seed' needs a value"},
        Refusal{{"run", "--seed", "--jobs", "2"}, "'--seed' needs a value"},
        Refusal{{"run", "--variant="}, "'--variant' needs a value"},
        Refusal{{"run", "--out", ""}, "'--out' needs a value"},
        Refusal{{"run", "--seed", "1", "--seed", "1"}, "'--seed' is given 2 times; expected once"},
        Refusal{{"run", "--seed", "-1"},
                "'--seed' is '-1'; expected a whole number from 0 to 18446744073709551615"},
        Refusal{{"run", "--seed", "18446744073709551616"},
                "'--seed' is '18446744073709551616'; expected a whole number from 0 to "
                "18446744073709551615"},
        Refusal{{"run", "--jobs", "0"}, "'--jobs' is '0'; expected a whole number from 1 to 1024"},
        Refusal{{"run", "--jobs", "2x"},
                "'--jobs' is '2x'; expected a whole number from 1 to 1024"},
        Refusal{{"run", "--budget", "5h"},
                "'--budget' is '5h'; expected a time such as 500ms, 60s or 5m, or a number of "
                "orders such as 20000"},
        Refusal{{"run", "--budget", "0"},
                "'--budget' is '0'; expected a whole number from 1 to 1000000000"},
        Refusal{{"run", "--budget", "5s", "--budget", "9s"},
                "'--budget' is '9s' after another one of its kind; expected at most one time and "
                "one number of orders"},
        Refusal{{"run", "--budget", "5", "--budget", "9"},
                "'--budget' is '9' after another one of its kind; expected at most one time and "
                "one number of orders"},
        Refusal{{"run", "--strategy", "pctt"},
                "'--strategy' is 'pctt'; expected auto, reduced, exhaustive, pct, random, bounded; "
                "did you mean 'pct'?"},
        Refusal{{"run", "--strategy", "pct", "--depth", "0"},
                "'--depth' is '0'; expected a whole number from 1 to 20"},
        Refusal{{"run", "--faults", "3"}, "'--faults' is '3'; expected a whole number from 0 to 2"},
        Refusal{{"run", "--strategy", "random", "--depth", "2"},
                "'--depth' is given, and the strategy random has none; expected it with pct, "
                "bounded or auto"},
        Refusal{{"run", "--target", "mysql"},
                "'--target' is 'mysql'; expected sqlite, postgres or a URL postgresql://..."},
        Refusal{{"run", "--target", "sqlit"},
                "'--target' is 'sqlit'; expected sqlite, postgres or a URL postgresql://...; did "
                "you mean 'sqlite'?"},
        Refusal{{"run", "--color", "blue"}, "'--color' is 'blue'; expected auto, never, always"},
        Refusal{{"run", "--progress", "nevr"},
                "'--progress' is 'nevr'; expected auto, never; did you mean 'never'?"},
        Refusal{{"run", "--strict=no"}, "'--strict' takes no value"},
        Refusal{{"run", "x", "--variant", "v", "--plan", "a3=blow"},
                "'--plan' at character 4: found 'blow', expected error:CODE, error:CODE+rollback, "
                "power:keep=BITS, throw, throw-after, drop, lose-reply, terminate, "
                "terminate-after, crash, "
                "crash-unanswered, crash-after, kill, kill-after, tear-reply, delay, term, "
                "term-after, stop, full-disk, lose-sync, nomem, immediate-stop, "
                "immediate-stop-unanswered, immediate-stop-after, kill-backend, "
                "kill-backend-unanswered or kill-backend-after"},
        Refusal{{"run", "--variant", "v", "--plan", "clean"}, one_case},
        Refusal{{"run", "a", "b", "--variant", "v", "--plan", "clean"}, one_case},
        Refusal{{"run", "a", "--plan", "clean"}, one_case},
        Refusal{{"run", "a", "--variant", "v", "--target", "sqlite", "--target", "postgres",
                 "--plan", "clean"},
                one_case},
        Refusal{{"run", "a", "--format", "text"},
                "'--format' is given without a FILE.spec; expected one"},
        Refusal{{"run", "--timeout", "5"},
                "'--timeout' is '5'; expected a time such as 500ms, 60s or 5m"},
        Refusal{{"run", "a.spec", "lost-update"},
                "'lost-update' is given beside a .spec; expected specs alone, or none"},
        Refusal{{"run", "a.spec", "--seed", "2"},
                "'--seed' is given, and a .spec has no use for it; expected --target, --format, "
                "--timeout, --strict or --quiet"},
        Refusal{{"run", "a.spec", "--target", "sqlite"},
                "'--target' is 'sqlite', and a .spec asks what only PostgreSQL tells; expected "
                "postgres or a URL postgresql://..."},
        Refusal{{"run", "a.spec", "--target", "postgres", "--target", "postgres:///x"},
                "'--target' is given 2 times; expected once"},
        Refusal{{"run", "a.spec", "--format", "isolatoin"},
                "'--format' is 'isolatoin'; expected text, isolation; did you mean 'isolation'?"},
        Refusal{{"run", "a.spec", "--timeout", "5"},
                "'--timeout' is '5'; expected a time such as 500ms, 60s or 5m"},
        Refusal{{"replay"},
                "'replay' is given 0 arguments; expected one: a finding's id, or "
                "PATH/report.json#ID"},
        Refusal{{"replay", "x", "y"},
                "'replay' is given 2 arguments; expected one: a finding's id, or "
                "PATH/report.json#ID"},
        Refusal{{"replay", "x", "--seed", "1"}, "'replay' has no option '--seed'"},
        Refusal{{"replay", "x", "--target", "sqlite", "--target", "postgres"},
                "'--target' is given more than once; expected the one to replay on"},
        Refusal{{"report"}, "'report' is given 0 arguments; expected one: the folder of a report"},
        Refusal{{"report", "x", "--out", "y"}, "'report' has no option '--out'"}));

TEST(Options, SayHowOrdersAreChosen) {
  const Options plain = parsed({"run"});
  EXPECT_EQ(plain.exploration.strategy, StrategyName::automatic);
  EXPECT_EQ(plain.exploration.runs_max, 20000);
  EXPECT_FALSE(plain.exploration.depth.has_value());
  const Options options =
      parsed({"run", "--strategy", "bounded", "--depth", "0", "--budget", "500", "--budget", "5m"});
  EXPECT_EQ(options.exploration.strategy, StrategyName::bounded);
  EXPECT_EQ(options.exploration.depth, 0);
  EXPECT_EQ(options.exploration.runs_max, 500);
  EXPECT_EQ(options.budget, milliseconds(300000));
}

TEST(CommandLine, TakesAReportToVerify) {
  const std::string root = "sha256:" + std::string(64, '0');
  const Options options = parsed(
      {"verify", "report", "--sample", "0", "--seed", "7", "--root", root, "--signers", "signers"});
  EXPECT_EQ(options.verify.folder, "report");
  EXPECT_EQ(options.verify.sample, 0);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.verify.root, root);
  EXPECT_EQ(options.verify.signers, "signers");
  EXPECT_TRUE(parsed({"verify", "report", "--offline"}).verify.offline);
  EXPECT_THAT(ended({"verify"}).text, HasSubstr("expected one: the folder of a report"));
  EXPECT_THAT(ended({"verify", "r", "--root", "sha256:1"}).text,
              HasSubstr("'--root' is 'sha256:1'; expected sha256: and 64 digits"));
  EXPECT_THAT(ended({"verify", "r", "--offline", "--sample", "3"}).text,
              HasSubstr("expected it without '--offline'"));
}

TEST(CommandLine, TakesAnIncidentsRows) {
  const Options options = parsed({"explain", "--state", "a.csv", "--table", "sums=b=c.csv"});
  ASSERT_EQ(options.explain.tables.size(), 2U);
  EXPECT_EQ(options.explain.tables[0].name, "");
  EXPECT_EQ(options.explain.tables[1].name, "sums");
  EXPECT_EQ(options.explain.tables[1].file, "b=c.csv");
  EXPECT_EQ(options.out, "splitproof-report");
  for (const char* const wrong : {"a.csv", "=a.csv", "sums="}) {
    EXPECT_THAT(ended({"explain", "--table", wrong}).text, HasSubstr("expected NAME=FILE.csv"));
  }
  EXPECT_THAT(ended({"explain"}).text, HasSubstr("is given no rows"));
}

TEST(CommandLine, TakesAnOlderReportToCompare) {
  EXPECT_EQ(parsed({"report", "new", "--compare", "old"}).compare, "old");
  EXPECT_EQ(parsed({"report", "new", "--html", "page.html"}).html, "page.html");
  EXPECT_EQ(parsed({"run", "--sign", "key"}).sign, "key");
}

TEST(CommandLine, TakesColumnsToMask) {
  EXPECT_THAT(parsed({"run", "--redact", "email", "--redact", "orders.total"}).redact,
              ElementsAre("email", "orders.total"));
}

TEST(CommandLine, TakesNoColumnsToMaskForSpecs) {
  EXPECT_THAT(ended({"run", "--format", "isolation", "a.spec", "--redact", "email"}).text,
              HasSubstr("--redact"));
}

TEST(Usage, NamesEveryOptionThatIsTakenAndNoOther) {
  const std::string text = usage();
  for (const char* option :
       {"--target",    "--variant", "--seed",   "--strategy",    "--depth",   "--faults",
        "--budget",    "--jobs",    "--strict", "--plan",        "--out",     "--progress",
        "--quiet",     "--color",   "--format", "--timeout",     "--command", "--setup",
        "--invariant", "--env",     "--retry",  "--own-timeout", "--atomic",  "--expect",
        "--version",   "--help",    "--days",   "--clients",     "--seeds",   "--minutes",
        "--sign",      "--compare", "--sample", "--offline",     "--root",    "--signers",
        "--state",     "--table",   "--redact", "--html"}) {
    EXPECT_THAT(text, HasSubstr(option));
  }
  const auto is_taken = [](const std::string& command, const std::string& name) {
    const auto line = parse_command_line({command, name}, "1");
    return line.ok() || line.error().text.find("has no option") == std::string::npos;
  };
  const std::regex option("--[a-z-]+");
  for (std::sregex_iterator found(text.begin(), text.end(), option), end; found != end; ++found) {
    const std::string name = found->str();
    if (name == "--version" || name == "--help") continue;
    const bool is_any =
        std::ranges::any_of(std::array{"run", "simulate", "report", "verify", "explain"},
                            [&](const std::string& command) { return is_taken(command, name); });
    EXPECT_TRUE(is_any) << name;
  }
}

TEST(Usage, ShowsExamplesThatAreTaken) {
  EXPECT_THAT(usage(), HasSubstr("splitproof run my-case.yaml --variant autocommit --budget 5m"));
  EXPECT_EQ(parsed({"run", "my-case.yaml", "--variant", "autocommit", "--budget", "5m"}).budget,
            std::chrono::minutes(5));
  EXPECT_THAT(usage(), HasSubstr("Exit codes:"));
}

TEST(Duration, IsAWholeNumberWithAUnit) {
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("60s"), milliseconds(60000));
  EXPECT_EQ(parse_duration("5m"), milliseconds(300000));
  for (const char* wrong : {"", "5", "s", "0s", "-1s", "1.5s", "5 m", "5mm", "5S", "1e3s",
                            "9223372036854775807m", "99999999999999999999s", "525601m"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

std::string as_the_shell_reads(const std::string& word) {
  const std::string command = "printf %s " + shell_quote(word);
  const std::unique_ptr<FILE, int (*)(FILE*)> shell(popen(command.c_str(), "r"), pclose);
  std::array<char, 256> buffer{};
  const std::size_t length = fread(buffer.data(), 1, buffer.size(), shell.get());
  return std::string(buffer.data(), length);
}

TEST(ShellQuote, LeavesPlainWordsAlone) {
  EXPECT_EQ(shell_quote("balance-transfer"), "balance-transfer");
  EXPECT_EQ(shell_quote("postgresql://me@host:5432/db"), "postgresql://me@host:5432/db");
}

TEST(ShellQuote, QuotesWhatTheShellWouldTouch) {
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("a3=drop"), "'a3=drop'");
  EXPECT_EQ(shell_quote("it's"), R"('it'\''s')");
}

TEST(ShellQuote, GivesTheShellBackTheSameWord) {
  for (const char* word : {"a b", "$HOME", "`id`", "a\nb", "*", "~", "'", "''", "\\", "a\"b", "!x",
                           "#x", "x;y", "é", "{a,b}", "a&b", "<(x)"}) {
    EXPECT_EQ(as_the_shell_reads(word), word);
  }
}

}  // namespace
}  // namespace splitproof::harness
