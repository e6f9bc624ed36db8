// What is written is read back as it was: plans with everything that they can hold, and ledgers.
// RapidCheck gets its seed from here and from nowhere else.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "harness/property/script.h"
#include "reports/ledger.h"
#include "reports/ledger_reader.h"
#include "tests/property/cases.h"

namespace splitproof {
namespace {

using harness::LedgerEntry;
using harness::Plan;
using ::testing::HasSubstr;

// The value that the n-th of many draws gives.
template <class T>
T drawn(const rc::Gen<T>& gen, std::uint64_t n) {
  return gen(rc::Random(n), rc::kNominalSize).value();
}

constexpr std::uint64_t draws = 500;

rc::Gen<harness::Fault> any_fault() {
  std::vector<harness::Fault> all =
      harness::faults_of(sim::Dialect::postgres, harness::fault_families());
  const auto sqlite = harness::faults_of(sim::Dialect::sqlite, harness::fault_families());
  all.insert(all.end(), sqlite.begin(), sqlite.end());
  return rc::gen::elementOf(all);
}

rc::Gen<char> any_session() { return rc::gen::inRange('a', static_cast<char>('z' + 1)); }

rc::Gen<harness::Strike> any_strike() {
  return rc::gen::map(rc::gen::tuple(any_session(), rc::gen::inRange(1, 1000000), any_fault(),
                                     rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>()),
                      [](const std::tuple<char, int, harness::Fault, bool, bool>& parts) {
                        const auto& [client, statement, fault, persistent, in_retry] = parts;
                        return harness::Strike{client, statement, fault, persistent, in_retry};
                      });
}

rc::Gen<harness::Turn> any_turn() {
  // A refused session takes no step in that turn.
  return rc::gen::map(
      rc::gen::tuple(any_session(), rc::gen::inRange(0, 100), rc::gen::arbitrary<bool>()),
      [](const std::tuple<char, int, bool>& parts) {
        const auto [session, steps, refused] = parts;
        return harness::Turn{session, refused ? 0 : steps, refused};
      });
}

template <class T>
rc::Gen<std::vector<T>> some(rc::Gen<T> gen) {
  return rc::gen::resize(
      6, rc::gen::container<std::vector<T>>(rc::gen::resize(rc::kNominalSize, std::move(gen))));
}

Plan any_plan(std::uint64_t n) {
  Plan plan;
  plan.strikes = drawn(some(any_strike()), 3 * n);
  plan.order = drawn(some(any_turn()), 3 * n + 1);
  std::ranges::stable_partition(plan.strikes, std::logical_not{}, &harness::Strike::in_retry);
  const auto theme = n % 2 == 0 ? harness::Theme::operations : harness::Theme::daily_rows;
  if (n % 3 == 0) return plan;
  const std::vector<harness::Script> scripts = harness::first_scripts(theme, n, 1);
  for (const harness::Step& step : scripts.front()) {
    plan.operations.push_back(to_string(step.command));
  }
  return plan;
}

TEST(RoundTrip, APlanWithAllThatItCanHoldReadsBack) {
  std::size_t with_all = 0;
  for (std::uint64_t n = 0; n < draws; ++n) {
    const Plan plan = any_plan(n);
    const std::string text = to_string(plan);
    const sim::Result<Plan, harness::PlanError> read = harness::parse_plan(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.error().message;
    EXPECT_EQ(read.value(), plan) << text;
    EXPECT_EQ(to_string(read.value()), text);
    if (!plan.strikes.empty() && !plan.order.empty() && !plan.operations.empty()) ++with_all;
  }
  EXPECT_GT(with_all, draws / 4);
}

TEST(RoundTrip, TheOperationsOfAPlanReadBackAsCommands) {
  for (std::uint64_t n = 1; n < draws; ++n) {
    const Plan plan = any_plan(n);
    for (const std::string& word : plan.operations) {
      const auto command = harness::parse_command(word);
      ASSERT_TRUE(command.ok()) << command.error();
      EXPECT_EQ(to_string(command.value()), word);
    }
  }
}

rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::inRange(' ', static_cast<char>(127)),
                     rc::gen::element('"', '\\', '\n', '\t', '\x01', '\x1f', '\x7f')));
}

