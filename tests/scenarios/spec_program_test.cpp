// `splitproof run FILE.spec` from outside: what is printed where, exit codes, and nothing left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <regex>
#include <utility>

#include "tests/scenarios/support.h"
#include "tests/support/leftovers.h"
#include "tests/support/paths.h"

namespace splitproof::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// What stands in the README between a line and the end of its block.
std::string block_of_readme(const std::string& begin) {
  const std::string readme = read_file(tests::in_tree("README.md"));
  const std::size_t at = readme.find(begin);
  if (at == std::string::npos) return "";
  const std::size_t first = at + begin.size();
  return readme.substr(first, readme.find("```", first) - first);
}

std::string without_server_version(const std::string& text) {
  return std::regex_replace(text, std::regex("PostgreSQL [0-9.]+"), "PostgreSQL x");
}

class SpecProgram : public testing::Test {
 protected:
  Ended run(const std::string& spec, Texts options = {}) {
    write_file(folder_ / "a.spec", spec);
    options.insert(options.begin(), {"run", "a.spec"});
    return splitproof(options, folder_);
  }

  // Only the file that the test itself has written.
  void expect_nothing_written() const {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      files += entry.exists() ? 1U : 0U;
    }
    EXPECT_EQ(files, 1U);
  }

  ScratchFolder folder_;
};

TEST_F(SpecProgram, PrintsWhatReadmeShows) {
  write_file(folder_ / "stock.spec", block_of_readme("```spec\n"));
  const std::string shown = block_of_readme("```text\n$ splitproof run stock.spec\n");
  ASSERT_GT(shown.size(), 100U);
  const Ended ended = splitproof({"run", "stock.spec"}, folder_);
  EXPECT_EQ(ended.status.code, 0);
  EXPECT_EQ(without_server_version(ended.out), without_server_version(shown));
  EXPECT_EQ(ended.err, "");
  expect_nothing_written();
}

// What a finding leaves beside its report shows the same damage by itself.
TEST_F(SpecProgram, RunsTheSpecOfAFinding) {
  const Ended found = splitproof({"run", "lost-update", "--variant", "read-committed", "--target",
                                  "postgres", "--plan", "order=b3a"},
                                 folder_);
  ASSERT_EQ(found.status.code, 0) << found.out << found.err;
  const std::string file =
      folder_ / "splitproof-report/findings/lost-update.read-committed.postgres.1";
  EXPECT_THAT(read_file(file + ".sql"), HasSubstr("\n-- 4. Terminal a\n"));
  const Ended shown = splitproof({"run", file + ".spec", "--format", "isolation"}, folder_);
  EXPECT_EQ(shown.status.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("\nvisits|  105\n"));
}

TEST_F(SpecProgram, PrintsTheTranscriptOfIsolationtester) {
  const Ended ended =
      run("session s step a { SELECT 1 AS x; } step b { SELEC; }", {"--format", "isolation"});
  EXPECT_EQ(ended.status.code, 0);
  EXPECT_EQ(ended.out, R"(Parsed test spec with 1 sessions

starting permutation: a b
step a: SELECT 1 AS x;
x
-
1
(1 row)

step b: SELEC;
ERROR:  syntax error at or near "SELEC"
)");
  EXPECT_EQ(ended.err, "");
  expect_nothing_written();
}

TEST_F(SpecProgram, TellsComplaintsOnStandardError) {
  const Ended ended = run("teardown { SELECT 1/0; } session s step a {} step b {} permutation a",
                          {"--format", "isolation"});
  EXPECT_EQ(ended.status.code, 0);
  EXPECT_EQ(ended.out, "Parsed test spec with 1 sessions\n\nstarting permutation: a\nstep a: \n");
  EXPECT_EQ(ended.err, "unused step name: b\nteardown failed: ERROR:  division by zero\n");
}

