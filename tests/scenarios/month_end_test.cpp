// What is due at the end of a month, by itself: each form works when nobody else is there, and the
// broken ones do what their names say.
#include "scenarios/mutants/month_end.h"

#include <gtest/gtest.h>

#include "tests/scenarios/service_database.h"

namespace splitproof::scenarios {
namespace {

using sim::Client;
using sim::Outcome;

class MonthEndTest : public testing::Test {
 protected:
  MonthEndTest() {
    using namespace std::chrono;
    august_ = sim::Month{2025y / August};
    first_of_september_ = sim::Day{2025y / September / 1};
    make_service_database(world_, rng_,
                          "INSERT INTO accounts (name, balance_minor) VALUES ('fees', 0)");
  }

  Outcome run(const std::function<sim::TransactionEnd(Client&)>& work) {
    Client client(world_.engine(), world_.clock(), rng_);
    return work(client).outcome;
  }

  void save_two_days() {
    using namespace std::chrono;
    sim::DailyRow row;
    row.client_id = "c01";
    row.client_name = "Amber Bay";
    row.platform = "meta";
    row.total_spend = sim::Money{500};
    row.reservations = 2;
    std::vector<sim::DailyRow> rows;
    for (const auto day : {30, 31}) {
      row.date = sim::Day{2025y / August / day};
      rows.push_back(row);
    }
    ASSERT_EQ(run([&](Client& client) { return sim::import_daily(client, rows); }),
              Outcome::committed);
  }

  std::string held(const sim::Statement& question) { return held_in(world_, question); }

  std::string fees() { return held("SELECT balance_minor FROM accounts"); }
  std::string summary() {
    return held("SELECT daily_rows, total_spend_minor, reservations FROM campaign_summaries");
  }

  harness::SqliteWorld world_;
  sim::Rng rng_{1};
  sim::Month august_{};
  sim::Day first_of_september_{};
};

TEST_F(MonthEndTest, FinishesAMonthOnceInEachForm) {
  const MonthEnd end{august_, first_of_september_, "fees", sim::Money{4900}};
  save_two_days();
  const auto aggregate = [&](Client& client) {
    return sim::aggregate_month(client, august_, first_of_september_);
  };
  const auto forget = [](Client& client) -> sim::TransactionEnd {
    const auto done = client.session().value()->execute("DELETE FROM aggregation_tracking");
    return {done.ok() ? Outcome::committed : Outcome::aborted, std::nullopt, 1};
  };
  ASSERT_EQ(run(aggregate), Outcome::committed);
  std::string expected;
  for (const auto& form : std::vector<std::function<sim::TransactionEnd(Client&)>>{
           [&](Client& client) { return finish_month(client, end, sim::Isolation::serializable); },
           [&](Client& client) {
             return finish_month(client, end, sim::Isolation::read_committed);
           },
           [&](Client& client) { return finish_month_looking_first(client, end); }}) {
    ASSERT_EQ(run(forget), Outcome::committed);
    const std::int64_t before = std::stoll(fees());
    EXPECT_EQ(run(form), Outcome::committed);
    EXPECT_EQ(run(form), Outcome::committed) << "nothing is left to do";
    EXPECT_EQ(fees(), std::to_string(before + 4900));
  }
}

TEST_F(MonthEndTest, SumsUpTwiceToTheSameWhereNobodyComesBetween) {
  save_two_days();
  const auto twice = [&](Client& client) {
    return sum_up_twice(client, august_, first_of_september_);
  };
  EXPECT_EQ(run(twice), Outcome::committed);
  EXPECT_EQ(summary(), "2 1000 4");
  const auto in_transaction = [&](Client& client) {
    return sum_up_twice(client, august_, first_of_september_, sim::Isolation::read_committed);
  };
  EXPECT_EQ(run(in_transaction), Outcome::committed);
  EXPECT_EQ(summary(), "2 1000 4");
}

TEST_F(MonthEndTest, DeletesOldRowsOfMonthsThatNobodyHasSummedUp) {
  using namespace std::chrono;
  const sim::Day december{2025y / December / 1};
  save_two_days();
  EXPECT_EQ(run([&](Client& client) { return sim::apply_retention(client, december); }),
            Outcome::committed);
  EXPECT_EQ(held("SELECT count(*) FROM daily_kpi_data"), "2");
  EXPECT_EQ(run([&](Client& client) { return delete_untracked(client, december); }),
            Outcome::committed);
  EXPECT_EQ(held("SELECT count(*) FROM daily_kpi_data"), "0");
}

}  // namespace
}  // namespace splitproof::scenarios
