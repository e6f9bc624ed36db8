// Isolation specs as text: what they mean, what is refused and where, and the order of orders.
#include "harness/spec/spec_parser.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

IsolationSpec spec_of(const std::string& text) {
  auto spec = parse_isolation_spec(text, "a.spec");
  if (spec.ok()) return std::move(spec).value();
  ADD_FAILURE() << to_string(spec.error());
  return {};
}

// Every order of a spec as one line, in the order in which they are run.
std::vector<std::string> order_lines(const IsolationSpec& spec) {
  std::vector<std::string> lines;
  SpecOrders orders(spec);
  while (const auto order = orders.next()) {
    std::vector<std::string> names;
    for (const SpecUse& use : *order) names.push_back(spec.steps[use.step].name);
    lines.push_back(fmt::format("{}", fmt::join(names, " ")));
  }
  return lines;
}

TEST(SpecParser, ReadsEveryPart) {
  const IsolationSpec spec = spec_of(R"(# What it is about.
setup { CREATE TABLE t (a int); }
setup
{
  INSERT INTO t VALUES (1);
}
teardown { DROP TABLE t; }

session first
setup { BEGIN; }
step a1 { SELECT 1; } # The first.
step "a 2" {}
teardown { COMMIT; }
session "the ""second"""
step b1 {SELECT 2;}
permutation a1 b1
permutation a1 b1(a1, *) "a 2"(b1 notices 12)
)");
  ASSERT_EQ(spec.setups.size(), 2U);
  EXPECT_EQ(spec.setups[0].sql, "CREATE TABLE t (a int);");
  EXPECT_EQ(spec.setups[1].sql, "\n  INSERT INTO t VALUES (1);\n");
  EXPECT_EQ(spec.setups[1].place.line, 4);
  EXPECT_EQ(spec.teardown->sql, "DROP TABLE t;");
  ASSERT_EQ(spec.sessions.size(), 2U);
  EXPECT_EQ(spec.sessions[0].name, "first");
  EXPECT_EQ(spec.sessions[0].setup->sql, "BEGIN;");
  EXPECT_EQ(spec.sessions[0].teardown->sql, "COMMIT;");
  EXPECT_THAT(spec.sessions[0].steps, ElementsAre(0, 1));
  EXPECT_EQ(spec.sessions[1].name, "the \"second\"");
  EXPECT_FALSE(spec.sessions[1].setup.has_value());
  ASSERT_EQ(spec.steps.size(), 3U);
  EXPECT_EQ(spec.steps[1].name, "a 2");
  EXPECT_EQ(spec.steps[1].sql, "");
  EXPECT_EQ(spec.steps[2].sql, "SELECT 2;");
  EXPECT_EQ(spec.steps[2].session, 1U);
  ASSERT_EQ(spec.permutations.size(), 2U);
  const SpecPermutation& marked = spec.permutations[1];
  ASSERT_EQ(marked.size(), 3U);
  EXPECT_THAT(marked[0].blockers, IsEmpty());
  ASSERT_EQ(marked[1].blockers.size(), 2U);
  EXPECT_EQ(marked[1].blockers[0].kind, SpecBlocker::Kind::other_step);
  EXPECT_EQ(marked[1].blockers[0].step, 0U);
  EXPECT_EQ(marked[1].blockers[1].kind, SpecBlocker::Kind::once);
  EXPECT_EQ(marked[2].blockers.at(0).kind, SpecBlocker::Kind::notices);
  EXPECT_EQ(marked[2].blockers.at(0).step, 2U);
  EXPECT_EQ(marked[2].blockers.at(0).count, 12);
}

// Only the blanks of the braces' own lines go, as isolationtester has it.
TEST(SpecParser, KeepsLineFeedsInSql) {
  EXPECT_EQ(spec_of("session s step a {  \t\r x  \n  \t}").steps.at(0).sql, "x  \n");
  EXPECT_EQ(spec_of("session s step a { # -- 'x'\n}").steps.at(0).sql, "# -- 'x'\n");
}

