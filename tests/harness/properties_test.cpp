// Properties over random plans, states and words.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "harness/cli/shell_quote.h"
#include "harness/run/replay.h"
#include "tests/harness/always.h"
#include "tests/harness/experiments.h"
#include "tests/harness/states.h"

namespace splitproof::harness {
namespace {

rc::Gen<std::string> code() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::inRange('A', static_cast<char>('Z' + 1)),
                     rc::gen::inRange('0', static_cast<char>('9' + 1)), rc::gen::just('_'))));
}

rc::Gen<Fault> any_fault() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::pair(code(), rc::gen::arbitrary<bool>()),
                   [](const std::pair<std::string, bool>& error) {
                     return Fault{RaiseError{error.first, error.second}};
                   }),
      rc::gen::map(rc::gen::arbitrary<bool>(),
                   [](bool after) { return Fault{ThrowException{.after = after}}; }),
      rc::gen::just(Fault{DropConnection{}}), rc::gen::just(Fault{LoseReply{}}));
}

rc::Gen<Strike> any_strike() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange('a', static_cast<char>('z' + 1)),
                     rc::gen::inRange(1, 1000000), any_fault(), rc::gen::arbitrary<bool>()),
      [](const std::tuple<char, int, Fault, bool>& strike) {
        const auto& [client, statement, fault, persistent] = strike;
        return Strike{client, statement, fault, persistent};
      });
}

Plan any_plan() {
  Plan plan;
  plan.strikes = *rc::gen::container<std::vector<Strike>>(any_strike());
  return plan;
}

TEST(Property, APlanReadsBackWhatItIsWrittenAs) {
  always([] {
    const Plan plan = any_plan();
    const sim::Result<Plan, PlanError> read = parse_plan(to_string(plan));
    RC_ASSERT(read.ok());
    RC_ASSERT(read.value() == plan);
  });
}

TEST(Property, ALineThatIsAPlanIsWrittenBackAsItWas) {
  always([] {
    const std::string line = to_string(any_plan());
    RC_ASSERT(to_string(plan_of(line)) == line);
  });
}

TEST(Property, AnyLineIsAPlanOrAnErrorWithAColumnInsideOfIt) {
  always([] {
    // Words that are nearly right find more than noise does.
    std::string line = to_string(any_plan());
    const auto at = *rc::gen::inRange<std::size_t>(0, line.size());
    line[at] = *rc::gen::element(' ', '=', '+', ':', 'a', '0', '9', 'A', '_', '\t', '\n');
    const sim::Result<Plan, PlanError> read = parse_plan(line);
    if (read.ok()) {
      RC_ASSERT(parse_plan(to_string(read.value())).value() == read.value());
    } else {
      RC_ASSERT(read.error().column >= 1);
      RC_ASSERT(static_cast<std::size_t>(read.error().column) <= line.size() + 1);
      RC_ASSERT(!read.error().message.empty());
    }
  });
}

TEST(Property, AQuotedWordIsReadBackByAShell) {
  always([] {
    const auto words = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::oneOf(
            rc::gen::element('\'', '"', '\\', ' ', '$', '\n', '\t', '`', '!', '*', '=', '+'),
            rc::gen::inRange('a', 'f'))));
    std::string line;
    for (const std::string& word : words) line += shell_quote(word) + " ";
    RC_ASSERT(shell_words(line) == words);
  });
}

// Parents with generated keys, children that refer to them by position, so that every reference
// leads somewhere.
struct Family {
  std::vector<int> parents;                   // What each parent says.
  std::vector<std::pair<int, int>> children;  // The parent's position and what the child says.
};

Family any_family() {
  Family family;
  family.parents = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4)));
  family.children = *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(
      rc::gen::inRange(0, static_cast<int>(family.parents.size())), rc::gen::inRange(0, 4)));
  return family;
}

template <class T>
std::vector<T> in_any_order(std::vector<T> rows, sim::Rng& rng) {
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[rng.below(i)]);
  return rows;
}

