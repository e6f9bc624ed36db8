// How long the monthly aggregation takes, against the same sums in plain SQL on the same database.
//
// One month of 1,000,000 daily rows (or as many as the first argument says), imported before
// anything is measured. Each round measures everything once, one after the other, so that what
// else the machine does falls on all alike; the table gives medians over the rounds (second
// argument, default 7), and medians of each round's ratio to the aggregation. Answers travel
// through the same sessions, rows included. Four plain forms stand beside the aggregation:
//   one SELECT    all sums of each client and platform, read by the client; nothing is saved
//   two SELECTs   the same, each half by itself
//   two INSERTs   the same sums, each half saved by an INSERT … SELECT as the aggregation saves it,
//                 but into a table without keys or constraints
//   one INSERT    the same in one statement
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <vector>

#include "sim/aggregator/aggregator.h"
#include "sim/aggregator/statements.h"
#include "sim/server/postgres_server.h"
#include "sim/sql/postgres/postgres_engine.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::sim {
namespace {

const Month august{std::chrono::year{2025} / std::chrono::August};
const Day first_of_september{std::chrono::year{2025} / std::chrono::September / 1};

void require(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

void require_committed(const TransactionEnd& end) {
  require(end.outcome == Outcome::committed, end.error ? end.error->message : "not committed");
}

Rows execute(Client& client, const Statement& statement) {
  const auto session = client.session();
  require(session.ok(), session.ok() ? "" : session.error().message);
  auto answer = session.value()->execute(statement);
  require(answer.ok(), answer.ok() ? "" : answer.error().message);
  return std::move(answer).value();
}

std::int64_t below(Rng& rng, std::uint64_t bound) {
  return static_cast<std::int64_t>(rng.below(bound));
}

// Each client has two platforms and a row on each of the month's 31 days.
std::vector<DailyRow> month_of_rows(std::size_t count) {
  Rng rng(1);
  std::vector<DailyRow> rows;
  rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t client = i / 62;
    const auto day = static_cast<unsigned>(i % 31 + 1);
    rows.push_back({.client_id = fmt::format("c{:06}", client),
                    .client_name = fmt::format("Hotel {}", client),
                    .platform = i / 31 % 2 == 0 ? "google" : "meta",
                    .date = august.value / std::chrono::day{day},
                    .campaigns_count = below(rng, 20),
                    .total_spend = Money{below(rng, 50'000)},
                    .total_impressions = below(rng, 30'000),
                    .total_clicks = below(rng, 800),
                    .total_conversions = below(rng, 40),
                    .click_to_call = below(rng, 20),
                    .email_contacts = below(rng, 20),
                    .booking_step_1 = below(rng, 100),
                    .booking_step_2 = below(rng, 50),
                    .booking_step_3 = below(rng, 25),
                    .reservations = below(rng, 15),
                    .reservation_value = Money{below(rng, 1'000'000)},
                    .reach = below(rng, 15'000)});
  }
  return rows;
}

const std::vector<std::string> campaign_sums = {"total_spend_minor", "total_impressions",
                                                "total_clicks", "total_conversions"};
const std::vector<std::string> conversion_sums = {
    "click_to_call",  "email_contacts", "booking_step_1",          "booking_step_2",
    "booking_step_3", "reservations",   "reservation_value_minor", "reach"};

std::vector<std::string> both_halves() {
  std::vector<std::string> columns = campaign_sums;
  columns.insert(columns.end(), conversion_sums.begin(), conversion_sums.end());
  return columns;
}

const std::vector<std::string> all_sums = both_halves();

// The month's borders are its parameters.
std::string select_sums(const std::vector<std::string>& columns) {
  std::string sums;
  for (const std::string& column : columns) sums += fmt::format(", SUM({})", column);
  return fmt::format(
      "SELECT client_id, platform, COUNT(*), MAX(campaigns_count){} FROM daily_kpi_data "
      "WHERE date >= $1 AND date < $2 GROUP BY client_id, platform",
      sums);
}

std::string insert_sums(const std::vector<std::string>& columns) {
  return fmt::format(
      "INSERT INTO plain_sums (client_id, platform, daily_rows, campaigns_count, {}) {}",
      fmt::join(columns, ", "), select_sums(columns));
}

Statement in_august(const std::string& text) {
  return Statement(text, {to_string(august.first_day()), to_string(august.next().first_day())});
}

struct Measured {
  std::string name;
  std::function<void(Client&)> prepare;  // Not measured.
  std::function<void(Client&)> run;
  std::vector<double> milliseconds;
};

void forget_summaries(Client& client) {
  execute(client, "DELETE FROM campaign_summaries");
  execute(client, "DELETE FROM aggregation_tracking");
  if (client.engine().dialect() == Dialect::postgres) execute(client, "VACUUM campaign_summaries");
}

void forget_plain_sums(Client& client) {
  execute(client, "DELETE FROM plain_sums");
  if (client.engine().dialect() == Dialect::postgres) execute(client, "VACUUM plain_sums");
}

void aggregate(Client& client) {
  require_committed(aggregate_month(client, august, first_of_september));
}

std::vector<Measured> measurements() {
  const auto nothing = [](Client&) {};
  const auto read = [](const std::string& text) {
    return [text](Client& client) {
      require(!execute(client, in_august(text)).rows.empty(), "no sums were read");
    };
  };
  return {
      {"the aggregation", forget_summaries, aggregate, {}},
      {"the aggregation, run again", nothing, aggregate, {}},
      {"one SELECT", nothing, read(select_sums(all_sums)), {}},
      {"two SELECTs",
       nothing,
       [=](Client& client) {
         read(select_sums(campaign_sums))(client);
         read(select_sums(conversion_sums))(client);
       },
       {}},
      {"two INSERTs",
       forget_plain_sums,
       [](Client& client) {
         execute(client, in_august(insert_sums(campaign_sums)));
         execute(client, in_august(insert_sums(conversion_sums)));
       },
       {}},
      {"one INSERT",
       forget_plain_sums,
       [](Client& client) { execute(client, in_august(insert_sums(all_sums))); },
       {}},
  };
}

void set_up(Client& client, const std::vector<DailyRow>& rows) {
  require_committed(create_schema(client));
  require_committed(import_daily(client, rows));
  execute(client, Statement(fmt::format(
                      "CREATE TABLE plain_sums (client_id TEXT, platform TEXT, daily_rows BIGINT, "
                      "campaigns_count BIGINT, {} BIGINT)",
                      fmt::join(all_sums, " BIGINT, "))));
  execute(client, "ANALYZE");
}

double milliseconds_of(const std::function<void(Client&)>& run, Client& client) {
  const auto begin = std::chrono::steady_clock::now();
  run(client);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// The sums of the aggregation are those of plain SQL, or the comparison would be of nothing.
void require_equal_sums(Client& client) {
  const auto rows_of = [&](const char* table) {
    const std::string text = fmt::format(
        "SELECT client_id, platform, daily_rows, campaigns_count, {} FROM {} "
        "ORDER BY client_id, platform",
        fmt::join(all_sums, ", "), table);
    return execute(client, Statement(text)).rows;
  };
  require(rows_of("campaign_summaries") == rows_of("plain_sums"),
          "the aggregation's sums are not those of plain SQL");
}

void measure(std::string_view engine_name, Engine& engine, const std::vector<DailyRow>& rows,
             int rounds) {
  ManualClock clock{Instant{std::chrono::sys_days{first_of_september}}};
  Rng rng(1);
  Client client(engine, clock, rng);
  set_up(client, rows);
  std::vector<Measured> all = measurements();
  for (int round = 0; round < rounds; ++round) {
    for (Measured& each : all) {
      each.prepare(client);
      each.milliseconds.push_back(milliseconds_of(each.run, client));
    }
  }
  require_equal_sums(client);
  fmt::print("{} ({} daily rows, medians of {} rounds)\n", engine_name, rows.size(), rounds);
  const Measured& aggregation = all.front();
  for (const Measured& each : all) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < each.milliseconds.size(); ++i) {
      ratios.push_back(aggregation.milliseconds[i] / each.milliseconds[i]);
    }
    fmt::print("  {:<28} {:8.0f} ms", each.name, median(each.milliseconds));
    if (&each != &aggregation) {
      fmt::print("   the aggregation takes {:.2f} times as long", median(ratios));
    }
    fmt::print("\n");
  }
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "splitproof-bench-XXXXXX").string();
    require(::mkdtemp(name.data()) != nullptr, "cannot make a folder like " + name);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void measure_sqlite(const std::vector<DailyRow>& rows, int rounds) {
  const TemporaryFolder folder;
  SqliteEngine engine((folder.path() / "bench.db").string(), {});
  measure("sqlite", engine, rows, rounds);
}

void measure_postgres(Guardian& guardian, const std::vector<DailyRow>& rows, int rounds) {
  const auto server = PostgresServer::start(guardian);
  require(server.ok(), server.ok() ? "" : server.error().message);
  PostgresEngine engine(server.value()->connection());
  measure("postgres " + server.value()->version(), engine, rows, rounds);
}

}  // namespace
}  // namespace splitproof::sim

int main(int argc, char** argv) {
  using namespace splitproof::sim;
  try {
    const auto guardian = Guardian::start();
    const int rows = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
    require(rows > 0 && rounds > 0, "usage: bench_aggregation [ROWS [ROUNDS]]");
    const std::vector<DailyRow> daily = month_of_rows(static_cast<std::size_t>(rows));
    measure_sqlite(daily, rounds);
    measure_postgres(*guardian, daily, rounds);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_aggregation: {}\n", error.what());
    return 1;
  }
  return 0;
}
