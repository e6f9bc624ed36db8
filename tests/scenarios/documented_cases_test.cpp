// The documented cases, whole: every variant does on both engines what its scenario says.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "tests/scenarios/support.h"

namespace splitproof::tests {
namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Damage;
using harness::Expectation;
using harness::Expected;
using harness::Finding;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Judges by the scenario's own words, not by the verdict, whether the control was caught.
bool shows(const CaseVerdict& verdict, const Expected& expected, const std::string& declared) {
  const std::size_t colon = declared.find(": ");
  const std::string name = declared.substr(0, colon);
  const std::string text = colon == std::string::npos ? "" : declared.substr(colon + 2);
  for (const Finding& finding : verdict.findings) {
    if (finding.oracle != expected.oracle) continue;
    for (const Damage& damage : finding.damage) {
      if (damage.name == name && damage.text.find(text) != std::string::npos) return true;
    }
  }
  return false;
}

// What the real input holds for a month, added up without the code under test.
struct MonthSums {
  std::set<std::string> clients;
  std::int64_t reservations = 0;
  std::int64_t value = 0;  // In minor units, as is `spend`.
  std::int64_t clicks = 0;
  std::int64_t spend = 0;
};

// "12.34" is 1234; the file's amounts all have two decimals.
std::int64_t minor(std::string amount) {
  std::erase(amount, '.');
  return std::stoll(amount);
}

std::string amount(std::int64_t value) { return fmt::format("{}.{:02}", value / 100, value % 100); }

MonthSums sums_of(const std::string& month) {
  std::istringstream lines(read_file(scenario_folder() + "/data/daily_kpi_2025.csv"));
  MonthSums sums;
  for (std::string line; std::getline(lines, line);) {
    Texts cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    if (cells.size() != 17 || !cells[3].starts_with(month)) continue;
    sums.clients.insert(cells[0]);
    sums.spend += minor(cells[5]);
    sums.clicks += std::stoll(cells[7]);
    sums.reservations += std::stoll(cells[14]);
    sums.value += minor(cells[15]);
  }
  return sums;
}

class DocumentedCases : public testing::TestWithParam<std::string> {
 protected:
  static const std::vector<CaseVerdict>& verdicts() { return all_cases_on(GetParam()).cases; }

