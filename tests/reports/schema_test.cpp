#include "tests/reports/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "reports/json.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"
#include "tests/reports/random_verdict.h"

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

// Keys that not every report has: the schema describes them and does not require them.
std::set<std::string> without_optional(std::set<std::string> keys) {
  for (const std::string key :
       {"schedules", "observers", "isolation", "grades", "kept_plans", "predictions", "ambiguities",
        "output", "storage", "contract", "moments_of", "unsynced_max"}) {
    keys.erase(key);
  }
  return keys;
}

// The case with all keys that any case has.
json fullest_case(const json& report) {
  json all = json::object();
  for (const json& one : report["cases"]) all.update(one);
  const json cells = report_of(isolation_verdict());
  for (const json& one : cells["cases"]) all.update(one);
  return all;
}

TEST(ReportSchema, DescribesAndRequiresEveryKeyThatTheRendererWrites) {
  const json schema = report_schema();
  const json report = report_of(literal_verdict());
  const json& definitions = schema["definitions"];
  const json one_case = fullest_case(report);
  const json& sweep = report["cases"][0]["sweeps"][0];
  const json& finding = report["cases"][0]["findings"][0];
  // Where moments were chosen.
  json storage = one_case["storage"];
  storage.update({{"moments_of", 35}, {"unsynced_max", 21}});
  const std::vector<std::pair<json, json>> pairs{
      {schema, report},
      {schema["properties"]["environment"], report["environment"]},
      {definitions["case"], one_case},
      {definitions["case"]["properties"]["schedules"], one_case["schedules"]},
      {definitions["observer"], one_case["observers"][0]},
      {definitions["isolation"], one_case["isolation"]},
      {definitions["prediction"], one_case["predictions"][0]},
      {definitions["ambiguity"], one_case["ambiguities"][0]},
      {definitions["storage"], storage},
      {definitions["storage"]["properties"]["losses"]["items"], one_case["storage"]["losses"][0]},
      {definitions["contract"], one_case["contract"]},
      {definitions["contract"]["properties"]["settings"]["items"],
       one_case["contract"]["settings"][0]},
      {definitions["cell"], one_case["contract"]["cells"][0]},
      {definitions["grade"], report["grades"][0]},
      {definitions["sweep"], sweep},
      {definitions["finding"], finding},
      {definitions["finding"]["properties"]["evidence"], finding["evidence"]}};
  for (const auto& [rule, value] : pairs) {
    EXPECT_EQ(keys_of(rule["properties"]), keys_of(value));
    EXPECT_EQ(rule["required"].get<std::set<std::string>>(), without_optional(keys_of(value)));
  }
}

TEST(ReportSchema, AcceptsWhateverTheRendererWrites) {
  const json schema = report_schema();
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    EXPECT_THAT(schema_complaints(schema, report_of(random_verdict(seed))), IsEmpty()) << seed;
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
