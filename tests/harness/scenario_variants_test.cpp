// What the loader makes of the expectations of variants, and which of them it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/run/scenario_file.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;

// What a test adds begins in line 7.
std::string scenario_with(const std::string& variants) {
  return "scenario: pay-once\n"
         "title: A bill is paid\n"
         "story: A client pays a bill.\n"
         "claim: The bill is paid once.\n"
         "operations: [{title: pay, steps: [SELECT 1]}]\n"
         "damage: [{name: half-paid, sql: SELECT 1, says: half}]\n" +
         variants + "\n";
}

std::string variant(const std::string& fields) {
  return scenario_with("variants:\n  - {name: v, title: t, " + fields + "}");
}

Variant read_variant(const std::string& fields) {
  auto read = read_scenario_text(variant(fields), "f.yaml", "/");
  if (read.ok()) return read.value().variants.at(0);
  ADD_FAILURE() << to_string(read.error());
  return {};
}

std::string refusal_of(const std::string& text) {
  const auto read = read_scenario_text(text, "f.yaml", "/");
  return read.ok() ? "accepted" : to_string(read.error());
}

TEST(Expectation, OfOneWordCountsForBothTargets) {
  const Variant plain = read_variant("expect: holds");
  EXPECT_EQ(plain.expect.at("sqlite").observed, Expectation::holds);
  EXPECT_EQ(plain.expect.at("postgres").observed, Expectation::holds);
  EXPECT_EQ(plain.expect.size(), 2U);
  EXPECT_EQ(plain.role, Role::subject);
  EXPECT_EQ(plain.code, "v");
}

TEST(Expectation, OfOneMappingCountsForBothTargets) {
  const Variant before = read_variant(
      "code: old, expect: {observed: violated, oracle: converges, damage: ['half-paid: x', rows]}");
  for (const char* target : {"sqlite", "postgres"}) {
    EXPECT_EQ(before.expect.at(target).observed, Expectation::violated);
    EXPECT_EQ(before.expect.at(target).oracle, "converges");
    EXPECT_THAT(before.expect.at(target).damage, ElementsAre("half-paid: x", "rows"));
  }
  EXPECT_EQ(before.role, Role::control);
  EXPECT_EQ(before.code, "old");
}

TEST(Expectation, MayDifferFromTargetToTarget) {
  const Variant before = read_variant(
      "expect: {sqlite: {observed: not-applicable, reason: one writer}, "
      "postgres: {observed: violated, oracle: completes, damage: [half-paid]}}");
  EXPECT_EQ(before.expect.at("sqlite").observed, Expectation::not_applicable);
  EXPECT_EQ(before.expect.at("sqlite").reason, "one writer");
  EXPECT_EQ(before.expect.at("postgres").oracle, "completes");
  EXPECT_EQ(before.role, Role::control);
}

TEST(Expectation, OfAControlMayHoldOnATargetWithTheReason) {
  const Variant before = read_variant(
      "expect: {sqlite: {observed: holds, reason: it locks}, "
      "postgres: {observed: violated, oracle: converges, damage: [rows]}}");
  EXPECT_EQ(before.expect.at("sqlite").observed, Expectation::holds);
  EXPECT_EQ(before.expect.at("sqlite").reason, "it locks");
}

TEST(Expectation, OfAMutantNeedsNoDamage) {
  const Variant mutant =
      read_variant("role: mutant, expect: {observed: violated, oracle: hand-back}");
  EXPECT_EQ(mutant.role, Role::mutant);
  EXPECT_TRUE(mutant.expect.at("sqlite").damage.empty());
}

TEST(Expectation, NamesFurtherOraclesThatMayObject) {
  const Variant before = read_variant(
      "expect: {observed: violated, oracle: told-equals-held, also: [converges, invariant], "
      "damage: [rows]}");
  EXPECT_THAT(before.expect.at("postgres").also, ElementsAre("converges", "invariant"));
}

struct Case {
  std::string name;
  std::string text;
  std::string refusal;  // Behind "f.yaml:".
};

std::string name_of(const testing::TestParamInfo<Case>& given) { return given.param.name; }

void PrintTo(const Case& given, std::ostream* out) { *out << given.text; }

class VariantRefusal : public testing::TestWithParam<Case> {};

TEST_P(VariantRefusal, NamesThePlaceAndBothSides) {
  EXPECT_EQ(refusal_of(GetParam().text), "f.yaml:" + GetParam().refusal);
}

const std::string oracle_names =
    "told-equals-held, converges, completes, hand-back, invariant, unsafe-retry, serializable, "
    "intermediate-read, recovers, model, sums";

