// The reduction on real databases: what all orders of the sessions show (final states, answers,
// what clients are told) is what its orders show, and it knows how many there are. A relation that
// forgets something is found out.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/schedule/reduced.h"
#include "tests/harness/always.h"
#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using Work = std::vector<OperationFactory>;

const Texts two_tables{
    "CREATE TABLE x (id INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO x VALUES (1, 10), (2, 20)",
    "CREATE TABLE y (id INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO y VALUES (1, 10), (2, 20)"};

// What the clients of a run can know of it, and what it leaves.
std::string outcome_of(const RunRecord& run) {
  std::map<char, std::string> lines;
  for (const Event& event : run.history.events) {
    // The numbers of transactions depend on every order.
    const std::string seen = event.name == "remember the transaction id" ? "" : event.seen;
    lines[event.client] +=
        fmt::format("{} {} {}; ", event.name, comparable_answer(event.answer), seen);
  }
  std::string text;
  for (const auto& [client, line] : lines) text += fmt::format("{}: {}\n", client, line);
  for (const Told& told : run.first) text += fmt::format("{} ", sim::to_string(told.outcome));
  return text + run.after->digest + " " + run.finally->digest;
}

struct Space {
  std::set<std::string> outcomes;
  std::int64_t runs = 0;
  std::int64_t classes = 0;
  std::int64_t orders = 0;
};

void explore_all(Experiment& experiment, Search& search, Space& space) {
  RunOptions options;
  options.strategy = &search;
  options.keep_what_is_seen = true;
  do {
    search.begin();
    space.outcomes.insert(outcome_of(experiment.run({}, options)));
    ++space.runs;
  } while (search.next());
  EXPECT_FALSE(search.diverged());
}

Space full_space(Experiment& experiment) {
  Space space;
  Exhaustive all;
  explore_all(experiment, all, space);
  space.orders = all.explored();
  return space;
}

Space reduced_space(Experiment& experiment, Reduced::Relation relation = dependent) {
  Space space;
  Reduced reduced(std::move(relation));
  explore_all(experiment, reduced, space);
  space.classes = reduced.classes();
  space.orders = reduced.orders();
  return space;
}

// Sessions a, b, c … one for each.
Scenario sessions_for(const Work& work) { return at_once(two_tables, Texts(work.size(), "works")); }

struct Compared {
  Space full;
  Space reduced;
};

Compared compare(World& world, const Work& work, Reduced::Relation relation = dependent) {
  const Scenario scenario = sessions_for(work);
  Experiment experiment(world, scenario, work);
  prepare(experiment, 1, [](const RunRecord&, const char*) {});
  return {full_space(experiment), reduced_space(experiment, std::move(relation))};
}

void expect_the_same(World& world, const std::string& name, const Work& work,
                     std::int64_t runs_max) {
  const Compared compared = compare(world, work);
  EXPECT_EQ(compared.reduced.outcomes, compared.full.outcomes) << name;
  EXPECT_EQ(compared.reduced.orders, compared.full.orders) << name;
  EXPECT_LE(compared.reduced.runs, runs_max) << name << ", of " << compared.full.runs;
}

const std::string read_x = "SELECT v FROM x WHERE id = 1";
const std::string read_y = "SELECT v FROM y WHERE id = 1";
const std::string add_to_x = "UPDATE x SET v = v + 1 WHERE id = 1";
const std::string add_to_y = "UPDATE y SET v = v * 2 WHERE id = 1";
const std::string count_x = "SELECT count(*), sum(v) FROM x";
const std::string insert_x = "INSERT INTO x VALUES (3, 30)";

OperationFactory at(sim::Isolation isolation, const Texts& statements) {
  return in_one_transaction_at(statements, isolated(isolation, 3));
}

// Writes to `target` what it read in `source`, in one transaction.
OperationFactory copies(const std::string& source, const std::string& target,
                        sim::Isolation isolation) {
  return [=] {
    return [=](sim::Client& client) {
      return sim::run_transaction(
          client, isolated(isolation, 3), [&](sim::Transaction& transaction) -> sim::Status {
            const sim::Answer<sim::Rows> read =
                transaction.execute("SELECT v FROM " + source + " WHERE id = 1");
            if (!read.ok()) return read.error();
            const sim::Answer<sim::Rows> written = transaction.execute(
                {"UPDATE " + target + " SET v = $1 + 1 WHERE id = 1", {read.value().rows[0][0]}});
            if (!written.ok()) return written.error();
            return sim::Done{};
          });
    };
  };
}

