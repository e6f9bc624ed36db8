#include "harness/run/redaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/masks.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

State of_customers(const std::vector<sim::Row>& rows) {
  return {
      {"customers", std::make_shared<const Table>(Table{{"id", "email", "paid", "note"}, rows})}};
}

const std::vector<sim::Row> two_customers{
    {std::int64_t{1}, "ada@example.org", std::int64_t{1234}, sim::Null{}},
    {std::int64_t{2}, "o'neill@example.org", std::int64_t{7}, "email"}};

RunVerdict with_finding(const Finding& finding) {
  RunVerdict verdict;
  verdict.cases.emplace_back();
  verdict.cases.front().findings.push_back(finding);
  return verdict;
}

// What is left of a finding, and of evidence where some is given.
Finding masked(Redaction& redaction, const Finding& finding, Evidence evidence = {}) {
  RunVerdict verdict = with_finding(finding);
  std::vector<LedgerEntry> ledger;
  redaction.apply(verdict, ledger, evidence);
  return verdict.cases.front().findings.front();
}

TEST(TextMasks, ReplaceWhatStandsAlone) {
  TextMasks masks;
  masks.add("12", "‹n 1›");
  masks.add("Ada", "‹name 1›");
  masks.add("Ada Lovelace", "‹name 2›");
  EXPECT_EQ(masks.masked("Ada has 12, (12) and '12'", 2),
            "‹name 1› has ‹n 1›, (‹n 1›) and '‹n 1›'");
  EXPECT_EQ(masks.masked("Adam has 120, a12 and 312", 2), "Adam has 120, a12 and 312");
  EXPECT_EQ(masks.masked("Ada Lovelace, Ada", 2), "‹name 2›, ‹name 1›") << "the longest";
  EXPECT_EQ(masks.masked("12Ädam, Adaé", 2), "12Ädam, Adaé") << "letters beyond ASCII";
  EXPECT_EQ(masks.masked("", 2), "");
}

TEST(TextMasks, LeaveShortValuesWhereToldTo) {
  TextMasks masks;
  masks.add("1", "‹n 1›");
  masks.add("", "‹n 2›");
  EXPECT_EQ(masks.masked("1 row", 2), "1 row");
  EXPECT_EQ(masks.masked("SET n = 1", 1), "SET n = ‹n 1›");
}

TEST(Redaction, MasksCellsOfItsColumnsAlone) {
  Redaction redaction({"email"});
  redaction.learn(of_customers(two_customers));
  Finding finding;
  finding.differences.push_back({"customers",
                                 {"id", "email", "note"},
                                 {{"1", "ada@example.org", "NULL"}},
                                 {{"1", "o'neill@example.org", "ada@example.org"}}});
  const Finding seen = masked(redaction, finding);
  const auto& expected = seen.differences.front().expected.front();
  const auto& found = seen.differences.front().found.front();
  EXPECT_THAT(expected[1], StartsWith("‹email "));
  EXPECT_THAT(found[1], StartsWith("‹email "));
  EXPECT_NE(expected[1], found[1]) << "what differs can still be seen";
  EXPECT_EQ(expected[0], "1");
  EXPECT_EQ(found[2], "ada@example.org") << "another column of the table";
}

TEST(Redaction, TakesAColumnOfOneTable) {
  State state = of_customers(two_customers);
  state["guests"] = std::make_shared<const Table>(Table{{"email"}, {{"bob@example.org"}}});
  Redaction redaction({"guests.email"});
  redaction.learn(state);
  Finding finding;
  finding.claim = "bob@example.org, ada@example.org";
  EXPECT_EQ(masked(redaction, finding).claim, "‹guests.email 1›, ada@example.org");
}

