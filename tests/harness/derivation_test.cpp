// A case's verdict, derived again from what is written down of its runs: confirmed as it stands,
// and named wherever one outcome of one run is another.
#include "harness/verify/derivation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "harness/run/case_runner.h"
#include "tests/harness/at_once.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const Texts records{"CREATE TABLE records (id INTEGER PRIMARY KEY, v TEXT)"};
const Texts saves{"/* save 1 */ INSERT INTO records VALUES (1, 'one') ON CONFLICT DO NOTHING",
                  "/* save 2 */ INSERT INTO records VALUES (2, 'two') ON CONFLICT DO NOTHING"};

// A case that was run, and its check.
class Derived {
 public:
  Derived(Scenario scenario, std::vector<OperationFactory> operations, const std::string& oracle,
          const Texts& also = {})
      : scenario_(std::move(scenario)) {
    variant_.name = "as-it-is";
    expected_.observed = oracle.empty() ? Expectation::holds : Expectation::violated;
    expected_.oracle = oracle;
    expected_.also = also;
    variant_.expect["sqlite"] = expected_;
    const Case subject{&scenario_, &variant_, "sqlite", "sqlite", "small"};
    SqliteWorld world;
    outcome_ = run_case(subject, world, std::move(operations), {});
  }

  CaseCheck check() const { return check(all_oracles()); }
  CaseCheck check(const std::vector<std::pair<std::string, Oracle>>& oracles) const {
    RunVerdict run;
    run.cases = {outcome_.verdict};
    DerivationOptions options;
    options.expected = &expected_;
    options.oracles = oracles;
    return derive(recorded_cases(run, outcome_.ledger, outcome_.evidence).front(), options);
  }

  CaseOutcome& outcome() { return outcome_; }

 private:
  Scenario scenario_;
  Variant variant_;
  Expected expected_;
  CaseOutcome outcome_;
};

Derived save_alone() {
  return {scenario_of(records, {"save two records"}),
          {each_alone(saves)},
          "told-equals-held",
          {"intermediate-read"}};
}

Derived save_together() {
  return {scenario_of(records, {"save two records"}), {in_one_transaction(saves)}, ""};
}

