// Scenario files whose system is anyone's program: what is read, what is refused, and that the JSON
// Schema for editors knows the same keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "harness/run/scenario_file.h"
#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::Pair;
using testing::SizeIs;

const std::string programs_folder = tests::in_tree("scenarios");

// Four lines, so that what a test adds begins in line 5.
const std::string programs_head =
    "scenario: app\n"
    "title: A program of somebody\n"
    "story: It saves an order.\n"
    "claim: The order is whole.\n";

sim::Result<Scenario, ScenarioError> read_after_head(const std::string& part) {
  return read_scenario_text(programs_head + part + "\n", "f.yaml", programs_folder);
}

Scenario program_scenario(const std::string& part) {
  auto read = read_after_head(part);
  if (read.ok()) return std::move(read).value();
  ADD_FAILURE() << to_string(read.error());
  return {};
}

std::string program_refusal(const std::string& part) {
  const auto read = read_after_head(part);
  return read.ok() ? "accepted" : to_string(read.error());
}

TEST(ProgramScenario, IsReadWithEveryKey) {
  const Scenario read = program_scenario(R"(data: {scripts: [README.md, data/daily_kpi_2025.csv]}
operations:
  - title: order
    session: b
    command: [node, "app-{code}.mjs", ""]
    environment: {MODE: "{code}", EMPTY: "", NUMBER: 7}
    folder: data
    time-limit: 2m
    own-timeout: 500ms
  - {title: count, command: "node count.mjs | tee log"}
atomic: transaction
faults: [tear-reply, delay, term, stop]
incident: {story: It broke., strikes: ["1: save order = stop"]}
variants:
  - {name: good, title: as it must be, code: right, expect: holds})");
  EXPECT_THAT(read.data.scripts, ElementsAre(programs_folder + "/README.md",
                                             programs_folder + "/data/daily_kpi_2025.csv"));
  ASSERT_THAT(read.operations, SizeIs(2));
  const OperationSpec& first = read.operations[0];
  EXPECT_EQ(first.session, 'b');
  EXPECT_EQ(first.title, "order");
  ASSERT_TRUE(first.program.has_value());
  EXPECT_THAT(first.program->command, ElementsAre("node", "app-{code}.mjs", ""));
  EXPECT_THAT(first.program->environment,
              ElementsAre(Pair("EMPTY", ""), Pair("MODE", "{code}"), Pair("NUMBER", "7")));
  EXPECT_EQ(first.program->folder, programs_folder + "/data");
  EXPECT_EQ(first.program->time_limit, milliseconds(120000));
  EXPECT_EQ(first.program->own_timeout, milliseconds(500));
  const ProgramSpec& second = *read.operations[1].program;
  EXPECT_THAT(second.command, ElementsAre("/bin/sh", "-c", "node count.mjs | tee log"));
  EXPECT_EQ(second.folder, programs_folder);
  EXPECT_EQ(second.time_limit, milliseconds(30000));
  EXPECT_EQ(second.own_timeout, milliseconds(0));
  EXPECT_TRUE(read.by_transaction);
  EXPECT_THAT(read.faults, ElementsAre("tear-reply", "delay", "term", "stop"));
  EXPECT_EQ(read.incident.at(0).fault, "stop");
  EXPECT_EQ(read.variants.at(0).code, "right");
}

TEST(ProgramScenario, MayBeOneSystemWithoutVariants) {
  const Scenario read = program_scenario("system: {command: [node, app.mjs]}");
  ASSERT_THAT(read.operations, SizeIs(1));
  EXPECT_EQ(read.operations[0].title, "A program of somebody");
  EXPECT_EQ(read.operations[0].session, 'a');
  EXPECT_EQ(read.operations[0].place.line, 5);
  EXPECT_THAT(read.operations[0].program->command, ElementsAre("node", "app.mjs"));
  EXPECT_FALSE(read.by_transaction);
  ASSERT_THAT(read.variants, SizeIs(1));
  EXPECT_EQ(read.variants[0].name, "command");
  EXPECT_EQ(read.variants[0].role, Role::subject);
  EXPECT_EQ(read.variants[0].expect.at("sqlite").observed, Expectation::holds);
  EXPECT_EQ(read.variants[0].expect.at("postgres").observed, Expectation::holds);
}