TEST(Redaction, MasksSentencesSqlAndParameters) {
  Redaction redaction({"email", "paid"});
  redaction.learn(of_customers(two_customers));
  Finding finding;
  finding.because = "ada@example.org paid 12.34, in 7 runs";
  finding.script = "INSERT INTO customers VALUES (2, 'o''neill@example.org', 7);";
  finding.output = "stored 1234 for ada@example.org";
  finding.story = {{"client a", "sends ada@example.org"}};
  finding.damage = {{"money", "1234 is lost"}};
  finding.timeline.emplace();
  finding.timeline->steps.emplace_back();
  finding.timeline->steps.front().parameters = {"7", "1234", "8"};
  finding.timeline->steps.front().sql = "UPDATE customers SET paid = 7";
  finding.timeline->stages.push_back(
      {"before",
       "ada@example.org",
       {{"customers", {"paid"}, {{RowMark::split, {"7"}, {"1234"}, {0}}}}}});
  const Finding seen = masked(redaction, finding);
  for (const std::string& text :
       {seen.because, seen.script, seen.output, seen.story.front().text, seen.damage.front().text,
        seen.timeline->steps.front().sql, seen.timeline->stages.front().holds}) {
    EXPECT_THAT(text, Not(HasSubstr("example.org")));
    EXPECT_THAT(text, Not(HasSubstr("1234")));
    EXPECT_THAT(text, Not(HasSubstr("12.34")));
    EXPECT_THAT(text, HasSubstr("‹"));
  }
  EXPECT_THAT(seen.because, HasSubstr("in 7 runs"));
  EXPECT_THAT(seen.script, Not(HasSubstr("7)")));
  const auto& parameters = seen.timeline->steps.front().parameters;
  EXPECT_THAT(parameters[0], StartsWith("‹paid "));
  EXPECT_NE(parameters[0], parameters[1]);
  EXPECT_EQ(parameters[2], "8");
  const StageRow& row = seen.timeline->stages.front().tables.front().rows.front();
  EXPECT_EQ(row.cells.front(), parameters[0]) << "one value, one mask";
  EXPECT_EQ(row.right.front(), parameters[1]);
}

TEST(Redaction, MasksEvidence) {
  Redaction redaction({"email"});
  redaction.learn(of_customers(two_customers));
  Evidence evidence;
  CaseEvidence& one = evidence.cases.emplace_back();
  one.tables = {{"customers", {"id", "email"}, {"id"}, {{"1", "ada@example.org"}}}};
  one.states = {{"digest", {{0, {0}, {{"2", "o'neill@example.org"}}}}, {"ada@example.org lost"}}};
  RunVerdict verdict;
  std::vector<LedgerEntry> ledger(1);
  ledger.front().left_open = {"a row of ada@example.org"};
  redaction.apply(verdict, ledger, evidence);
  EXPECT_THAT(*one.tables.front().rows.front()[1], StartsWith("‹email "));
  EXPECT_THAT(*one.states.front().changes.front().added.front()[1], StartsWith("‹email "));
  EXPECT_THAT(one.states.front().damage.front(), StartsWith("‹email "));
  EXPECT_THAT(ledger.front().left_open, ElementsAre(StartsWith("a row of ‹email ")));
  EXPECT_THAT(verdict.not_tested, ElementsAre(HasSubstr("those of email are replaced")));
}

TEST(Redaction, NumbersValuesWhateverTheOrderInWhichTheyAreSeen) {
  Redaction forth({"email"});
  Redaction back({"email"});
  forth.learn(of_customers({two_customers[0]}));
  forth.learn(of_customers({two_customers[1]}));
  back.learn(of_customers({two_customers[1]}));
  back.learn(of_customers({two_customers[0]}));
  Finding finding;
  finding.claim = "ada@example.org and o'neill@example.org";
  EXPECT_EQ(masked(forth, finding).claim, masked(back, finding).claim);
}

TEST(Redaction, HidesSecretsOfPrograms) {
  Redaction redaction({});
  redaction.hide("API_KEY", "hunter2");
  redaction.hide("TOKEN", "no");
  Finding finding;
  finding.output = "no, key=hunter2";
  EXPECT_EQ(masked(redaction, finding).output, "no, key=‹API_KEY›");
}

TEST(Redaction, ObjectsToAColumnThatNobodyHas) {
  Redaction redaction({"email", "emial"});
  redaction.learn(of_customers(two_customers));
  EXPECT_THAT(redaction.objection(),
              HasSubstr("'--redact' is 'emial', and no table of these cases has such a column; "
                        "did you mean 'email'?"));
  Redaction known({"customers.email"});
  known.learn(of_customers({}));
  EXPECT_EQ(known.objection(), "");
}

}  // namespace
}  // namespace splitproof::harness
