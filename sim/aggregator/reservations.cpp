#include "sim/aggregator/reservations.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <map>
#include <tuple>

#include "sim/aggregator/csv_table.h"

namespace splitproof::sim {

namespace {

CsvComplaint take_timezone(const std::string& text, Reservation& reservation) {
  const auto zone = TimeZone::find(text);
  if (!zone.ok()) return zone.error().message;
  reservation.timezone = text;
  return std::nullopt;
}

CsvComplaint take_made_at(const std::string& text, Reservation& reservation) {
  const auto instant = parse_instant(text);
  if (!instant.ok()) return instant.error().message;
  reservation.made_at = instant.value();
  return std::nullopt;
}

using Column = CsvColumn<Reservation>;

constexpr std::array columns = {
    Column{"client_id", take_text<&Reservation::client_id, Reservation>},
    Column{"client_name", take_text<&Reservation::client_name, Reservation>},
    Column{"platform", take_platform<&Reservation::platform, Reservation>},
    Column{"timezone", take_timezone},
    Column{"made_at", take_made_at},
    Column{"reservations", take_count<&Reservation::reservations, daily_number_max, Reservation>},
    Column{"value", take_money<&Reservation::value, daily_number_max, Reservation>},
};

}  // namespace

Result<Delivery, std::string> delivery_of(const std::vector<Reservation>& reservations) {
  if (reservations.empty()) return std::string("the delivery is empty; expected reservations");
  std::map<std::string, Money> values;
  std::map<std::tuple<std::string, std::string, Day>, DailyRow> rows;
  for (const Reservation& reservation : reservations) {
    const auto zone = TimeZone::find(reservation.timezone);
    if (!zone.ok()) return zone.error().message;
    const Day day = zone.value().day_at(reservation.made_at);
    DailyRow& row = rows[{reservation.client_id, reservation.platform, day}];
    row.client_id = reservation.client_id;
    row.client_name = reservation.client_name;
    row.platform = reservation.platform;
    row.date = day;
    row.reservations += reservation.reservations;
    row.reservation_value.minor += reservation.value.minor;
    values[reservation.client_id].minor += reservation.value.minor;
  }
  Delivery delivery;
  for (const auto& [client, value] : values) delivery.entries.push_back({client, value});
  for (auto& [key, row] : rows) delivery.rows.push_back(std::move(row));
  return delivery;
}

Statement count_reservations(std::span<const DailyRow> batch) {
  std::string rows;
  std::vector<Value> values;
  for (const DailyRow& row : batch) {
    const std::size_t n = values.size();
    fmt::format_to(std::back_inserter(rows), "{}(${}, ${}, ${}, ${}, ${}, ${}, {})",
                   rows.empty() ? "" : ", ", n + 1, n + 2, n + 3, n + 4, n + 5, n + 6,
                   "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0");
    values.insert(values.end(), {row.client_id, row.platform, to_string(row.date), row.client_name,
                                 row.reservations, row.reservation_value.minor});
  }
  return Statement(
      fmt::format("/* count reservations */ INSERT INTO daily_kpi_data (client_id, platform, date, "
                  "client_name, reservations, reservation_value_minor, campaigns_count, "
                  "total_spend_minor, total_impressions, total_clicks, total_conversions, "
                  "click_to_call, email_contacts, booking_step_1, booking_step_2, booking_step_3, "
                  "reach) VALUES {} ON CONFLICT (client_id, platform, date) DO UPDATE SET "
                  "reservations = daily_kpi_data.reservations + excluded.reservations, "
                  "reservation_value_minor = daily_kpi_data.reservation_value_minor + "
                  "excluded.reservation_value_minor",
                  rows),
      std::move(values));
}

Result<std::vector<Reservation>, CsvError> read_reservations_csv(std::istream& in,
                                                                 const std::string& name) {
  CsvTable<Reservation> table(in, name, columns);
  if (auto error = table.read_header()) return *std::move(error);
  std::vector<Reservation> reservations;
  while (true) {
    auto line = table.next();
    if (!line.ok()) return line.error();
    if (!line.value()) return reservations;
    reservations.push_back(std::move(line.value()->row));
  }
}

}  // namespace splitproof::sim