OperationFactory read_and_write(int amount) {
  return [amount] {
    return [amount](sim::Client& client) -> sim::TransactionEnd {
      const sim::Answer<sim::Session*> session = client.session();
      if (!session.ok()) return {sim::Outcome::aborted, session.error(), 1};
      const auto found =
          session.value()->execute("/* look */ SELECT amount FROM balance WHERE id = 1");
      if (!found.ok()) return {sim::Outcome::aborted, found.error(), 1};
      const auto held = std::get<std::int64_t>(found.value().rows.at(0).at(0));
      const auto written = session.value()->execute(
          {"/* write */ UPDATE balance SET amount = $1 WHERE id = 1", {held + amount}});
      if (!written.ok()) return {sim::Outcome::aborted, written.error(), 1};
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
}

Derived lose_an_update() {
  Scenario scenario = at_once(one_balance, {"add 10", "add 5"});
  scenario.faults = {"error"};
  return {std::move(scenario),
          {read_and_write(10), read_and_write(5)},
          "serializable",
          {"told-equals-held", "converges"}};
}

TEST(Derivation, ConfirmsACaseThatHolds) {
  const CaseCheck check = save_together().check();
  EXPECT_EQ(check.answer, Confirmation::confirmed) << testing::PrintToString(check.because);
  EXPECT_GT(check.runs, 10);
}

TEST(Derivation, ConfirmsFindingsOfOneSessionAndOfTwo) {
  for (const CaseCheck& check : {save_alone().check(), lose_an_update().check()}) {
    EXPECT_EQ(check.answer, Confirmation::confirmed) << testing::PrintToString(check.because);
    EXPECT_THAT(check.because, IsEmpty());
  }
}

// Oracles that object to nothing confirm no finding.
TEST(Derivation, IsNoConfirmationWithoutOracles) {
  EXPECT_EQ(save_alone().check({}).answer, Confirmation::differs);
}

// What a client was told cannot be, by what the database held. Nothing contradicts an answer in
// doubt; it is left as it is here, and the chain of the ledger watches over it.
std::string contradicting(const std::string& told) {
  if (told == "committed") return "aborted";
  return told == "aborted" ? "committed" : told;
}

// Each outcome that a client was told in each run, flipped alone.
TEST(Derivation, NamesEachOutcomeThatIsFlipped) {
  for (Derived derived : {save_together(), save_alone(), lose_an_update()}) {
    for (LedgerEntry& entry : derived.outcome().ledger) {
      for (std::string& told : entry.told) {
        const std::string before = std::exchange(told, contradicting(told));
        if (told == before) continue;
        EXPECT_EQ(derived.check().answer, Confirmation::differs)
            << entry.purpose << " '" << entry.plan << "' " << before;
        told = before;
      }
    }
  }
}

TEST(Derivation, NamesEachStateThatIsAnother) {
  Derived derived = save_together();
  for (LedgerEntry& entry : derived.outcome().ledger) {
    // Under calibration states are digested otherwise than later.
    if (entry.purpose == "calibration") continue;
    for (std::string* const digest : {&entry.held, &entry.finally}) {
      const std::string before = std::exchange(*digest, std::string(64, 'f'));
      EXPECT_EQ(derived.check().answer, Confirmation::differs)
          << entry.purpose << " '" << entry.plan << "'";
      *digest = before;
    }
  }
}

TEST(Derivation, NamesARunThatIsGone) {
  Derived derived = save_alone();
  derived.outcome().ledger.erase(derived.outcome().ledger.begin() + 5);
  EXPECT_THAT(derived.check().because, Contains(HasSubstr("runs, and the ledger has")));
}

TEST(Derivation, NamesAFindingThatIsGoneAndOneThatNoRunShows) {
  Derived derived = save_alone();
  std::vector<Finding>& findings = derived.outcome().verdict.findings;
  const std::vector<Finding> before = findings;
  std::erase_if(findings, [](const Finding& one) { return one.oracle == "intermediate-read"; });
  EXPECT_THAT(derived.check().because,
              Contains("some run breaks intermediate-read, and the report has no such finding"));
  findings = before;
  std::ranges::find(findings, "told-equals-held", &Finding::oracle)->plan = "clean";
  EXPECT_THAT(derived.check().because, Contains(HasSubstr("no run of its plan 'clean' breaks")));
}

// Of a server's disk moments are chosen, and no sweep is closed.
TEST(Derivation, AsksNoSampleToBeClosed) {
  Derived derived = save_alone();
  CaseVerdict& verdict = derived.outcome().verdict;
  verdict.closed = false;
  EXPECT_EQ(derived.check().answer, Confirmation::differs);
  verdict.storage.emplace();
  EXPECT_EQ(derived.check().answer, Confirmation::differs) << "all moments were taken";
  verdict.storage->moments_of = 12;
  EXPECT_EQ(derived.check().answer, Confirmation::confirmed);
}

TEST(Derivation, NamesAVerdictThatDoesNotFollow) {
  Derived derived = save_together();
  derived.outcome().verdict.result = CaseResult::fail;
  EXPECT_THAT(derived.check().because,
              Contains(HasSubstr("the case is pass (holds), and the report says fail")));
}

TEST(Derivation, NamesABrokenOracleThatIsLeftOutOfALine) {
  Derived derived = save_alone();
  for (LedgerEntry& entry : derived.outcome().ledger) {
    if (entry.broken.empty()) continue;
    entry.broken.clear();
    break;
  }
  EXPECT_THAT(derived.check().because, Contains(HasSubstr("and the ledger says nothing")));
}

TEST(Derivation, NamesAnAnswerThatNoSerialOrderGives) {
  Derived derived = lose_an_update();
  bool any = false;
  for (LedgerEntry& entry : derived.outcome().ledger) {
    if (entry.purpose != "order" || std::ranges::count(entry.broken, "serializable") > 0) continue;
    any = true;
    const std::string before = std::exchange(entry.answers.back(), "0000000000000000");
    EXPECT_EQ(derived.check().answer, Confirmation::differs) << entry.plan;
    entry.answers.back() = before;
  }
  EXPECT_TRUE(any);
}

TEST(Derivation, SaysWhatIsNotWrittenDown) {
  Derived derived = save_together();
  derived.outcome().evidence.clear();
  const CaseCheck check = derived.check();
  EXPECT_EQ(check.answer, Confirmation::impossible);
  EXPECT_THAT(check.because, Contains("what its runs are judged by is not written down"));
}

TEST(Derivation, RefusesEvidenceThatLeadsNowhere) {
  Derived derived = save_together();
  CaseEvidence& evidence = derived.outcome().evidence.front();
  const CaseEvidence before = evidence;
  for (const std::function<void()>& spoil : std::vector<std::function<void()>>{
           [&] { evidence.sets.clear(); }, [&] { evidence.sets.front().operations = {7}; },
           [&] { evidence.clients = "ab"; }, [&] { evidence.titles.assign(40, "x"); },
           [&] {
             evidence.promises.push_back({"a bad day", true, true, ""});
           }}) {
    spoil();
    EXPECT_EQ(derived.check().answer, Confirmation::differs);
    evidence = before;
  }
}

}  // namespace
}  // namespace splitproof::harness
