// What the loader refuses: each with the exact place and the exact words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/run/scenario_file.h"
#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

const std::string scenarios = tests::in_tree("scenarios");

std::string refusal_of(const std::string& text) {
  const auto read = read_scenario_text(text, "f.yaml", scenarios);
  return read.ok() ? "accepted" : to_string(read.error());
}

// Five lines that every scenario has; what a test adds begins in line 6.
const std::string head =
    "scenario: pay-once\n"
    "title: A bill is paid\n"
    "story: A client pays a bill.\n"
    "claim: The bill is paid once.\n"
    "\n";
const std::string operations = "operations: [{title: pay, steps: [SELECT 1]}]\n";
const std::string variants = "variants: [{name: plain, title: as it is, expect: holds}]\n";

// A scenario whose line 6 and the following are `part`, and which is right otherwise.
std::string scenario_with(const std::string& part) {
  std::string text = head + part + "\n";
  if (!part.starts_with("operations:")) text += operations;
  text += variants;
  return text;
}

struct RefusedFile {
  std::string name;  // Of the test.
  std::string text;
  std::string refusal;  // Behind "f.yaml:".
};

std::string name_of(const testing::TestParamInfo<RefusedFile>& given) { return given.param.name; }

void PrintTo(const RefusedFile& given, std::ostream* out) { *out << given.text; }

class ScenarioRefusal : public testing::TestWithParam<RefusedFile> {};

TEST_P(ScenarioRefusal, NamesThePlaceAndBothSides) {
  EXPECT_EQ(refusal_of(GetParam().text), "f.yaml:" + GetParam().refusal);
}

const std::string keys =
    "scenario, title, story, claim, not-built, data, property, operations, system, sessions, "
    "atomic, retry, faults, incident, invariants, damage, compare, variants";