LedgerEntry any_entry(std::uint64_t n) {
  LedgerEntry entry;
  std::uint64_t next = 12 * n;
  const auto text = [&] { return drawn(any_text(), next++); };
  const auto texts = [&] { return drawn(some(any_text()), next++); };
  entry.scenario = text();
  entry.variant = text();
  entry.target = text();
  entry.purpose = text();
  entry.plan = to_string(any_plan(n));
  entry.operations = drawn(some(rc::gen::inRange(1, 33)), next++);
  entry.fired = drawn(rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000), next++);
  entry.told = texts();
  entry.held = text();
  entry.retried = texts();
  entry.finally = text();
  entry.broken = texts();
  return entry;
}

TEST(RoundTrip, ALedgerReadsBackLineForLine) {
  std::vector<LedgerEntry> entries;
  for (std::uint64_t n = 0; n < draws; ++n) entries.push_back(any_entry(n));
  const auto read = reports::parse_ledger(reports::render_ledger(entries));
  ASSERT_TRUE(std::holds_alternative<std::vector<LedgerEntry>>(read))
      << to_string(std::get<reports::ReportError>(read));
  EXPECT_EQ(std::get<std::vector<LedgerEntry>>(read), entries);
}

TEST(RoundTrip, ALedgerOfACaseReadsBack) {
  const harness::CaseOutcome outcome =
      harness::DocumentedCase("random-operations", "sequential-upserts").run();
  const auto read = reports::parse_ledger(reports::render_ledger(outcome.ledger));
  EXPECT_EQ(std::get<std::vector<LedgerEntry>>(read), outcome.ledger);
  EXPECT_EQ(outcome.ledger.size(), static_cast<std::size_t>(outcome.verdict.runs));
}

std::string complaint(const std::string& text) {
  const auto read = reports::parse_ledger(text);
  const auto* error = std::get_if<reports::ReportError>(&read);
  return error == nullptr ? "accepted" : to_string(*error);
}

TEST(RoundTrip, ALedgerThatCannotBeUsedIsRefusedAtItsPlace) {
  const std::string good = reports::render_ledger({LedgerEntry{}});
  EXPECT_EQ(complaint(good), "accepted");
  EXPECT_EQ(complaint(""), "accepted");
  EXPECT_THAT(complaint(good + "{\n"), HasSubstr("line 2: found no JSON object"));
  EXPECT_THAT(complaint(good + "\n"), HasSubstr("line 2: found no JSON object"));
  EXPECT_THAT(complaint(good + "[]\n"), HasSubstr("line 2: found no JSON object"));
  EXPECT_THAT(complaint("{}\n"), HasSubstr("line 1/scenario: found nothing"));
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_THAT(complaint(replaced("\"fired\":0", "\"fired\":0.5")),
              HasSubstr("line 1/fired: found number, expected a whole number"));
  EXPECT_THAT(complaint(replaced("\"fired\":0", "\"fired\":true")),
              HasSubstr("line 1/fired: found boolean, expected a whole number"));
  EXPECT_THAT(complaint(replaced("\"told\":[]", "\"told\":[1]")),
              HasSubstr("line 1/told: found array, expected a list of strings"));
  EXPECT_THAT(complaint(replaced("\"plan\":\"\"", "\"plan\":null")),
              HasSubstr("line 1/plan: found null, expected a string"));
}

TEST(RoundTrip, ALaterProgramsKeysArePassedOver) {
  const std::string line = reports::render_ledger({LedgerEntry{}});
  EXPECT_EQ(complaint("{\"added\":1," + line.substr(1)), "accepted");
}

}  // namespace
}  // namespace splitproof
