// From words on the command line to cases, and from a replay line to words.
#include "harness/run/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/cli/shell_quote.h"
#include "harness/run/replay.h"
#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string folder = tests::in_tree("scenarios");

Selection selected(const Wanted& wanted) {
  sim::Result<Selection, SelectionError> selection = select_cases(wanted, folder);
  if (selection.ok()) return std::move(selection).value();
  ADD_FAILURE() << selection.error().message;
  return {};
}

std::string refusal_of(const Wanted& wanted) {
  const sim::Result<Selection, SelectionError> selection = select_cases(wanted, folder);
  return selection.ok() ? "accepted" : selection.error().message;
}

// A scenario file of a test's own.
class ScenarioFile {
 public:
  explicit ScenarioFile(const std::string& text) {
    if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no folder for the test");
    std::ofstream(path()) << text;
  }
  ~ScenarioFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  ScenarioFile(const ScenarioFile&) = delete;
  ScenarioFile& operator=(const ScenarioFile&) = delete;

  std::string path() const { return folder_ + "/own.yaml"; }

 private:
  std::string folder_ = "/tmp/splitproof-test-XXXXXX";
};

constexpr const char* own_scenario =
    "scenario: pay-once\n"
    "title: A bill is paid\n"
    "story: A client pays a bill.\n"
    "claim: The bill is paid once.\n"
    "operations: [{title: pay, steps: [SELECT 1]}]\n"
    "variants:\n"
    "  - {name: transactional, title: t, expect: holds}\n"
    "  - {name: autocommit, title: t, expect: holds}\n";

TEST(Selection, TakesEveryVariantOnEveryTarget) {
  const Selection selection = selected(
      {.scenarios = {"partial-failure"}, .variant = "", .targets = {"sqlite", "postgres"}});
  ASSERT_THAT(selection.scenarios, SizeIs(1));
  const std::size_t variants = selection.scenarios[0]->variants.size();
  ASSERT_THAT(selection.cases, SizeIs(2 * variants));
  EXPECT_EQ(selection.cases[0].target_kind, "sqlite");
  EXPECT_EQ(selection.cases[variants].target_kind, "postgres");
  EXPECT_EQ(selection.cases[0].variant, selection.cases[variants].variant);
  EXPECT_EQ(selection.cases[0].argument, "partial-failure");
}

TEST(Selection, TakesEveryDocumentedCaseWhereNoneIsNamed) {
  const Selection selection = selected({.scenarios = {}, .variant = "", .targets = {"sqlite"}});
  EXPECT_THAT(selection.scenarios, SizeIs(documented_cases().size()));
  std::vector<std::string> names;
  for (const auto& scenario : selection.scenarios) names.push_back(scenario->name);
  EXPECT_EQ(names, documented_cases());
}

TEST(Selection, FindsCasesOnASimulatedDiskByTheirNamesAlone) {
  for (const std::string& name : storage_cases()) {
    EXPECT_THAT(listed_cases(), testing::Contains(name));
    EXPECT_THAT(documented_cases(), testing::Not(testing::Contains(name)));
  }
}

TEST(Selection, TakesVariantsWhereTheyAreCases) {
  const Selection disks =
      selected({.scenarios = {"contract-matrix"}, .variant = "", .targets = {"sqlite"}});
  EXPECT_THAT(disks.cases, SizeIs(24)) << "six journals, four settings of synchronous";
  const Selection servers =
      selected({.scenarios = {"contract-matrix"}, .variant = "", .targets = {"postgres"}});
  EXPECT_THAT(servers.cases, SizeIs(8)) << "three settings, each on and off";
  EXPECT_EQ(refusal_of(
                {.scenarios = {"contract-matrix"}, .variant = "wal-full", .targets = {"postgres"}}),
            "no case of contract-matrix is one on postgres; 'splitproof list' shows on which "
            "target each variant is");
}