TEST_F(SpecProgram, RefusesABadSpecByItsPlaceBeforeAnythingIsStarted) {
  const Ended ended = run("session s\nstep a { SELECT 1; }\npermutation a commit\n");
  EXPECT_EQ(ended.status.code, 3);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(
      ended.err,
      "splitproof: a.spec:3:15: found the unknown step 'commit'; expected the name of a step\n");
}

TEST_F(SpecProgram, RefusesASetupThatFails) {
  const Ended ended = run("setup { SELEC; } session s step a {}", {"--quiet"});
  EXPECT_EQ(ended.status.code, 3);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, StartsWith("splitproof: a.spec:1:7: found a setup that the database "
                                    "refuses"));
}

TEST_F(SpecProgram, IsUndecidedWhenAStepTookTooLong) {
  const Ended ended =
      run("session s step ever { SELECT pg_sleep(3600); } step b {} permutation ever permutation b",
          {"--timeout", "200ms"});
  EXPECT_EQ(ended.status.code, 2);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("     1  inconclusive  ever; ever: 57014 canceling statement due to "
                              "user request\n        because the step 'ever'"),
                    HasSubstr("     2  ran           b\n"),
                    HasSubstr("? INCONCLUSIVE: not every permutation ran.")));
}

TEST_F(SpecProgram, WarnsOfAnOpenTransactionAndFailsWhenStrict) {
  const std::string spec = "session s step a { BEGIN; }";
  const Ended ended = run(spec);
  EXPECT_EQ(ended.status.code, 0);
  EXPECT_THAT(ended.out, HasSubstr("warning: the session 's' leaves a transaction open\n"));
  EXPECT_EQ(run(spec, {"--strict"}).status.code, 1);
}

TEST_F(SpecProgram, SaysSoWhenTheServerCannotBeReached) {
  const Ended ended = run("session s step a {}",
                          {"--target", "postgresql://me:secret@127.0.0.1:1/x?connect_timeout=1"});
  EXPECT_EQ(ended.status.code, 4);
  EXPECT_THAT(ended.err, AllOf(StartsWith("splitproof: the database server cannot be used"),
                               testing::Not(HasSubstr("secret"))));
}

// A program in its own folder, whose server is killed by a step, or that is told to stop meanwhile.
class SpecLeftovers : public SpecProgram {
 protected:
  Ended run_and_look(const std::string& spec, int signal) {
    write_file(folder_ / "a.spec", spec);
    const std::string mark = "SPLITPROOF_SPEC_TEST=" + std::to_string(::getpid());
    Program::Options options;
    options.environment["SPLITPROOF_SPEC_TEST"] = std::to_string(::getpid());
    Program program({"run", "a.spec", "--format", "isolation"}, folder_, options);
    Leftovers left(program.pid(), mark);
    // The server's processes show in their titles what they do.
    const auto sleeps = [&] {
      for (const std::string& line : left.command_lines()) {
        if (line.find("SELECT") != std::string::npos) return true;
      }
      return false;
    };
    while (!program.has_ended_within(std::chrono::milliseconds(5))) {
      left.watch();
      if (signal == 0 || !sleeps()) continue;
      // A second one would end it at once.
      program.signal(std::exchange(signal, 0));
    }
    const Ended ended = program.wait();
    EXPECT_THAT(left.found(), IsEmpty());
    return ended;
  }
};

TEST_F(SpecLeftovers, AreNoneWhenTheServerDies) {
  const Ended ended = run_and_look(
      "session s step kill { COPY (SELECT 1) TO PROGRAM 'kill -9 $(head -n 1 postmaster.pid)'; } "
      "step b { SELECT pg_sleep(3600); } permutation kill b",
      0);
  EXPECT_EQ(ended.status.code, 4);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("splitproof: a.spec: the server was lost"),
                               HasSubstr("in permutation 1 (kill b)")));
}

TEST_F(SpecLeftovers, AreNoneWhenItIsStopped) {
  const Ended ended = run_and_look("session s step a { SELECT pg_sleep(3600); }", SIGTERM);
  EXPECT_EQ(ended.status.code, 128 + SIGTERM);
}

}  // namespace
}  // namespace splitproof::tests
