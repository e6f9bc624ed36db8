#include "tests/reports/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "reports/json.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

json report_schema() { return json::parse(read_tree_file("reports/report.schema.json")); }

json report_of(const harness::RunVerdict& run) {
  std::ostringstream out;
  JsonRenderer().render(run, out);
  return json::parse(out.str());
}

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

TEST(ReportSchema, AcceptsWhatTheRendererWrites) {
  EXPECT_THAT(schema_complaints(report_schema(), report_of(literal_verdict())), IsEmpty());
  EXPECT_THAT(schema_complaints(report_schema(), report_of(harness::RunVerdict{})), IsEmpty());
}

TEST(ReportSchema, DescribesAndRequiresEveryKeyThatTheRendererWrites) {
  const json schema = report_schema();
  const json report = report_of(literal_verdict());
  const json& definitions = schema["definitions"];
  const json& one_case = report["cases"][0];
  const json& finding = one_case["findings"][0];
  const std::vector<std::pair<json, json>> pairs{
      {schema, report},
      {schema["properties"]["environment"], report["environment"]},
      {definitions["case"], one_case},
      {definitions["sweep"], one_case["sweeps"][0]},
      {definitions["finding"], finding},
      {definitions["finding"]["properties"]["evidence"], finding["evidence"]}};
  for (const auto& [rule, value] : pairs) {
    EXPECT_EQ(keys_of(rule["properties"]), keys_of(value));
    EXPECT_EQ(rule["required"].get<std::set<std::string>>(), keys_of(value));
  }
}

TEST(ReportSchema, RefusesAReportWithoutARequiredKey) {
  json report = report_of(literal_verdict());
  report.erase("seed");
  report["cases"][0]["findings"][0].erase("replay");
  EXPECT_THAT(schema_complaints(report_schema(), report),
              ElementsAre(": has no \"seed\"", "/cases/0/findings/0: has no \"replay\""));
}

TEST(ReportSchema, RefusesWordsNumbersAndTypesThatItDoesNotKnow) {
  json report = report_of(passing_verdict());
  report["digest"] = "md5:1";
  report["cases"][0]["verdict"] = "great";
  report["cases"][1]["points"] = -1;
  report["cases"][1]["closed"] = "yes";
  EXPECT_THAT(schema_complaints(report_schema(), report), testing::SizeIs(4));
}

TEST(ReportSchema, CannotHaveAConstraintThatNobodyChecks) {
  json schema = report_schema();
  schema["maxProperties"] = 3;
  EXPECT_THROW(schema_complaints(schema, report_of(literal_verdict())), std::logic_error);
}

}  // namespace
}  // namespace splitproof::reports