TEST(SpecParser, TakesNamesOfAnyLetters) {
  const IsolationSpec spec =
      spec_of("session \xC3\xA9t\xC3\xA9$1 step _a9 {} step \"step\" {} step \"{ # }\" {}");
  EXPECT_EQ(spec.sessions.at(0).name, "\xC3\xA9t\xC3\xA9$1");
  EXPECT_EQ(spec.steps.at(0).name, "_a9");
  EXPECT_EQ(spec.steps.at(1).name, "step");
  EXPECT_EQ(spec.steps.at(2).name, "{ # }");
}

TEST(SpecParser, NamesStepsThatNoPermutationUses) {
  EXPECT_THAT(unused_steps(spec_of("session s step z {} step b {} step a {} permutation b")),
              ElementsAre("a", "z"));
  EXPECT_THAT(unused_steps(spec_of("session s step z {} step b {}")), IsEmpty());
}

TEST(SpecParser, SaysWhereAFileIsMissing) {
  const auto spec = read_isolation_spec("nowhere/there.spec");
  ASSERT_FALSE(spec.ok());
  EXPECT_EQ(to_string(spec.error()),
            "nowhere/there.spec:1:1: found no file that can be read; expected a spec");
}

TEST(SpecOrders, WithoutPermutationsAreAllThatKeepTheSessionsOrder) {
  EXPECT_THAT(order_lines(spec_of("session s step a {} step b {} session t step x {} step y {}")),
              ElementsAre("a b x y", "a x b y", "a x y b", "x a b y", "x a y b", "x y a b"));
  EXPECT_THAT(order_lines(spec_of("session s step a {} session t step x {} session u step m {}")),
              ElementsAre("a x m", "a m x", "x a m", "x m a", "m a x", "m x a"));
  EXPECT_THAT(order_lines(spec_of("session s step a {} step b {}")), ElementsAre("a b"));
}

TEST(SpecOrders, OfThreeSessionsOfTwoStepsAreNinety) {
  const auto lines = order_lines(
      spec_of("session s step a {} step b {} session t step c {} step d {} session u step e {} "
              "step f {}"));
  ASSERT_EQ(lines.size(), 90U);
  EXPECT_EQ(lines[1], "a b c e d f");
  EXPECT_EQ(lines[88], "e f c a d b");
}

TEST(SpecOrders, WithPermutationsAreThoseAndMayRepeatSteps) {
  EXPECT_THAT(order_lines(spec_of("session s step a {} session t step x {} step y {} "
                                  "permutation x a a permutation y")),
              ElementsAre("x a a", "y"));
}

struct SpecFlaw {
  std::string text;
  std::string message;  // Behind the file's name.
};

void PrintTo(const SpecFlaw& flaw, std::ostream* out) { *out << flaw.message; }

class SpecFlaws : public testing::TestWithParam<SpecFlaw> {};