TEST(ProgramScenario, MayBeSessionsAtOnce) {
  const Scenario read = program_scenario(
      "sessions:\n  - {command: [node, my app.mjs]}\n  - {title: second, command: make x}");
  ASSERT_THAT(read.operations, SizeIs(2));
  EXPECT_EQ(read.operations[0].session, 'a');
  EXPECT_EQ(read.operations[0].title, "node 'my app.mjs'");
  EXPECT_EQ(read.operations[1].session, 'b');
  EXPECT_EQ(read.operations[1].title, "second");
  EXPECT_THAT(read.variants, SizeIs(1));
}

struct Wrong {
  std::string name;     // Of the test.
  std::string part;     // From line 5 on.
  std::string refusal;  // Behind "f.yaml:".
};

void PrintTo(const Wrong& given, std::ostream* out) { *out << given.part; }

class ProgramRefusal : public testing::TestWithParam<Wrong> {};

TEST_P(ProgramRefusal, NamesThePlaceAndBothSides) {
  EXPECT_EQ(program_refusal(GetParam().part), "f.yaml:" + GetParam().refusal);
}

const std::string about_command = "expected a command: a list of words, or one text for a shell";

Wrong system_with(const std::string& name, const std::string& keys, const std::string& refusal) {
  return {name, "system: {command: x, " + keys + "}", refusal};
}

INSTANTIATE_TEST_SUITE_P(
    Programs, ProgramRefusal,
    testing::Values(
        Wrong{"NothingIsRun", "retry: 2",
              "1:1: found no 'operations' in the scenario; expected this key (only a case that "
              "says why it is 'not-built' may do without)"},
        Wrong{"SystemAndOperations", "operations: [{title: t, steps: [A]}]\nsystem: {command: x}",
              "6:9: found 'system' beside 'operations'; expected one of the two, for each says "
              "what is run"},
        Wrong{"SystemAndSessions", "system: {command: x}\nsessions: [{command: x}]",
              "6:11: found 'sessions' beside 'system'; expected one of the two, for each says what "
              "is run"},
        Wrong{"CommandBesideSteps",
              "operations:\n  - {title: t, steps: [A]}\n  - {title: t, command: x}",
              "7:5: found an operation with a command beside one without; expected a command in "
              "every operation, or in none"},
        Wrong{"RunAndCommand", "operations:\n  - {title: t, run: x, command: y}",
              "6:5: found an operation with 'run' and 'command'; expected exactly one of 'run', "
              "'steps' and 'command'"},
        Wrong{"WithBesideCommand", "operations:\n  - {title: t, command: x, with: {a: b}}",
              "6:34: found 'with' beside 'command'; expected it beside 'run', whose arguments it "
              "gives"},
        Wrong{"FolderBesideSteps", "operations:\n  - {title: t, steps: [A], folder: data}",
              "6:36: found 'folder' beside 'steps'; expected it beside 'command', whose program it "
              "is for"},
        Wrong{"SystemWithoutCommand", "system: {folder: data}",
              "5:9: found no 'command' in the system; expected this key"},
        Wrong{"SessionWithoutCommand", "sessions: [{title: t}]",
              "5:12: found no 'command' in a session; expected this key"},
        Wrong{"SystemUnknownKey", "system: {command: x, folders: y}",
              "5:22: found the unknown key 'folders' in the system; expected 'folder', the nearest "
              "known word"},
        Wrong{"CommandEmptyList", "system: {command: []}",
              "5:19: found an empty list as 'command'; " + about_command},
        Wrong{"CommandMapping", "system: {command: {a: b}}",
              "5:19: found a mapping; " + about_command +
                  " (a text with ': ' in it belongs in quotes)"},
        Wrong{"CommandBlank", "system: {command: ' '}",
              "5:19: found an empty text; " + about_command},
        Wrong{"CommandWithoutName", "system: {command: ['', x]}",
              "5:20: found an empty text; expected a word of the command"},
        Wrong{"CommandWordIsList", "system: {command: [x, [y]]}",
              "5:23: found a list; expected a word of the command"},
        system_with("EnvironmentIsText", "environment: A=b",
                    "5:35: found 'A=b' as 'environment'; expected a mapping of variables to their "
                    "values"),
        system_with("VariableWithHyphen", "environment: {A-B: c}",
                    "5:36: found 'A-B' as the name of a variable; expected letters, digits and "
                    "underlines, the first no digit"),
        system_with("VariableOfOurs", "environment: {DATABASE_URL: c}",
                    "5:36: found the variable 'DATABASE_URL'; expected another one, for by this "
                    "one the program is told which database to use"),
        system_with("VariableIsList", "environment: {A: [b]}",
                    "5:39: found a list; expected the value of a variable"),
        system_with("FolderNotThere", "folder: nowhere",
                    "5:30: found the folder 'nowhere'; expected one that exists, but there is none "
                    "at " +
                        programs_folder + "/nowhere"),
        system_with("TimeLimitNoTime", "time-limit: 30",
                    "5:34: found '30' as 'time-limit'; expected a time such as 500ms, 30s or 5m"),
        system_with("OwnTimeoutTooLong", "time-limit: 5s, own-timeout: 5s",
                    "5:51: found an 'own-timeout' of 5000 ms; expected less than the 'time-limit' "
                    "of 5000 ms, after which the program is ended"),
        Wrong{"ScriptNotThere", "data: {scripts: [no.sql]}\nsystem: {command: x}",
              "5:18: found the file 'no.sql'; expected one that exists, but there is none at " +
                  programs_folder + "/no.sql"},
        Wrong{"AtomicUnknown", "system: {command: x}\natomic: statement",
              "6:9: found 'statement' as 'atomic'; expected one of operation, transaction"},
        Wrong{"AtomicProperty",
              "property: random-operations\natomic: transaction\n"
              "variants: [{name: a, title: t, expect: holds}]",
              "6:9: found 'atomic: transaction' beside a 'property', which judges whole "
              "operations; expected it beside operations that are given"}),
    [](const testing::TestParamInfo<Wrong>& given) { return given.param.name; });

