// The aggregator on a database in memory, for its tests: what its operations answered and what the
// tables hold afterwards. While `engine_.armed` is set, the answer of each COMMIT is lost.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "sim/aggregator/aggregator.h"
#include "sim/aggregator/csv.h"
#include "sim/sql/sqlite/sqlite_memory.h"
#include "tests/support/paths.h"

namespace splitproof::sim {

inline Day day(const std::string& text) { return parse_day(text).value(); }
inline Month month(const std::string& text) { return parse_month(text).value(); }

// Passes everything on and, while armed, loses the answer of a COMMIT that was carried out.
class ForgetfulSession final : public Session {
 public:
  ForgetfulSession(std::unique_ptr<Session> real, const bool& armed)
      : real_(std::move(real)), armed_(armed) {}

  Answer<Rows> execute(const Statement& statement) override {
    Answer<Rows> answer = real_->execute(statement);
    if (!armed_ || statement.kind() != StatementKind::commit) return answer;
    return Error{ErrorKind::connection_lost, "", "the answer was lost"};
  }

 private:
  std::unique_ptr<Session> real_;
  const bool& armed_;
};

class ForgetfulEngine final : public Engine {
 public:
  explicit ForgetfulEngine(Engine& real) : real_(real) {}

  Dialect dialect() const override { return real_.dialect(); }
  Answer<std::unique_ptr<Session>> connect() override {
    auto session = real_.connect();
    if (!session.ok()) return session.error();
    return std::unique_ptr<Session>(
        std::make_unique<ForgetfulSession>(std::move(session).value(), armed));
  }

  bool armed = false;

 private:
  Engine& real_;
};

class Aggregator : public testing::Test {
 protected:
  Aggregator() { expect_committed(create_schema(client_)); }

  static void expect_committed(const TransactionEnd& end) {
    EXPECT_EQ(end.outcome, Outcome::committed) << (end.error ? end.error->message : "");
  }

  static void expect_refused(const TransactionEnd& end, const std::string& why) {
    EXPECT_EQ(end.outcome, Outcome::aborted);
    ASSERT_TRUE(end.error.has_value());
    EXPECT_EQ(end.error->kind, ErrorKind::invalid);
    EXPECT_EQ(end.error->message, why);
  }

  std::vector<Row> rows(const std::string& sql) {
    const auto session = client_.session();
    const auto answer = session.value()->execute(Statement(sql));
    EXPECT_TRUE(answer.ok()) << answer.error().message;
    return answer.value().rows;
  }

  std::int64_t number(const std::string& sql) { return std::get<std::int64_t>(rows(sql)[0][0]); }

  // Everything that is stored, except the log's clock column.
  std::vector<std::vector<Row>> state() {
    return {rows("SELECT * FROM daily_kpi_data ORDER BY 1, 2, 3"),
            rows("SELECT id, day, rows_collected FROM collection_log ORDER BY 1"),
            rows("SELECT * FROM campaign_summaries ORDER BY 1, 2, 3"),
            rows("SELECT * FROM aggregation_tracking ORDER BY 1"),
            rows("SELECT * FROM dashboard_cache ORDER BY 1, 2, 3"),
            rows("SELECT * FROM accounts ORDER BY 1"),
            rows("SELECT * FROM ledger_entries ORDER BY 1, 2"),
            rows("SELECT * FROM counters ORDER BY 1")};
  }

  static DailyRow row_of(const std::string& client, const std::string& date,
                         std::int64_t clicks = 1) {
    DailyRow row;
    row.client_id = client;
    row.client_name = "Hotel " + client;
    row.platform = "google";
    row.date = day(date);
    row.total_clicks = clicks;
    return row;
  }

  static std::vector<DailyRow> real_rows() {
    std::ifstream in(tests::in_tree("scenarios/data/daily_kpi_2025.csv"));
    return read_daily_csv(in, "daily_kpi_2025.csv").value();
  }

  ManualClock clock_{Instant{std::chrono::sys_days{day("2025-09-01")}}};
  SqliteMemory database_{clock_};
  ForgetfulEngine engine_{database_};
  Rng rng_{1};
  Client client_{engine_, clock_, rng_};
};

}  // namespace splitproof::sim
