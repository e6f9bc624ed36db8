// The way back: every line that a report prints is run as it stands, and shows the same finding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "tests/scenarios/support.h"

namespace splitproof::tests {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

json all_findings() {
  json all = json::array();
  const json report = report_in(shared_run().folder / "splitproof-report");
  for (const json& one : report.at("cases")) {
    for (const json& finding : one.at("findings")) all.push_back(finding);
  }
  return all;
}

// Replays a finding of the shared run by its id.
Ended replay(const std::string& id) { return splitproof({"replay", id}, shared_run().folder); }

bool shows(const json& report, const json& finding) {
  for (const json& again : report.at("cases").at(0).at("findings")) {
    if (again.at("oracle") == finding.at("oracle") && again.at("damage") == finding.at("damage") &&
        again.at("plan") == finding.at("plan")) {
      return true;
    }
  }
  return false;
}

// Runs the line as it stands; says in words what it does not show.
std::string misses(const std::string& line, const json& findings) {
  const ScratchFolder folder;
  const Ended ended = shell(line, folder);
  if (ended.status.code > 1 || !ended.err.empty()) {
    return line + ": " + to_string(ended.status) + " " + ended.err + "\n";
  }
  const json report = report_in(folder / "splitproof-report");
  std::string missing;
  for (const json& finding : findings) {
    if (shows(report, finding)) continue;
    missing += line + " does not show " + finding.at("id").get<std::string>() + "\n";
  }
  return missing;
}

// Several findings may come from one plan, whose line is then run once.
TEST(Replay, LineOfEachFindingShowsItAgain) {
  std::map<std::string, json> findings;
  const json all = all_findings();
  for (const json& finding : all) findings[finding.at("replay")].push_back(finding);
  ASSERT_GT(findings.size(), 50U);
  const std::vector<std::pair<std::string, json>> lines(findings.begin(), findings.end());
  std::vector<std::string> missing(lines.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < lines.size(); i = next++) {
      missing[i] = misses(lines[i].first, lines[i].second);
    }
  };
  {
    const std::jthread other(work);
    work();
  }
  for (const std::string& text : missing) EXPECT_EQ(text, "");
}

TEST(Replay, OfOneFindingOfEachCaseReproducesIt) {
  std::set<std::string> cases;
  const json all = all_findings();
  for (const json& finding : all) {
    const std::string id = finding.at("id");
    if (!cases.insert(id.substr(0, id.find(".sqlite."))).second) continue;
    const Ended ended = replay(id);
    EXPECT_EQ(ended.status.code, 0) << id << ended.err;
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(ended.out, StartsWith(id + "\n")) << id;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("the client is told"), HasSubstr("answer: ")));
    EXPECT_THAT(ended.out, HasSubstr("reproduced: " + finding.at("oracle").get<std::string>() +
                                     " is broken, as in " + id));
  }
  EXPECT_GE(cases.size(), 14U);
}

TEST(Replay, ShowsFaultAndWhatIsHeldStepByStep) {
  const Ended ended = replay("partial-failure.autocommit.sqlite.2");
  for (const char* const text : {"save record 1", "FAULT", "held: records + id=1, payload=first"}) {
    EXPECT_THAT(ended.out, HasSubstr(text));
  }
}

TEST(Replay, FindsAFindingByItsFileToo) {
  const ScratchFolder elsewhere;
  const std::string id = "balance-transfer.autocommit.sqlite.incident.1";
  const Ended ended = splitproof(
      {"replay", (shared_run().folder / "splitproof-report/report.json#") + id}, elsewhere);
  EXPECT_EQ(ended.status.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("reproduced: told-equals-held"),
                               HasSubstr("30.00 of 150.00 is gone: A holds 70.00, B holds 50.00")));
}

TEST(Replay, RefusesWhatIsNoFinding) {
  const Ended unknown = replay("no.such.finding");
  EXPECT_EQ(unknown.status.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("has no finding 'no.such.finding'"));
  const ScratchFolder empty;
  const Ended nothing = splitproof({"replay", "no.such.finding"}, empty);
  EXPECT_EQ(nothing.status.code, 3);
  EXPECT_THAT(nothing.err, HasSubstr("cannot be opened"));
}

TEST(Replay, DoesNotCallAPlanThatShowsNothingReproduced) {
  const ScratchFolder folder;
  const Ended run = splitproof({"run", "partial-failure", "--variant", "autocommit", "--plan",
                                "a2=drop", "--out", "edited", "--quiet"},
                               folder);
  ASSERT_EQ(run.status.code, 0);
  std::string text = read_file(folder / "edited/report.json");
  const std::string line = "--plan 'a2=drop'";
  ASSERT_NE(text.find(line), std::string::npos);
  text.replace(text.find(line), line.size(), "--plan 'clean'");
  write_file(folder / "edited/report.json", text);
  const Ended ended =
      splitproof({"replay", "partial-failure.autocommit.sqlite.1", "--out", "edited"}, folder);
  EXPECT_EQ(ended.status.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("not reproduced: told-equals-held holds in this run"));
}

TEST(Replay, ReproducesOnPostgresToo) {
  const ScratchFolder folder;
  const Ended run = splitproof({"run", "balance-transfer", "--variant", "autocommit", "--target",
                                "postgres", "--quiet", "--out", "pg"},
                               folder);
  ASSERT_EQ(run.status.code, 0) << run.err;
  for (const char* const id : {"incident.1", "2"}) {
    const std::string full = std::string("balance-transfer.autocommit.postgres.") + id;
    const Ended ended = splitproof({"replay", full, "--out", "pg"}, folder);
    EXPECT_EQ(ended.status.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("is broken, as in " + full));
  }
}

}  // namespace
}  // namespace splitproof::tests