TEST(ProgramScenario, HasAtMostEightSessions) {
  std::string part = "sessions:";
  for (int i = 0; i < 9; ++i) part += "\n  - {command: x}";
  EXPECT_EQ(program_refusal(part),
            "f.yaml:14:5: found 9 sessions; expected at most 8, for every set of them is run for "
            "comparison");
}

using Keys = std::set<std::string>;

Keys keys_of(const nlohmann::json& mapping) {
  Keys keys;
  for (const auto& [key, value] : mapping.at("properties").items()) keys.insert(key);
  return keys;
}

// Those that the reader names where it finds one that it does not know.
Keys keys_named(const std::string& refusal) {
  const std::string mark = "; expected one of ";
  const std::size_t at = refusal.find(mark);
  Keys keys;
  if (at == std::string::npos) return keys;
  std::istringstream words(refusal.substr(at + mark.size()));
  for (std::string word; words >> word;) {
    keys.insert(word.ends_with(',') ? word.substr(0, word.size() - 1) : word);
  }
  return keys;
}

TEST(ScenarioSchema, KnowsTheKeysThatAreRead) {
  std::ifstream file(programs_folder + "/scenario.schema.json");
  const nlohmann::json schema = nlohmann::json::parse(file);
  const nlohmann::json& top = schema.at("properties");
  EXPECT_EQ(keys_of(schema), keys_named(program_refusal("qqqqqqqq: 1")));
  EXPECT_EQ(keys_of(top.at("data")),
            keys_named(program_refusal("system: {command: x}\ndata: {qqqqqqqq: 1}")));
  EXPECT_EQ(keys_of(top.at("operations").at("items")),
            keys_named(program_refusal("operations: [{qqqqqqqq: 1}]")));
  EXPECT_EQ(keys_of(top.at("system")), keys_named(program_refusal("system: {qqqqqqqq: 1}")));
  EXPECT_EQ(keys_of(top.at("sessions").at("items")),
            keys_named(program_refusal("sessions: [{qqqqqqqq: 1}]")));
  const nlohmann::json& pattern = top.at("incident").at("properties").at("strikes").at("items");
  for (const nlohmann::json& family : schema.at("definitions").at("fault").at("enum")) {
    EXPECT_THAT(pattern.at("pattern").get<std::string>(),
                testing::HasSubstr(family.get<std::string>()));
  }
}

}  // namespace
}  // namespace splitproof::harness