INSTANTIATE_TEST_SUITE_P(
    Yaml, ScenarioRefusal,
    testing::Values(
        RefusedFile{"Empty", "",
                    "1:1: found nothing; expected the scenario: a mapping with the keys " + keys},
        RefusedFile{"NoMapping", "- a\n",
                    "1:1: found a list; expected the scenario: a mapping with the keys " + keys},
        RefusedFile{
            "Broken", "scenario: x\ntitle: day 1: x\n",
            "2:13: this is not valid YAML: illegal map value; expected one 'key: value' per line "
            "(a text with ': ' in it belongs in quotes)"},
        RefusedFile{"OpenList", "scenario: [a\nb: c\n",
                    "1:11: found a '[' that is never closed; expected its ']'"},
        RefusedFile{"OpenMapping", "a: [{b: c",
                    "1:5: found a '{' that is never closed; expected its '}'"},
        RefusedFile{
            "Tab", "data:\n\tsql: x\n",
            "2:5: this is not valid YAML: illegal map value; expected blanks, not a tab, before "
            "the first word of a line"},
        RefusedFile{"ColumnsCountCharacters", "title: \"äöü€\" x\n",
                    "1:15: this is not valid YAML: end of map not found"},
        RefusedFile{
            "NotUtf8", "title: a\nstory: \xC3(\n",
            "2:8: found the byte 0xC3; expected a scenario in YAML: text in UTF-8 without control "
            "characters"},
        RefusedFile{
            "ControlCharacter", std::string("title: ä\0", 10),
            "1:9: found the byte 0x00; expected a scenario in YAML: text in UTF-8 without control "
            "characters"},
        RefusedFile{"OpenQuote", "scenario: x\ntitle: \"never closed\nstory: y\n",
                    "2:8: found a quote that is never closed; expected its closing quote"},
        RefusedFile{"OpenSingleQuote", "title: 'it''s\n",
                    "1:8: found a quote that is never closed; expected its closing quote"},
        RefusedFile{
            "DuplicateKey", scenario_with("title: Another"),
            "6:1: found the key 'title' a second time; expected it once (the first is in line 2)"},
        RefusedFile{
            "DuplicateKeyInside", scenario_with("data: {sql: [A], sql: [B]}"),
            "6:18: found the key 'sql' a second time; expected it once (the first is in line 6)"},
        RefusedFile{"ListAsKey", "? [a]\n: b\n", "1:3: found a list as a key; expected a word"},
        RefusedFile{"Anchor", "title: &t x\n", "1:8: found an anchor (&); expected a plain value"},
        RefusedFile{"Alias", "- &a x\n- *a\n", "1:3: found an anchor (&); expected a plain value"},
        RefusedFile{"Tag", "title: !!str x\n",
                    "1:8: found the tag 'tag:yaml.org,2002:str'; expected a plain value"},
        RefusedFile{"SecondDocument", "a: b\n---\nc: d\n",
                    "2:1: found a second document; expected one scenario in a file"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Keys, ScenarioRefusal,
    testing::Values(
        RefusedFile{
            "UnknownWithNearest", scenario_with("operatoins: []"),
            "6:1: found the unknown key 'operatoins' in the scenario; expected 'operations', the "
            "nearest known word"},
        RefusedFile{"UnknownWithoutNearest", scenario_with("colour: red"),
                    "6:1: found the unknown key 'colour' in the scenario; expected one of " + keys},
        RefusedFile{"MissingTitle", "scenario: x\nstory: y\n",
                    "1:1: found no 'title' in the scenario; expected this key"},
        RefusedFile{
            "MissingOperations", head + variants,
            "1:1: found no 'operations' in the scenario; expected this key (only a case that says "
            "why it is 'not-built' may do without)"},
        RefusedFile{
            "MissingVariants", head + operations,
            "1:1: found no 'variants' in the scenario; expected this key (only a case that says "
            "why it is 'not-built' may do without)"},
        RefusedFile{"ValueLeftOut", "scenario: x\ntitle:\nstory: y\n",
                    "2:1: found nothing; expected a text for 'title'"},
        RefusedFile{"EmptyText", "scenario: x\ntitle: ' '\n",
                    "2:8: found an empty text; expected a text for 'title'"},
        RefusedFile{
            "MappingForText", "scenario: x\ntitle: {a: b}\n",
            "2:8: found a mapping; expected a text for 'title' (a text with ': ' in it belongs in "
            "quotes)"},
        RefusedFile{
            "NameNotKebab", "scenario: Pay_Once\n",
            "1:11: found 'Pay_Once' as 'scenario'; expected a name in lower case with hyphens, "
            "such as 'balance-transfer'"},
        RefusedFile{"TextForList", scenario_with("faults: error"),
                    "6:9: found 'error' as 'faults'; expected a list with at least one item"},
        RefusedFile{"EmptyList", scenario_with("faults: []"),
                    "6:9: found an empty list as 'faults'; expected a list with at least one item"},
        RefusedFile{"RetryNoNumber", scenario_with("retry: often"),
                    "6:8: found 'often' as 'retry'; expected a number from 1 to 100: how often an "
                    "operation that was not told committed is run again"},
        RefusedFile{
            "RetryZero", scenario_with("retry: 0"),
            "6:8: found '0' as 'retry'; expected a number from 1 to 100: how often an operation "
            "that was not told committed is run again"},
        RefusedFile{"FaultUnknown", scenario_with("faults: [error, drpo]"),
                    "6:17: found the fault 'drpo'; expected 'drop', the nearest known word"},
        RefusedFile{"FaultTwice", scenario_with("faults: [drop, drop]"),
                    "6:16: found the fault 'drop' a second time; expected it once"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Data, ScenarioRefusal,
    testing::Values(
        RefusedFile{"SchemaUnknown", scenario_with("data: {schema: postgres}"),
                    "6:16: found 'postgres' as 'schema'; expected aggregator"},
        RefusedFile{
            "FileNotThere", scenario_with("data: {schema: aggregator, import: [{file: no.csv}]}"),
            "6:44: found the file 'no.csv'; expected one that exists, but there is none at " +
                scenarios + "/no.csv"},
        RefusedFile{"FileIsFolder",
                    scenario_with("data: {schema: aggregator, import: [{file: data}]}"),
                    "6:44: found the file 'data'; expected one that exists, but there is none at " +
                        scenarios + "/data"},
        RefusedFile{"NoFile",
                    scenario_with("data:\n  schema: aggregator\n  import:\n    - from: 2025-08-01"),
                    "9:7: found no 'file' in an import; expected this key"},
        RefusedFile{
            "ImportWithoutSchema",
            scenario_with("data:\n  import: [{file: data/daily_kpi_2025.csv}]"),
            "7:11: found an import without the table it goes to; expected 'schema: aggregator' "
            "beside it"},
        RefusedFile{"DayThatIsNone",
                    scenario_with("data:\n  schema: aggregator\n  import:\n"
                                  "    - {file: data/daily_kpi_2025.csv, to: 2025-02-30}"),
                    "9:43: found '2025-02-30' as 'to'; expected a day such as 2025-08-31"},
        RefusedFile{
            "LastDayBeforeFirst",
            scenario_with(
                "data:\n  schema: aggregator\n  import:\n    - file: data/daily_kpi_2025.csv\n"
                "      from: 2025-08-02\n      to: 2025-08-01"),
            "11:11: found the last day 2025-08-01 before the first day 2025-08-02; expected it on "
            "or after"},
        RefusedFile{"EmptySql", scenario_with("data:\n  sql:\n    - SELECT 1\n    -\n"),
                    "9:5: found nothing; expected an SQL statement"},
        RefusedFile{"BlankSql", scenario_with("data: {sql: ['']}"),
                    "6:14: found an empty text; expected an SQL statement"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Operations, ScenarioRefusal,
    testing::Values(
        RefusedFile{
            "NeitherRunNorSteps", scenario_with("operations:\n  - title: pay"),
            "7:5: found an operation with none of what it could do; expected exactly one of 'run', "
            "'steps' and 'command'"},
        RefusedFile{
            "RunAndSteps", scenario_with("operations:\n  - {title: pay, run: x, steps: [A]}"),
            "7:5: found an operation with 'run' and 'steps'; expected exactly one of 'run', "
            "'steps' "
            "and 'command'"},
        RefusedFile{"NoTitle", scenario_with("operations:\n  - run: x"),
                    "7:5: found no 'title' in an operation; expected this key"},
        RefusedFile{
            "WithBesideSteps",
            scenario_with("operations:\n  - {title: pay, steps: [A], with: {a: b}}"),
            "7:36: found 'with' beside 'steps'; expected it beside 'run', whose arguments it "
            "gives"},
        RefusedFile{"WithNoMapping",
                    scenario_with("operations:\n  - {title: pay, run: x, with: b}"),
                    "7:32: found 'b' as 'with'; expected a mapping of the operation's arguments"},
        RefusedFile{"ArgumentNoText",
                    scenario_with("operations:\n  - {title: p, run: x, with: {a: [b]}}"),
                    "7:34: found a list; expected the value of an argument"},
        RefusedFile{
            "ArgumentFileNotThere",
            scenario_with("operations:\n  - {title: p, run: x, with: {file: no.csv}}"),
            "7:37: found the file 'no.csv'; expected one that exists, but there is none at " +
                scenarios + "/no.csv"}),
    name_of);

const std::string strike_example =
    "expected a strike such as '1: save conversion metrics = error': the number of the operation, "
    "the name of the statement, the fault";

RefusedFile strike(const std::string& name, const std::string& text, const std::string& refusal) {
  return {name, scenario_with("incident: {story: s, strikes: ['" + text + "']}"),
          "6:32: " + refusal};
}

INSTANTIATE_TEST_SUITE_P(
    Incident, ScenarioRefusal,
    testing::Values(
        RefusedFile{"NoStrikes", scenario_with("incident: {story: s}"),
                    "6:11: found no 'strikes' in the incident; expected this key"},
        RefusedFile{"NoStory", scenario_with("incident: {strikes: ['1: a = drop']}"),
                    "6:11: found no 'story' in the incident; expected this key"},
        RefusedFile{
            "StrikeNotQuoted",
            scenario_with("incident:\n  story: s\n  strikes:\n    - 1: a = drop"),
            "9:7: found a mapping; expected a strike (a text with ': ' in it belongs in quotes)"},
        strike("NoNumber", "a = drop", "found 'a = drop'; " + strike_example),
        strike("NumberNoNumber", "x: a = drop", "found 'x: a = drop'; " + strike_example),
        strike("NoStatement", "1: = drop", "found '1: = drop'; " + strike_example),
        strike("NoFault", "1: a", "found '1: a'; " + strike_example),
        strike("NoSuchOperation", "2: a = drop",
               "found a strike in operation 2; expected a number from 1 to 1, for so many "
               "operations there are"),
        strike("OperationZero", "0: a = drop",
               "found a strike in operation 0; expected a number from 1 to 1, for so many "
               "operations there are"),
        strike("NoSuchFault", "1: a = error:23505",
               "found the fault 'error:23505'; expected one of error, throw, drop, lose-reply, "
               "terminate, "
               "crash, kill, tear-reply, delay, term, stop, full-disk, power, lose-sync, nomem, "
               "immediate-stop, kill-backend")),
    name_of);

// Operations of these sessions, one each, in this order.
std::string sessions(const std::string& letters) {
  std::string text = "operations:";
  for (const char letter : letters) {
    text += std::string("\n  - {title: t, steps: [A], session: ") + letter + "}";
  }
  return scenario_with(text);
}

INSTANTIATE_TEST_SUITE_P(
    Sessions, ScenarioRefusal,
    testing::Values(
        RefusedFile{"NoLetter", sessions("a1"),
                    "8:37: found '1' as 'session'; expected one of the letters a to h"},
        RefusedFile{"OutOfReach", sessions("ai"),
                    "8:37: found 'i' as 'session'; expected one of the letters a to h"},
        RefusedFile{"Empty", scenario_with("operations: [{title: t, steps: [A], session: ''}]"),
                    "6:46: found an empty text; expected a text for 'session'"},
        RefusedFile{
            "WithoutTheFirst", sessions("bb"),
            "7:5: found the session 'b' and no operation of the session 'a'; expected the letters "
            "from 'a' on, none left out"},
        RefusedFile{
            "OneLeftOut", sessions("aca"),
            "8:5: found the session 'c' and no operation of the session 'b'; expected the letters "
            "from 'a' on, none left out"},
        RefusedFile{
            "TooManyAtOnce", sessions("aabbaabba"),
            "15:5: found 9 operations of several sessions; expected at most 8, for every set of "
            "them is run for comparison"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Judgement, ScenarioRefusal,
    testing::Values(
        RefusedFile{"InvariantWithoutSql", scenario_with("invariants:\n  - name: total"),
                    "7:5: found no 'sql' in an invariant; expected this key"},
        RefusedFile{"InvariantTwice",
                    scenario_with("invariants:\n  - {name: a, sql: A}\n  - {name: a, sql: B}"),
                    "8:12: found the invariant 'a' a second time; expected another name"},
        RefusedFile{"WhenUnknown",
                    scenario_with("invariants:\n  - {name: a, sql: A, when: allways}"),
                    "7:29: found 'allways' as 'when'; expected 'always', the nearest known word"},
        RefusedFile{"DamageWithoutSentence", scenario_with("damage:\n  - {name: a, sql: A}"),
                    "7:5: found no 'says' in a damage query; expected this key"},
        RefusedFile{"DamageTwice",
                    scenario_with(
                        "damage:\n  - {name: a, sql: A, says: s}\n  - {name: a, sql: B, says: s}"),
                    "8:12: found the damage query 'a' a second time; expected another name"},
        RefusedFile{
            "PlaceholderOpen", scenario_with("damage:\n  - {name: a, sql: A, says: '{b is lost'}"),
            "7:29: found '{b is lost' in the sentence; expected a column of the query in braces: "
            "{clients}, or {value:money} for minor units"},
        RefusedFile{
            "PlaceholderOfNoKind",
            scenario_with("damage:\n  - {name: a, sql: A, says: '{b} and {c:date}'}"),
            "7:29: found '{c:date}' in the sentence; expected a column of the query in braces: "
            "{clients}, or {value:money} for minor units"},
        RefusedFile{"LeaveOutWithoutReason", scenario_with("compare: {leave-out: [{table: t}]}"),
                    "6:23: found no 'reason' in a part left out; expected this key"}),
    name_of);

TEST(ScenarioFile, ThatIsNestedWithoutEndIsRefused) {
  EXPECT_THAT(refusal_of("a: " + std::string(100000, '[')),
              testing::EndsWith("found hundreds of lists and mappings within each other; expected "
                                "fewer"));
}

TEST(ScenarioFile, ThatIsNotThereIsRefused) {
  const auto read = read_scenario_file("/nowhere/x.yaml");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(to_string(read.error()),
            "/nowhere/x.yaml:1:1: found no such file; expected a scenario file");
}

TEST(ScenarioFile, ThatIsAFolderIsRefused) {
  const auto read = read_scenario_file(scenarios);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(to_string(read.error()),
            scenarios + ":1:1: found something that is no file; expected a scenario file");
}

TEST(ScenarioFile, ThatIsMuchTooLongIsRefused) {
  const std::string path = testing::TempDir() + "/too_long.yaml";
  std::ofstream(path) << std::string(128 * 1024 + 1, '#');
  const auto read = read_scenario_file(path);
  std::filesystem::remove(path);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message, "found more than 128 KiB; expected a scenario file");
}

}  // namespace
}  // namespace splitproof::harness