// The family as a state, its keys and the order of its rows drawn from `rng`.
State state_of(const Family& family, sim::Rng& rng) {
  std::vector<int> keys;
  for (std::size_t i = 0; i < family.parents.size(); ++i) keys.push_back(static_cast<int>(i) + 1);
  keys = in_any_order(keys, rng);
  const int first = static_cast<int>(rng.below(1000));
  std::vector<sim::Row> parents;
  for (std::size_t i = 0; i < family.parents.size(); ++i) {
    parents.push_back({num(first + keys[i]), num(family.parents[i])});
  }
  std::vector<sim::Row> children;
  for (const auto& [parent, says] : family.children) {
    children.push_back({num(first + keys[static_cast<std::size_t>(parent)]), num(says)});
  }
  return {{"parents", table({"id", "says"}, in_any_order(parents, rng))},
          {"children", table({"parent_id", "says"}, in_any_order(children, rng))}};
}

Comparison keys_renamed() {
  Comparison comparison;
  comparison.renamed = {{"parents", {"id"}}, {"children", {"parent_id"}}};
  comparison.references["children"] = {{"parent_id", "parents", "id"}};
  return comparison;
}

TEST(Property, RenamingKeysAndShufflingRowsKeepsTheDigest) {
  always([] {
    const Family family = any_family();
    sim::Rng rng(*rc::gen::arbitrary<std::uint64_t>());
    const State one = state_of(family, rng);
    const State other = state_of(family, rng);
    RC_ASSERT(digest(one, keys_renamed()) == digest(other, keys_renamed()));
    RC_ASSERT(differences(one, other, keys_renamed(), 5).empty());
    RC_ASSERT(distance(one, other, keys_renamed()) == 0U);
  });
}

TEST(Property, ChangingAnyOneCellThatIsNoKeyChangesTheDigest) {
  always([] {
    const Family family = any_family();
    sim::Rng rng(*rc::gen::arbitrary<std::uint64_t>());
    Family changed = family;
    const auto at =
        *rc::gen::inRange<std::size_t>(0, family.parents.size() + family.children.size());
    (at < family.parents.size() ? changed.parents[at]
                                : changed.children[at - family.parents.size()].second) += 10;
    const State one = state_of(family, rng);
    const State other = state_of(changed, rng);
    RC_ASSERT(digest(one, keys_renamed()) != digest(other, keys_renamed()));
    RC_ASSERT(!differences(one, other, keys_renamed(), 5).empty());
    RC_ASSERT(distance(one, other, keys_renamed()) > 0U);
  });
}

// What a family is, whatever its keys: the sorted list of parents, each with its sorted children.
std::vector<std::pair<int, std::vector<int>>> shape_of(const Family& family) {
  std::vector<std::pair<int, std::vector<int>>> shape;
  for (const int says : family.parents) shape.push_back({says, {}});
  for (const auto& [parent, says] : family.children) {
    shape[static_cast<std::size_t>(parent)].second.push_back(says);
  }
  for (auto& [says, children] : shape) std::ranges::sort(children);
  std::ranges::sort(shape);
  return shape;
}

TEST(Property, TwoFamiliesHaveOneDigestExactlyWhenTheyAreTheSame) {
  always([] {
    const Family family = any_family();
    Family other = family;
    // Lead one child to another parent: the nearest state that a bug would leave.
    if (!other.children.empty()) {
      const auto child = *rc::gen::inRange<std::size_t>(0, other.children.size());
      other.children[child].first = *rc::gen::inRange(0, static_cast<int>(other.parents.size()));
    }
    sim::Rng rng(*rc::gen::arbitrary<std::uint64_t>());
    const bool equal = digest(state_of(family, rng), keys_renamed()) ==
                       digest(state_of(other, rng), keys_renamed());
    RC_ASSERT(equal == (shape_of(family) == shape_of(other)));
  });
}

}  // namespace
}  // namespace splitproof::harness