TEST(Selection, KeepsARowForWhatIsNotBuiltUnlessAVariantIsAskedFor) {
  const Wanted all{.scenarios = {}, .variant = "", .targets = {"sqlite"}};
  const Selection selection = selected(all);
  std::size_t not_built = 0;
  for (const Case& one : selection.cases) {
    EXPECT_EQ(one.variant == nullptr, !one.scenario->not_built.empty());
    if (one.variant == nullptr) ++not_built;
  }
  Wanted one_variant = all;
  one_variant.variant = "transactional";
  for (const Case& one : selected(one_variant).cases) {
    ASSERT_NE(one.variant, nullptr);
    EXPECT_EQ(one.variant->name, "transactional");
  }
  EXPECT_GT(selection.cases.size(), not_built);
}

TEST(Selection, SaysTheNearestNameOfAnUnknownScenario) {
  const std::string message =
      refusal_of({.scenarios = {"partial-falure"}, .variant = "", .targets = {"sqlite"}});
  EXPECT_THAT(message, HasSubstr("there is no scenario 'partial-falure'"));
  EXPECT_THAT(message, HasSubstr("did you mean 'partial-failure'?"));
  EXPECT_THAT(refusal_of({.scenarios = {"qqq"}, .variant = "", .targets = {"sqlite"}}),
              Not(HasSubstr("did you mean")));
}

TEST(Selection, SaysTheNearestNameOfAnUnknownVariant) {
  const std::string message =
      refusal_of({.scenarios = {"partial-failure"}, .variant = "autocomit", .targets = {"sqlite"}});
  EXPECT_THAT(message, HasSubstr("no variant 'autocomit' in partial-failure"));
  EXPECT_THAT(message, HasSubstr("did you mean 'autocommit'?"));
  EXPECT_THAT(message, HasSubstr("known: transactional, autocommit"));
}

TEST(Selection, TakesAFileByItsPath) {
  const ScenarioFile file(own_scenario);
  const Selection selection =
      selected({.scenarios = {file.path()}, .variant = "autocommit", .targets = {"sqlite"}});
  ASSERT_THAT(selection.cases, SizeIs(1));
  EXPECT_EQ(selection.cases[0].scenario->name, "pay-once");
  EXPECT_EQ(selection.cases[0].argument, file.path());
}

TEST(Selection, RefusesAFileThatIsNotThereOrNotAScenario) {
  EXPECT_EQ(refusal_of({.scenarios = {"nowhere/x.yaml"}, .variant = "", .targets = {"sqlite"}}),
            "the scenario file nowhere/x.yaml is not there");
  EXPECT_EQ(refusal_of({.scenarios = {"x.yml"}, .variant = "", .targets = {"sqlite"}}),
            "the scenario file x.yml is not there");
  const ScenarioFile file("scenario: [unfinished\n");
  EXPECT_THAT(refusal_of({.scenarios = {file.path()}, .variant = "", .targets = {"sqlite"}}),
              HasSubstr(file.path() + ":"));
}

TEST(Listing, NamesScenariosVariantsAndWhatIsExpected) {
  const ScenarioFile file(own_scenario);
  const std::string text = listing(selected(
      {.scenarios = {file.path(), "partial-failure"}, .variant = "", .targets = {"sqlite"}}));
  EXPECT_THAT(text, HasSubstr("pay-once: A bill is paid\n"));
  EXPECT_THAT(text, HasSubstr("holds"));
  EXPECT_THAT(text, HasSubstr("caught by told-equals-held"));
}

TEST(ShellWords, SplitsALineAsAShellDoes) {
  EXPECT_THAT(shell_words(""), IsEmpty());
  EXPECT_THAT(shell_words("   "), IsEmpty());
  EXPECT_THAT(shell_words(" splitproof  run x "), ElementsAre("splitproof", "run", "x"));
  EXPECT_THAT(shell_words("--plan 'a1=drop a2=throw'"), ElementsAre("--plan", "a1=drop a2=throw"));
  EXPECT_THAT(shell_words(R"(it\'s 'it'\''s' '')"), ElementsAre("it's", "it's", ""));
  EXPECT_THAT(shell_words(R"(a'b c'd \ )"), ElementsAre("ab cd", " "));
}

}  // namespace
}  // namespace splitproof::harness