TEST_P(SpecFlaws, AreRefusedAtTheirPlace) {
  const auto spec = parse_isolation_spec(GetParam().text, "a.spec");
  ASSERT_FALSE(spec.ok());
  EXPECT_EQ(to_string(spec.error()), "a.spec:" + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, SpecFlaws,
    testing::Values(
        SpecFlaw{"", "1:1: found the end of the file; expected 'setup', 'teardown' or 'session'"},
        SpecFlaw{"# only this\n",
                 "2:1: found the end of the file; expected 'setup', 'teardown' or 'session'"},
        SpecFlaw{"teardown {} setup {}", "1:13: found the keyword 'setup'; expected 'session'"},
        SpecFlaw{"setup\n  session",
                 "2:3: found the keyword 'session'; expected a block of SQL in braces after "
                 "'setup'"},
        SpecFlaw{"session {}", "1:9: found a block of SQL; expected the name of a session"},
        SpecFlaw{"session step a {}",
                 "1:9: found the keyword 'step'; expected the name of a session"},
        SpecFlaw{"session s", "1:10: found the end of the file; expected 'setup' or 'step'"},
        SpecFlaw{"session s setup {} permutation a",
                 "1:20: found the keyword 'permutation'; expected 'step'"},
        SpecFlaw{"session s\nstep 1a {}", "2:6: found the number 1; expected the name of a step"},
        SpecFlaw{"session s step a",
                 "1:17: found the end of the file; expected a block of SQL in braces after the "
                 "step's name"},
        SpecFlaw{"session s step a {}\nteardown {} step b {}",
                 "2:13: found the keyword 'step'; expected 'session', 'permutation' or the end of "
                 "the file"},
        SpecFlaw{"session s step a {} b",
                 "1:21: found the name 'b'; expected 'step', 'teardown', 'session', 'permutation' "
                 "or the end of the file"},
        SpecFlaw{"session s step a {}\nsession t\nstep b {} step a {}",
                 "3:16: found the step 'a' again; expected another name, for it is the one of line "
                 "1 already"},
        SpecFlaw{"session s step a {} permutation",
                 "1:32: found the end of the file; expected the name of a step"},
        SpecFlaw{"session s step read {} permutation raed",
                 "1:36: found the unknown step 'raed'; expected the name of a step, such as "
                 "'read'"},
        SpecFlaw{"session one step read {} permutation read one",
                 "1:43: found the session 'one'; expected the name of a step"},
        SpecFlaw{"session s step a {} permutation a session t",
                 "1:35: found the keyword 'session'; expected the name of a step, 'permutation' or "
                 "the end of the file"},
        SpecFlaw{"session s step a {} permutation a()",
                 "1:35: found ')'; expected '*' or the name of a step"},
        SpecFlaw{"session s step a {} permutation a(a notices)",
                 "1:44: found ')'; expected a number of notices"},
        SpecFlaw{"session s step a {} permutation a(a 3)",
                 "1:37: found the number 3; expected 'notices', ',' or ')'"},
        SpecFlaw{"session s step a {} permutation a(* a)",
                 "1:37: found the name 'a'; expected ',' or ')'"},
        SpecFlaw{"session s step a {} session t step b {} permutation a(b)",
                 "1:55: found the step 'b'; expected one of this permutation, for 'a' is to wait "
                 "for it"},
        SpecFlaw{"session s step a {} permutation a(zzzzzzzz)",
                 "1:35: found the unknown step 'zzzzzzzz'; expected the name of a step"},
        SpecFlaw{"session s step a {} step b {} permutation a b(a)",
                 "1:47: found the step 'a'; expected one of another session, for 'b' cannot wait "
                 "for its own"},
        SpecFlaw{"session s step a { SELECT 1;\n",
                 "1:18: found a block of SQL in which the file ends; expected its closing '}'"},
        SpecFlaw{"session \"s\nstep a {}",
                 "1:9: found a name that the line ends inside; expected its closing '\"'"},
        SpecFlaw{"session \"s",
                 "1:9: found a name that the file ends inside; expected its closing "
                 "'\"'"},
        SpecFlaw{"session s step a {} }",
                 "1:21: found '}'; expected a keyword, a name or a block of SQL"},
        SpecFlaw{"session s; step a {}",
                 "1:10: found ';'; expected a keyword, a name or a block of SQL"},
        SpecFlaw{"session \xC3\xA9 \x01",
                 "1:11: found the byte 0x01; expected a keyword, a name or a block of SQL"},
        SpecFlaw{std::string("session s step a {x\0}", 21),
                 "1:20: found a zero byte; expected text, for SQL cannot hold it"},
        SpecFlaw{"session s step a {} permutation a(a notices 2147483648)",
                 "1:45: found the number 2147483648; expected one of at most 2147483647"}));

}  // namespace
}  // namespace splitproof::harness