  static const CaseVerdict& verdict_of(const std::string& scenario, const std::string& variant) {
    const auto found = std::ranges::find_if(verdicts(), [&](const CaseVerdict& verdict) {
      return verdict.scenario == scenario && verdict.variant == variant;
    });
    if (found == verdicts().end()) throw std::runtime_error("no case " + scenario + "/" + variant);
    return *found;
  }
};

TEST_P(DocumentedCases, AllPassAndAreClosed) {
  ASSERT_EQ(verdicts().size(), select(built_cases(), GetParam()).cases.size());
  for (const CaseVerdict& verdict : verdicts()) {
    if (verdict.result == CaseResult::not_applicable) continue;
    EXPECT_EQ(verdict.result, CaseResult::pass) << name_of(verdict) << ": " << verdict.reason;
    EXPECT_TRUE(verdict.closed || is_generated(verdict.scenario)) << name_of(verdict);
  }
}

TEST_P(DocumentedCases, SayWhatTheEngineCannotExpressAndWhy) {
  Texts not_applicable;
  for (const CaseVerdict& verdict : verdicts()) {
    if (verdict.result != CaseResult::not_applicable) continue;
    EXPECT_FALSE(verdict.reason.empty()) << name_of(verdict);
    not_applicable.push_back(name_of(verdict));
  }
  if (GetParam() == "postgres") {
    EXPECT_THAT(not_applicable, IsEmpty());
  } else {
    EXPECT_THAT(not_applicable, ElementsAre("lost-update / row-lock", "cache-refresh / truncate"));
  }
}

TEST_P(DocumentedCases, AreStruckByEveryFaultThatWasPlanned) {
  for (const CaseVerdict& verdict : verdicts()) {
    if (verdict.result == CaseResult::not_applicable || is_generated(verdict.scenario)) continue;
    EXPECT_GT(verdict.points, 0) << name_of(verdict);
    EXPECT_GT(verdict.faults.planned, 0) << name_of(verdict);
    EXPECT_EQ(verdict.faults.fired, verdict.faults.planned) << name_of(verdict);
    EXPECT_GT(verdict.runs, verdict.faults.fired) << name_of(verdict);
    for (const harness::SweepAccount& sweep : verdict.sweeps) {
      EXPECT_TRUE(sweep.closed) << name_of(verdict) << " " << sweep.fault << ": "
                                << sweep.open_because;
    }
  }
}

TEST_P(DocumentedCases, CatchEveryControlByItsOracleWithItsDamage) {
  const harness::Selection selection = select(built_cases(), GetParam());
  harness::ControlCount controls;
  harness::ControlCount mutants;
  for (const harness::Case& subject : selection.cases) {
    const Expected& expected = subject.variant->expect.at(GetParam());
    if (expected.observed != Expectation::violated) continue;
    const CaseVerdict& verdict = verdict_of(subject.scenario->name, subject.variant->name);
    EXPECT_EQ(verdict.observed, "violated") << name_of(verdict);
    EXPECT_TRUE(std::ranges::any_of(verdict.findings, [&](const Finding& finding) {
      return finding.oracle == expected.oracle;
    })) << name_of(verdict);
    for (const std::string& declared : expected.damage) {
      EXPECT_TRUE(shows(verdict, expected, declared)) << name_of(verdict) << ": " << declared;
    }
    const bool mutant = subject.variant->role == harness::Role::mutant;
    ++(mutant ? mutants : controls).expected;
  }
  EXPECT_GE(controls.expected, 20);
  EXPECT_GE(mutants.expected, 6);
  controls.caught = controls.expected;
  mutants.caught = mutants.expected;
  EXPECT_EQ(all_cases_on(GetParam()).controls, controls);
  EXPECT_EQ(all_cases_on(GetParam()).mutants, mutants);
}

TEST_P(DocumentedCases, FindNothingInTheCodeAsItMustBe) {
  for (const std::string& scenario : built_cases()) {
    const CaseVerdict& verdict = verdict_of(scenario, "transactional");
    EXPECT_EQ(verdict.observed, "holds") << scenario;
    for (const Finding& finding : verdict.findings) {
      ADD_FAILURE() << scenario << ": " << finding.severity << " by " << finding.oracle << ", plan "
                    << finding.plan;
    }
  }
}

TEST_P(DocumentedCases, TellTheIncidentOfAugustAndSeptember) {
  const CaseVerdict& verdict = verdict_of("august-september-split", "autocommit");
  ASSERT_FALSE(verdict.findings.empty());
  const Finding& incident = verdict.findings.front();
  EXPECT_EQ(incident.id, "august-september-split.autocommit." + GetParam() + ".incident.1");
  EXPECT_EQ(incident.oracle, "told-equals-held");
  EXPECT_THAT(incident.because, HasSubstr("On 1 September the saving of the conversion metrics "
                                          "failed, on 1 October the saving of the campaign "
                                          "metrics."));
  const MonthSums august = sums_of("2025-08");
  const MonthSums september = sums_of("2025-09");
  ASSERT_GT(august.reservations, 0);
  ASSERT_GT(september.clicks, 0);
  ASSERT_EQ(incident.damage.size(), 2U);
  EXPECT_EQ(incident.damage[0].text,
            fmt::format("August 2025: campaign metrics of {} clients were saved, their conversion "
                        "metrics were not: {} reservations worth {} are missing from the month.",
                        august.clients.size(), august.reservations, amount(august.value)));
  EXPECT_EQ(incident.damage[1].text,
            fmt::format("September 2025: conversion metrics of {} clients were saved, their "
                        "campaign metrics were not: {} clicks and {} of spending are missing from "
                        "the month.",
                        september.clients.size(), september.clicks, amount(september.spend)));
}

TEST_P(DocumentedCases, LoseEitherAdditionInOneOfTheOrders) {
  const CaseVerdict& verdict = verdict_of("lost-update", "autocommit");
  Texts damage;
  for (const Finding& finding : verdict.findings) {
    if (finding.oracle != "serializable") continue;
    for (const Damage& one : finding.damage) damage.push_back(one.text);
  }
  EXPECT_THAT(damage, testing::UnorderedElementsAre(
                          "the counter holds 105 instead of 115: the addition of 10 is lost",
                          "the counter holds 110 instead of 115: the addition of 5 is lost"));
  ASSERT_TRUE(verdict.schedules.has_value());
  EXPECT_TRUE(verdict.schedules->complete);
  EXPECT_EQ(verdict.schedules->of, 6) << "read and write of each: 4 choose 2";
}

// What the calendars on three walls say; each border is also in the reservations' file.
TEST_P(DocumentedCases, NameTheReservationsThatLandInAWrongMonth) {
  Texts damage;
  for (const char* const variant : {"utc-day", "border-off-by-one"}) {
    for (const Finding& finding : verdict_of("month-boundary", variant).findings) {
      for (const Damage& one : finding.damage) damage.push_back(one.text);
    }
  }
  for (const char* const text :
       {"the reservation of 31 August 2025, 23:30 in Honolulu, worth 330.00, is counted in 2025-09 "
        "and belongs to 2025-08",
        "the reservation of 1 September 2025, 00:30 in Auckland, worth 231.00, is counted in "
        "2025-08 and belongs to 2025-09",
        "the reservation of 31 August 2025, 23:30 in Warsaw, worth 130.00, is in no month: 2025-08 "
        "is closed without it",
        "the reservation of 29 February 2024, 23:30 in Warsaw, worth 110.00, is in no month: "
        "2024-02 is closed without it"}) {
    EXPECT_THAT(damage, testing::Contains(text));
  }
}

INSTANTIATE_TEST_SUITE_P(On, DocumentedCases, testing::Values("sqlite", "postgres"),
                         [](const testing::TestParamInfo<std::string>& target) {
                           return target.param;
                         });

}  // namespace
}  // namespace splitproof::tests