INSTANTIATE_TEST_SUITE_P(
    Variants, VariantRefusal,
    testing::Values(
        Case{"NoList", scenario_with("variants: {a: b}"),
             "7:11: found a mapping as 'variants'; expected a list with at least one item"},
        Case{"NameNotKebab", scenario_with("variants:\n  - {name: V 1, title: t, expect: holds}"),
             "8:12: found 'V 1' as 'name'; expected a name in lower case with hyphens, such as "
             "'balance-transfer'"},
        Case{"NameTwice",
             scenario_with("variants:\n  - {name: a, title: t, expect: holds}\n"
                           "  - {name: a, title: t, expect: holds}"),
             "9:12: found the variant 'a' a second time; expected another name"},
        Case{"NoTitle", scenario_with("variants:\n  - {name: a, expect: holds}"),
             "8:5: found no 'title' in a variant; expected this key"},
        Case{"NoExpect", scenario_with("variants:\n  - {name: a, title: t}"),
             "8:5: found no 'expect' in a variant; expected this key"},
        Case{"RoleUnknown", variant("role: mutnat, expect: holds"),
             "8:31: found 'mutnat' as 'role'; expected 'mutant', the nearest known word"},
        Case{"WordUnknown", variant("expect: hold"),
             "8:33: found the expectation 'hold'; expected 'holds', the nearest known word"},
        Case{"ExpectNothing", scenario_with("variants:\n  - name: a\n    title: t\n    expect:"),
             "10:5: found nothing; expected an expectation: holds, violated or not-applicable"},
        Case{"TargetUnknown", variant("expect: {sqlite: holds, postgre: holds}"),
             "8:49: found the unknown key 'postgre' in the expectations; expected 'postgres', the "
             "nearest known word"},
        Case{"TargetMissing", variant("expect: {sqlite: holds}"),
             "8:33: found no 'postgres' in the expectations; expected one for each of sqlite, "
             "postgres"},
        Case{"ObservedMissing", variant("expect: {oracle: converges}"),
             "8:33: found no 'observed' in an expectation; expected this key"},
        Case{"OracleUnknown", variant("expect: {observed: violated, oracle: converge}"),
             "8:62: found 'converge' as 'oracle'; expected 'converges', the nearest known word"},
        Case{"FurtherOracleUnknown",
             variant(
                 "expect: {observed: violated, oracle: converges, also: [held], damage: [rows]}"),
             "8:80: found the oracle 'held'; expected one of " + oracle_names},
        Case{"FurtherOracleIsTheFirst",
             variant("expect: {observed: violated, oracle: converges, also: [converges], damage: "
                     "[rows]}"),
             "8:80: found the oracle 'converges' a second time; expected it once"},
        Case{"DamageUnknown",
             variant("expect: {observed: violated, oracle: converges, damage: ['half-payd: x']}"),
             "8:82: found the damage 'half-payd', which no query of the scenario states; expected "
             "'half-paid', the nearest known word"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Meaning, VariantRefusal,
    testing::Values(
        Case{"ViolatedAlone", variant("expect: violated"),
             "8:33: found 'violated' without the 'oracle' that must see it; expected one of " +
                 oracle_names},
        Case{"ViolatedWithoutDamage", variant("expect: {observed: violated, oracle: converges}"),
             "8:33: found 'violated' without 'damage'; expected the names of the damage that must "
             "be found (only a mutant may do without)"},
        Case{"ViolatedSubject",
             variant("role: subject, expect: {observed: violated, oracle: converges, damage: "
                     "[rows]}"),
             "8:48: found a subject that is expected to be violated; expected the role control or "
             "mutant"},
        Case{"MutantOfTwoOracles",
             variant("role: mutant, expect: {observed: violated, oracle: converges, also: "
                     "[completes]}"),
             "8:47: found a mutant with 'also'; expected a bug that one oracle alone can see, or "
             "the role control"},
        Case{"ControlThatHolds", variant("role: control, expect: holds"),
             "8:31: found a control that is violated on no target; expected 'violated' on at least "
             "one"},
        Case{"HoldsByAnOracle", variant("expect: {observed: holds, oracle: converges}"),
             "8:33: found an oracle or damage for what is not expected to be violated; expected "
             "them only beside 'violated'"},
        Case{"NotApplicableWithoutReason", variant("expect: not-applicable"),
             "8:33: found 'not-applicable' without a 'reason'; expected why the engine cannot "
             "express this variant"},
        Case{"ControlHoldsWithoutReason",
             variant("expect: {sqlite: holds, postgres: {observed: violated, oracle: converges, "
                     "damage: [rows]}}"),
             "8:42: found 'holds' without a 'reason'; expected why the engine does not let this "
             "bug happen"}),
    name_of);

}  // namespace
}  // namespace splitproof::harness