TEST(SqliteReduction, ShowsWhatAllOrdersShow) {
  using enum sim::Isolation;
  const auto same = [](const std::string& name, const Work& work, std::int64_t runs_max) {
    SqliteWorld world;
    expect_the_same(world, name, work, runs_max);
  };
  const Texts reads{read_x, read_y, count_x};
  same("reads", {each_alone(reads), each_alone(reads)}, 1);
  same("reads in transactions", {at(repeatable_read, reads), at(repeatable_read, reads)}, 1);
  same("reads of three", {each_alone({read_x, read_y}), each_alone({read_x}), each_alone({read_y})},
       1);
  same("reads and writes", {each_alone({read_x, add_to_x}), each_alone({read_x, add_to_x})}, 6);
  same("a reader in a transaction", {at(repeatable_read, reads), each_alone({add_to_x, add_to_y})},
       60);
  same("deferred", {copies("x", "y", repeatable_read), copies("y", "x", repeatable_read)}, 90);
  same("immediate", {copies("x", "y", serializable), copies("y", "x", serializable)}, 90);
  // Two wait for the writer at once, and either may be the next.
  same("three immediate",
       {at(serializable, {add_to_x}), at(serializable, {add_to_x}), at(serializable, {add_to_y})},
       300);
  same("three writers", {each_alone({add_to_x}), each_alone({add_to_y}), each_alone({add_to_x})},
       6);
}

// What a session of a random program does.
OperationFactory random_work(bool with_levels) {
  using enum sim::Isolation;
  static const Texts all{
      read_x, read_y, count_x, add_to_x, add_to_y, insert_x, "DELETE FROM y WHERE id = 2"};
  const auto length = *rc::gen::inRange<std::size_t>(1, 4);
  Texts statements;
  for (std::size_t i = 0; i < length; ++i) statements.push_back(*rc::gen::elementOf(all));
  const int how = *rc::gen::inRange(0, with_levels ? 4 : 3);
  if (how == 0) return each_alone(statements);
  return at(std::vector{read_committed, repeatable_read, serializable}[how == 1 ? 0U : how - 1U],
            statements);
}

TEST(SqliteReduction, ShowsWhatAllOrdersOfRandomProgramsShow) {
  always(
      [] {
        const Work work{random_work(false), random_work(false)};
        SqliteWorld world;
        const Compared compared = compare(world, work);
        RC_ASSERT(compared.reduced.outcomes == compared.full.outcomes);
        RC_ASSERT(compared.reduced.orders == compared.full.orders);
        RC_ASSERT(compared.reduced.runs <= compared.full.runs);
      },
      25);
}

// The relation without what concerns one kind of place: "data:17000" is of the kind "data".
Reduced::Relation without(const std::string& kind) {
  return [kind](const Footprint& left, const Footprint& right) {
    return dependent(left.without(kind), right.without(kind));
  };
}

TEST(SqliteReduction, MissesSomethingWhereTheRelationForgetsWhatIsCommitted) {
  SqliteWorld world;
  const Compared compared = compare(
      world, {each_alone({read_x, add_to_x}), each_alone({add_to_x, read_x})}, without("file"));
  EXPECT_LT(compared.reduced.outcomes.size(), compared.full.outcomes.size());
}

// Whoever meets the writer's lock waits, and a step that waits has touched everything: forgetting
// this place loses no outcome, but count.
TEST(SqliteReduction, MiscountsWhereTheRelationForgetsTheWritersLock) {
  SqliteWorld world;
  using enum sim::Isolation;
  const Work work{at(repeatable_read, {add_to_x}), at(repeatable_read, {read_x, add_to_x})};
  const Compared compared = compare(world, work, without("writer"));
  EXPECT_NE(compared.reduced.orders, compared.full.orders);
}

TEST(PostgresReduction, ShowsWhatAllOrdersShow) {
  using enum sim::Isolation;
  const auto world = postgres_world();
  const auto same = [](const std::string& name, const Work& work, std::int64_t runs_max) {
    const auto own = postgres_world();
    expect_the_same(*own, name, work, runs_max);
  };
  same("two tables", {at(read_committed, {add_to_x}), at(read_committed, {add_to_y})}, 3);
  same("reads", {at(repeatable_read, {read_x, read_y}), at(repeatable_read, {read_x})}, 1);
  same("a reader at read committed",
       {at(read_committed, {read_x, read_y}), at(read_committed, {add_to_x})}, 6);
  same("a reader of one snapshot",
       {at(repeatable_read, {read_x, read_x}), at(read_committed, {add_to_x})}, 4);
  same("lost update", {copies("x", "x", read_committed), copies("x", "x", read_committed)}, 40);
  same("write skew", {copies("x", "y", repeatable_read), copies("y", "x", repeatable_read)}, 40);
}

TEST(PostgresReduction, ShowsWhatAllOrdersOfRandomProgramsShow) {
  always(
      [] {
        const Work work{random_work(true), random_work(true)};
        const auto world = postgres_world();
        const Compared compared = compare(*world, work);
        RC_ASSERT(compared.reduced.outcomes == compared.full.outcomes);
        RC_ASSERT(compared.reduced.runs <= compared.full.runs);
      },
      6);
}

TEST(PostgresReduction, MissesSomethingWhereTheRelationForgetsOneThing) {
  using enum sim::Isolation;
  const std::map<std::string, Work> shown_by{
      {"data", {at(read_committed, {read_x, read_x}), at(read_committed, {add_to_x})}},
      {"commits", {at(repeatable_read, {read_x}), at(read_committed, {add_to_x})}}};
  for (const auto& [kind, work] : shown_by) {
    const auto world = postgres_world();
    const Compared compared = compare(*world, work, without(kind));
    EXPECT_LT(compared.reduced.outcomes.size(), compared.full.outcomes.size()) << kind;
  }
}

}  // namespace
}  // namespace splitproof::harness
