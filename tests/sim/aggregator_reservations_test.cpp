// Reservations: on which day each counts, that a delivery counts once, and the end of a month.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/sim/aggregator_fixture.h"

namespace splitproof::sim {
namespace {

Reservation reservation(const std::string& timezone, const std::string& made_at,
                        std::int64_t minor = 100) {
  return {.client_id = "c01",
          .client_name = "Amber Bay",
          .platform = "meta",
          .timezone = timezone,
          .made_at = parse_instant(made_at).value(),
          .reservations = 1,
          .value = Money{minor}};
}

std::string day_of(const std::string& timezone, const std::string& made_at) {
  const auto delivery = delivery_of({reservation(timezone, made_at)});
  return delivery.ok() ? to_string(delivery.value().rows.at(0).date) : delivery.error();
}

TEST(Reservations, CountOnTheDayOnTheClientsWall) {
  EXPECT_EQ(day_of("Europe/Warsaw", "2025-08-31T23:30:00+02:00"), "2025-08-31");
  EXPECT_EQ(day_of("Pacific/Honolulu", "2025-08-31T23:30:00-10:00"), "2025-08-31");
  EXPECT_EQ(day_of("Pacific/Auckland", "2025-08-31T23:30:00+12:00"), "2025-08-31");
  EXPECT_EQ(day_of("Pacific/Auckland", "2025-08-31T12:30:00Z"), "2025-09-01");
}

TEST(Reservations, CountOnTheRightDayInNightsOfChangingClocks) {
  EXPECT_EQ(day_of("Europe/Warsaw", "2025-03-29T22:59:59Z"), "2025-03-29");
  EXPECT_EQ(day_of("Europe/Warsaw", "2025-03-29T23:00:00Z"), "2025-03-30");
  EXPECT_EQ(day_of("Europe/Warsaw", "2025-03-30T21:59:59Z"), "2025-03-30");
  EXPECT_EQ(day_of("Europe/Warsaw", "2025-03-30T22:00:00Z"), "2025-03-31");
  EXPECT_EQ(day_of("Europe/Warsaw", "2025-10-26T22:59:59Z"), "2025-10-26");
  EXPECT_EQ(day_of("Europe/Warsaw", "2025-10-26T23:00:00Z"), "2025-10-27");
  EXPECT_EQ(day_of("Pacific/Auckland", "2024-09-29T10:59:59Z"), "2024-09-29");
  EXPECT_EQ(day_of("Pacific/Auckland", "2024-09-29T11:00:00Z"), "2024-09-30");
}

TEST(Reservations, CountOnLeapDays) {
  EXPECT_EQ(day_of("Pacific/Honolulu", "2024-02-29T23:30:00-10:00"), "2024-02-29");
  EXPECT_EQ(day_of("Pacific/Honolulu", "2025-02-28T23:30:00-10:00"), "2025-02-28");
}

TEST(Reservations, OfOneDayAreOneRowAndOfOneClientOneEntry) {
  Reservation elsewhere = reservation("Europe/Warsaw", "2025-08-31T12:00:00Z", 5);
  elsewhere.platform = "google";
  const auto delivery =
      delivery_of({reservation("Europe/Warsaw", "2025-08-31T10:00:00Z", 1),
                   reservation("Europe/Warsaw", "2025-08-31T11:00:00Z", 2),
                   reservation("Europe/Warsaw", "2025-09-01T11:00:00Z", 3), elsewhere});
  ASSERT_TRUE(delivery.ok());
  ASSERT_EQ(delivery.value().rows.size(), 3U);
  EXPECT_EQ(delivery.value().rows[0].platform, "google");
  EXPECT_EQ(delivery.value().rows[1].reservations, 2);
  EXPECT_EQ(delivery.value().rows[1].reservation_value, Money{3});
  EXPECT_EQ(to_string(delivery.value().rows[2].date), "2025-09-01");
  EXPECT_EQ(delivery.value().entries, (std::vector<LedgerEntry>{{"c01", Money{11}}}));
}

Result<std::vector<Reservation>, CsvError> read(const std::string& row) {
  std::istringstream in("client_id,client_name,platform,timezone,made_at,reservations,value\n" +
                        row);
  return read_reservations_csv(in, "r.csv");
}

TEST(Reservations, AreReadFromCsv) {
  const auto rows = read("c01,Amber Bay,meta,Europe/Warsaw,2025-08-31T23:30:00+02:00,2,12.34\n");
  ASSERT_TRUE(rows.ok()) << to_string(rows.error());
  ASSERT_EQ(rows.value().size(), 1U);
  const Reservation& only = rows.value()[0];
  EXPECT_EQ(only.client_id, "c01");
  EXPECT_EQ(only.client_name, "Amber Bay");
  EXPECT_EQ(only.platform, "meta");
  EXPECT_EQ(only.timezone, "Europe/Warsaw");
  EXPECT_EQ(only.made_at, parse_instant("2025-08-31T21:30:00Z").value());
  EXPECT_EQ(only.reservations, 2);
  EXPECT_EQ(only.value, Money{1234});
}

TEST(Reservations, AreRefusedWithThePlaceInTheFile) {
  const auto refusal = [](const std::string& row) {
    const auto rows = read(row);
    return rows.ok() ? "(accepted)" : to_string(rows.error());
  };
  EXPECT_EQ(refusal("c,C,meta,Europe/Warsaw,2025-08-31,1,1.00\n"),
            "r.csv:2:24: made_at: '2025-08-31' is not an instant; expected YYYY-MM-DDTHH:MM:SS and "
            "an offset, for example 2025-08-31T23:30:00+02:00");
  EXPECT_EQ(refusal("c,C,meta,Europe/Atlantis,2025-08-31T23:30:00Z,1,1.00\n").substr(0, 54),
            "r.csv:2:10: timezone: unknown time zone 'Europe/Atlant");
  EXPECT_EQ(refusal("c,C,meta,Europe/Warsaw,2025-08-31T23:30:00Z,-1,1.00\n").substr(0, 43),
            "r.csv:2:45: reservations: found '-1'; expec");
}

class Deliveries : public Aggregator {
 protected:
  const std::vector<Reservation> two_{
      reservation("Pacific/Honolulu", "2025-08-31T23:30:00-10:00", 500),
      reservation("Pacific/Honolulu", "2025-09-01T00:30:00-10:00", 700)};
};

TEST_F(Deliveries, AddToTheRowsThatAreThere) {
  DailyRow collected = row_of("c01", "2025-08-31", 9);
  collected.platform = "meta";
  collected.reservations = 1;
  collected.reservation_value = Money{50};
  expect_committed(import_daily(client_, {collected}));
  expect_committed(book_reservations(client_, "d1", two_));
  const std::vector<Row> held = rows(
      "SELECT date, total_clicks, reservations, reservation_value_minor "
      "FROM daily_kpi_data ORDER BY date");
  EXPECT_EQ(held, (std::vector<Row>{
                      {"2025-08-31", std::int64_t{9}, std::int64_t{2}, std::int64_t{550}},
                      {"2025-09-01", std::int64_t{0}, std::int64_t{1}, std::int64_t{700}}}));
}

TEST_F(Deliveries, CountOnceHoweverOftenTheyArrive) {
  expect_committed(book_reservations(client_, "d1", two_));
  const auto before = state();
  expect_committed(book_reservations(client_, "d1", two_));
  EXPECT_EQ(state(), before);
  expect_committed(book_reservations(client_, "d2", two_));
  EXPECT_EQ(number("SELECT sum(reservations) FROM daily_kpi_data"), 4);
}

TEST_F(Deliveries, AreRefusedUnderTheReferenceOfAnother) {
  expect_committed(book_reservations(client_, "d1", two_));
  expect_refused(book_reservations(client_, "d1", {two_[0]}),
                 "the reference 'd1' is booked already, for another movement; expected a reference "
                 "of its own for each movement");
  EXPECT_EQ(number("SELECT sum(reservations) FROM daily_kpi_data"), 2);
}

TEST_F(Deliveries, ThatCannotBeUsedAreRefused) {
  expect_refused(book_reservations(client_, "d1", {}),
                 "the delivery is empty; expected reservations");
  expect_refused(book_reservations(client_, "", two_),
                 "the reference is empty; expected one that names the movement");
  std::vector<Reservation> nowhere = two_;
  nowhere[1].timezone = "Europe/Atlantis";
  const TransactionEnd end = book_reservations(client_, "d1", nowhere);
  ASSERT_TRUE(end.error.has_value());
  EXPECT_EQ(end.error->message.substr(0, 35), "unknown time zone 'Europe/Atlantis'");
  EXPECT_EQ(number("SELECT count(*) FROM ledger_entries"), 0);
}

TEST_F(Deliveries, ALostAnswerIsResolvedByTheReference) {
  engine_.armed = true;
  expect_committed(book_reservations(client_, "d1", two_));
  engine_.armed = false;
  EXPECT_EQ(number("SELECT sum(reservations) FROM daily_kpi_data"), 2);
}

class EndOfMonth : public Deliveries {};

TEST_F(EndOfMonth, SumsUpWithTheLastDelivery) {
  expect_committed(close_month(client_, "d1", two_, month("2025-08"), day("2025-09-01")));
  EXPECT_EQ(rows("SELECT month, reservations, reservation_value_minor FROM campaign_summaries"),
            (std::vector<Row>{{"2025-08", std::int64_t{1}, std::int64_t{500}}}));
  const auto before = state();
  expect_committed(close_month(client_, "d1", two_, month("2025-08"), day("2025-09-01")));
  EXPECT_EQ(state(), before);
}

TEST_F(EndOfMonth, IsRefusedBeforeTheMonthIsOver) {
  const auto before = state();
  expect_refused(close_month(client_, "d1", two_, month("2025-08"), day("2025-08-31")),
                 "2025-08 is not over on 2025-08-31; it can be aggregated from 2025-09-01 on");
  expect_refused(close_month(client_, "d1", {}, month("2025-08"), day("2025-09-01")),
                 "the delivery is empty; expected reservations");
  EXPECT_EQ(state(), before);
}

TEST_F(Aggregator, ReadsAndWritesACounter) {
  expect_committed(add(client_, "visits", 7));
  const auto session = client_.session();
  ASSERT_TRUE(session.value()->execute(write_counter("visits", 12)).ok());
  const auto read_back = session.value()->execute(read_counter("visits"));
  ASSERT_TRUE(read_back.ok());
  EXPECT_EQ(read_back.value().rows, (std::vector<Row>{{std::int64_t{12}}}));
}

}  // namespace
}  // namespace splitproof::sim
