// Variants that stand for many: lists of settings, their names, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/scenario_file.h"

namespace splitproof::harness {
namespace {

using sim::JournalMode;
using sim::Synchronous;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// What a test adds begins in line 6, behind the first ten characters.
std::string variant(const std::string& fields) {
  return "scenario: pay-once\n"
         "title: A bill is paid\n"
         "story: A client pays a bill.\n"
         "claim: The bill is paid once.\n"
         "operations: [{title: pay, steps: [SELECT 1]}]\n"
         "variants: [{" +
         fields + "}]\n";
}

std::vector<Variant> variants_of(const std::string& fields) {
  auto read = read_scenario_text(variant(fields), "f.yaml", "/");
  if (read.ok()) return read.value().variants;
  ADD_FAILURE() << to_string(read.error());
  return {};
}

std::string refusal_of(const std::string& fields) {
  const auto read = read_scenario_text(variant(fields), "f.yaml", "/");
  return read.ok() ? "accepted" : to_string(read.error());
}

std::vector<std::string> names_of(const std::vector<Variant>& variants) {
  std::vector<std::string> names;
  for (const Variant& one : variants) names.push_back(one.name);
  return names;
}

TEST(Expansion, IsOneVariantForEachCombination) {
  const auto variants = variants_of(
      "name: '{journal}-{synchronous}', title: 'journal_mode {journal}, {synchronous}', code: c, "
      "storage: {synchronous: [normal, full], journal: [delete, wal]}, expect: holds");
  EXPECT_THAT(names_of(variants),
              ElementsAre("delete-normal", "delete-full", "wal-normal", "wal-full"));
  const Variant& last = variants.at(3);
  EXPECT_EQ(last.title, "journal_mode wal, full");
  EXPECT_EQ(last.code, "c");
  EXPECT_EQ(last.storage->setting, (StorageSetting{JournalMode::wal, Synchronous::full, "honest"}));
}

TEST(Expansion, LeavesAVariantWithoutListsAsItIs) {
  const auto variants =
      variants_of("name: 'on-{disk}', title: t, storage: {disk: sequential}, expect: holds");
  EXPECT_THAT(names_of(variants), ElementsAre("on-sequential"));
  EXPECT_EQ(variants.at(0).code, "on-sequential") << "the name, where nothing is said";
}

TEST(Expansion, IsOfTheSettingsOfAServerAlike) {
  const auto variants = variants_of(
      "name: 'f-{fsync}-s-{synchronous_commit}', title: t, "
      "server: {fsync: [on, off], synchronous_commit: [off], claim: durable}, expect: holds");
  EXPECT_THAT(names_of(variants), ElementsAre("f-on-s-off", "f-off-s-off"));
  EXPECT_EQ(
      variants.at(1).server->settings,
      (sim::ServerSettings{.fsync = false, .synchronous_commit = false, .full_page_writes = true}));
  EXPECT_TRUE(variants.at(1).claims_durable());
}

TEST(Expansion, TakesHowManyImagesOfAServersDiskAreRecovered) {
  const auto images = [](const std::string& server) {
    const auto variants = variants_of("name: v, title: t, server: {" + server + "}, expect: holds");
    return variants.at(0).server->power_images_max;
  };
  EXPECT_EQ(images("disk: honest"), 12);
  EXPECT_EQ(images("disk: honest, power_images_max: 40"), 40);
  EXPECT_THAT(refusal_of("name: v, title: t, server: {disk: honest, power_images_max: 0}, "
                         "expect: holds"),
              HasSubstr("found '0' as 'power_images_max'; expected a number from 1 to 1000"));
  EXPECT_THAT(refusal_of("name: v, title: t, server: {power_images_max: 9}, expect: holds"),
              HasSubstr("found 'power_images_max' without 'disk'"));
}

TEST(Expansion, NeedsANameThatTellsTheVariantsApart) {
  EXPECT_EQ(refusal_of("name: v, title: t, storage: {journal: [delete, wal]}, expect: holds"),
            "f.yaml:6:51: found a list as 'journal' and no '{journal}' in the variant's name; "
            "expected a name that tells the variants apart, such as '{journal}-{synchronous}'");
  EXPECT_THAT(refusal_of("name: 'v-{journal}', title: t, storage: {journal: [wal, wal]}, "
                         "expect: holds"),
              StartsWith("f.yaml:6:19: found the variant 'v-wal' a second time"));
  EXPECT_THAT(refusal_of("name: 'v-{jurnal}', title: t, expect: holds"),
              StartsWith("f.yaml:6:19: found 'v-{jurnal}' as 'name'; expected a name in lower"));
}

TEST(Expansion, RefusesSettingsThatAreNone) {
  EXPECT_EQ(refusal_of("name: 'v-{journal}', title: t, storage: {journal: [delete, wall]}, "
                       "expect: holds"),
            "f.yaml:6:72: found 'wall' as 'journal'; expected 'wal', the nearest known word");
  EXPECT_EQ(refusal_of("name: v, title: t, server: {fsync: maybe}, expect: holds"),
            "f.yaml:6:48: found 'maybe' as 'fsync'; expected one of on, off");
  EXPECT_EQ(refusal_of("name: v, title: t, server: {fsinc: on}, expect: holds"),
            "f.yaml:6:41: found the unknown key 'fsinc' in the server of a variant; expected "
            "'fsync', the nearest known word");
  EXPECT_THAT(refusal_of("name: 'v-{fsync}', title: t, server: {fsync: []}, expect: holds"),
              StartsWith("f.yaml:6:58: found an empty list as 'fsync'; expected a list with"));
  EXPECT_THAT(refusal_of("name: v, title: t, server: {claim: [durable]}, expect: holds"),
              StartsWith("f.yaml:6:48: found a list; expected a text for 'claim'"));
  EXPECT_THAT(refusal_of("name: v, title: t, server: on, expect: holds"),
              StartsWith("f.yaml:6:40: found 'on'; expected the server of a variant: a mapping"));
}

TEST(Expansion, MakesCasesOnTheTargetThatHasTheSettings) {
  const Variant disk = variants_of("name: v, title: t, storage: {}, expect: holds").at(0);
  EXPECT_TRUE(disk.expect.contains("sqlite"));
  EXPECT_FALSE(disk.expect.contains("postgres"));
  const Variant server = variants_of("name: v, title: t, server: {}, expect: holds").at(0);
  EXPECT_FALSE(server.expect.contains("sqlite"));
  EXPECT_TRUE(server.expect.contains("postgres"));
  const Variant both =
      variants_of(
          "name: v, title: t, storage: {}, expect: {sqlite: holds, postgres: {observed: "
          "not-applicable, reason: r}}")
          .at(0);
  EXPECT_EQ(both.expect.size(), 2U) << "what is said is kept";
  EXPECT_THAT(refusal_of("name: v, title: t, storage: {}, expect: {postgres: {observed: "
                         "not-applicable, reason: r}}"),
              StartsWith("f.yaml:6:53: found no 'sqlite' in the expectations; expected one for "
                         "each of sqlite"));
}

}  // namespace
}  // namespace splitproof::harness
