#include "sim/aggregator/csv.h"

#include <array>
#include <unordered_map>

#include "sim/aggregator/csv_table.h"

namespace splitproof::sim {

namespace {

CsvComplaint take_date(const std::string& text, DailyRow& row) {
  const auto day = parse_day(text);
  if (!day.ok()) return day.error().message;
  row.date = day.value();
  return std::nullopt;
}

template <auto member>
CsvComplaint count(const std::string& text, DailyRow& row) {
  return take_count<member, daily_number_max>(text, row);
}

template <auto member>
CsvComplaint money(const std::string& text, DailyRow& row) {
  return take_money<member, daily_number_max>(text, row);
}

using Column = CsvColumn<DailyRow>;

constexpr std::array columns = {
    Column{"client_id", take_text<&DailyRow::client_id, DailyRow>},
    Column{"client_name", take_text<&DailyRow::client_name, DailyRow>},
    Column{"platform", take_platform<&DailyRow::platform, DailyRow>},
    Column{"date", take_date},
    Column{"campaigns_count", count<&DailyRow::campaigns_count>},
    Column{"total_spend", money<&DailyRow::total_spend>},
    Column{"total_impressions", count<&DailyRow::total_impressions>},
    Column{"total_clicks", count<&DailyRow::total_clicks>},
    Column{"total_conversions", count<&DailyRow::total_conversions>},
    Column{"click_to_call", count<&DailyRow::click_to_call>},
    Column{"email_contacts", count<&DailyRow::email_contacts>},
    Column{"booking_step_1", count<&DailyRow::booking_step_1>},
    Column{"booking_step_2", count<&DailyRow::booking_step_2>},
    Column{"booking_step_3", count<&DailyRow::booking_step_3>},
    Column{"reservations", count<&DailyRow::reservations>},
    Column{"reservation_value", money<&DailyRow::reservation_value>},
    Column{"reach", count<&DailyRow::reach>},
};

// Where each client, platform and day was seen first.
class Keys {
 public:
  // The line on which the row's key was seen before; 0 when this is the first time.
  int seen_before(const DailyRow& row, int line) {
    const auto [place, first] = lines_.try_emplace(
        fmt::format("{}\n{}\n{}", row.client_id, row.platform, to_string(row.date)), line);
    return first ? 0 : place->second;
  }

 private:
  std::unordered_map<std::string, int> lines_;
};

}  // namespace

std::string to_string(const CsvError& error) {
  return fmt::format("{}:{}:{}: {}", error.file, error.line, error.column, error.message);
}

Result<std::vector<DailyRow>, CsvError> read_daily_csv(std::istream& in, const std::string& name) {
  CsvTable<DailyRow> table(in, name, columns);
  if (auto error = table.read_header()) return *std::move(error);
  std::vector<DailyRow> rows;
  Keys keys;
  while (true) {
    auto line = table.next();
    if (!line.ok()) return line.error();
    if (!line.value()) return rows;
    auto& [row, number] = *line.value();
    if (const int earlier = keys.seen_before(row, number)) {
      return CsvError{name, number, 1,
                      fmt::format("found client '{}', platform '{}', day {} again; it is already "
                                  "on line {}",
                                  row.client_id, row.platform, to_string(row.date), earlier)};
    }
    rows.push_back(std::move(row));
  }
}

}  // namespace splitproof::sim
