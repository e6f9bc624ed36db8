// evidence.jsonl and environment.json: what is written is read back, and what leads nowhere is
// refused at its place.
#include "reports/evidence_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace splitproof::reports {
namespace {

using harness::CaseEvidence;

CaseEvidence everything() {
  CaseEvidence one;
  one.scenario = "sums";
  one.variant = "transactional";
  one.target = "sqlite";
  one.bench = 1;
  one.line = "splitproof run sums";
  one.source = "evidence/scenarios/sums.yaml";
  one.titles = {"first", "second"};
  one.clients = "ab";
  one.sets = {{{}, "00", {}}, {{1, 2}, "11", {}}};
  one.orders = {{{2, 1}, "11", {"aa", "bb"}}};
  one.by_dependencies = one.by_transaction = one.claims_durable = true;
  one.between = {"00", "05"};
  one.transactions = {{"BEGIN", "COMMIT"}, {}};
  one.promises = {{"power lost", true, false, "the documentation"}};
  one.committed = {"00"};
  one.invariants = {"never-negative"};
  one.tables = {{"sums", {"month", "spend"}, {"month"}, {{"08", std::nullopt}}, false},
                {"daily", {"day"}, {}, {}, true}};
  one.states = {{"11", {{0, {0}, {{"08", "10"}}}}, {"August is split"}}, {"00", {}, {}}};
  one.states_left_out = 3;
  return one;
}

std::string complaint(const std::string& from, const std::string& to) {
  std::string text = render_evidence({CaseEvidence(), everything()});
  const std::size_t at = text.find(from, text.find('\n'));
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  const auto read = parse_evidence(text);
  const auto* error = std::get_if<ReportError>(&read);
  return error == nullptr ? "accepted" : to_string(*error);
}

TEST(EvidenceFile, IsReadBack) {
  const std::vector<CaseEvidence> cases{everything(), CaseEvidence()};
  const auto read = parse_evidence(render_evidence(cases));
  ASSERT_TRUE(std::holds_alternative<std::vector<CaseEvidence>>(read))
      << to_string(std::get<ReportError>(read));
  EXPECT_EQ(std::get<std::vector<CaseEvidence>>(read), cases);
}

TEST(EvidenceFile, RefusesWhatCannotBeUsedAtItsPlace) {
  EXPECT_EQ(complaint("\"titles\"", "\"title\""),
            "line 2/titles: found nothing, expected this key");
  EXPECT_EQ(complaint("\"operations\":[1,2]", "\"operations\":[1,\"2\"]"),
            "line 2/sets/1/operations/1: found \"2\", expected a whole number, 0 or more");
  EXPECT_EQ(complaint("{\"scenario\":\"sums\"", "[{\"scenario\":\"sums\""),
            "line 2: found no JSON object, expected one");
  EXPECT_THAT(complaint("\"table\":0", "\"table\":2"),
              testing::HasSubstr("expected changes of tables that are listed"));
  EXPECT_THAT(complaint("\"gone\":[0]", "\"gone\":[1]"),
              testing::HasSubstr("expected rows that are listed to be gone"));
}

TEST(EvidenceFile, HasTheSettingsOfBothDatabases) {
  harness::RunVerdict run;
  run.environment = {"3.40.1", "15.18", "gcc 12", "Linux"};
  const auto read = nlohmann::json::parse(
      render_environment(run, {{"sqlite", "page_size", "4096"}, {"postgres", "fsync", "off"}}));
  EXPECT_EQ(read.at("sqlite").at("settings").at(0).at("value"), "4096");
  EXPECT_EQ(read.at("postgres").at("settings").at(0).at("name"), "fsync");
  EXPECT_EQ(read.at("kernel"), "Linux");
}

}  // namespace
}  // namespace splitproof::reports
