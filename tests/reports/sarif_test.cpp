// results.sarif, against the schema of the standard and against what each case deserves.
#include "reports/sarif.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"
#include "tests/reports/random_verdict.h"
#include "tests/reports/schema.h"

namespace splitproof::reports {
namespace {

using harness::CaseResult;
using harness::RunVerdict;
using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

CasePlace at_its_variant(const harness::CaseVerdict& verdict) {
  return {"checks/my case/" + verdict.scenario + ".yaml", 7};
}

std::string sarif_text(const RunVerdict& run, SarifOptions options = {}) {
  std::ostringstream out;
  SarifRenderer(std::move(options)).render(run, out);
  return out.str();
}

json sarif_of(const RunVerdict& run, SarifOptions options = {}) {
  return json::parse(sarif_text(run, std::move(options)));
}

json results_of(const RunVerdict& run) { return sarif_of(run)["runs"][0]["results"]; }

std::vector<std::string> complaints_of(const json& log) {
  static const json schema =
      json::parse(read_tree_file("tests/reports/schemas/sarif-2.1.0-rtm.5.json"));
  return schema_complaints(schema, log);
}

TEST(SarifRenderer, WritesTheApprovedLog) {
  EXPECT_TRUE(
      equals_golden(sarif_text(literal_verdict(), {false, at_its_variant}), "results.sarif"));
}

TEST(SarifRenderer, WritesWhatTheStandardAsksFor) {
  EXPECT_THAT(complaints_of(sarif_of(literal_verdict(), {false, at_its_variant})), IsEmpty());
  EXPECT_THAT(complaints_of(sarif_of(literal_verdict(), {true, {}})), IsEmpty());
  EXPECT_THAT(complaints_of(sarif_of(passing_verdict())), IsEmpty());
  EXPECT_THAT(complaints_of(sarif_of(isolation_verdict())), IsEmpty());
  EXPECT_THAT(complaints_of(sarif_of(RunVerdict{})), IsEmpty());
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_THAT(complaints_of(sarif_of(random_verdict(seed))), IsEmpty()) << "seed " << seed;
  }
}

// The schema in the tree would be of no use if it let everything pass.
TEST(SarifRenderer, IsHeldAgainstASchemaThatObjects) {
  json log = sarif_of(literal_verdict());
  log["runs"][0]["results"][0]["level"] = "disaster";
  EXPECT_THAT(complaints_of(log), SizeIs(1));
  log = sarif_of(literal_verdict());
  log["runs"][0]["results"][0].erase("message");
  EXPECT_THAT(complaints_of(log), SizeIs(1));
  log = sarif_of(literal_verdict());
  log["runs"][0]["results"][0]["mesage"] = "";
  EXPECT_THAT(complaints_of(log), SizeIs(1));
}

TEST(SarifRenderer, HasNoResultWhereNothingIsWrong) {
  EXPECT_THAT(results_of(passing_verdict()), IsEmpty());
  EXPECT_EQ(sarif_of(passing_verdict())["runs"][0]["invocations"][0]["exitCode"], 0);
}

TEST(SarifRenderer, NamesAControlThatNobodyCatches) {
  RunVerdict run = passing_verdict();
  run.cases.front().result = CaseResult::fail;
  run.cases.front().reason = "No oracle objected.";
  run.cases.front().findings.clear();
  const json results = results_of(run);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0]["ruleId"], "expectation");
  EXPECT_EQ(results[0]["level"], "error");
}

TEST(SarifRenderer, CountsAWarningOnlyWhereItIsStrict) {
  harness::Finding warning;
  warning.oracle = "unsafe-retry";
  warning.severity = "warning";
  RunVerdict run = passing_verdict();
  for (harness::CaseVerdict& one : run.cases) {
    if (one.expected == "holds") one.findings.push_back(warning);
  }
  EXPECT_THAT(sarif_of(run)["runs"][0]["results"], IsEmpty());
  const json strict = sarif_of(run, {true, {}})["runs"][0]["results"];
  ASSERT_FALSE(strict.empty());
  EXPECT_EQ(strict[0]["level"], "error");
}

TEST(SarifRenderer, GivesOneCauseOneFingerprintWhateverItsNumber) {
  RunVerdict run = literal_verdict();
  const auto prints = [](const json& results) {
    std::vector<std::string> all;
    for (const json& one : results) {
      all.push_back(one["partialFingerprints"]["splitproofCause/v1"].get<std::string>());
    }
    return all;
  };
  const auto before = prints(results_of(run));
  EXPECT_EQ(std::set(before.begin(), before.end()).size(), before.size());
  for (harness::CaseVerdict& one : run.cases) {
    for (harness::Finding& finding : one.findings) {
      finding.id += "7";
      finding.plan += "7";
    }
  }
  EXPECT_EQ(prints(results_of(run)), before);
}

TEST(SarifRenderer, EscapesTheNameOfAFile) {
  const json log = sarif_of(literal_verdict(), {false, at_its_variant});
  const std::string uri =
      log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  EXPECT_THAT(uri, testing::StartsWith("checks/my%20case/"));
}

}  // namespace
}  // namespace splitproof::reports
