#include "sim/aggregator/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "sim/aggregator/csv_records.h"

namespace splitproof::sim {

namespace {

// What is wrong with one field; empty when it was understood.
using Complaint = std::optional<std::string>;
using Take = Complaint (*)(const std::string& text, DailyRow& row);

std::string found(const std::string& text, std::string_view expected) {
  return fmt::format("found {}; expected {}", quoted_for_message(text), expected);
}

template <std::string DailyRow::*member>
Complaint take_text(const std::string& text, DailyRow& row) {
  if (text.empty()) return "found nothing; expected text";
  row.*member = text;
  return std::nullopt;
}

Complaint take_platform(const std::string& text, DailyRow& row) {
  if (text != "google" && text != "meta") return found(text, "'google' or 'meta'");
  row.platform = text;
  return std::nullopt;
}

Complaint take_date(const std::string& text, DailyRow& row) {
  const auto day = parse_day(text);
  if (!day.ok()) return day.error().message;
  row.date = day.value();
  return std::nullopt;
}

template <std::int64_t DailyRow::*member>
Complaint take_count(const std::string& text, DailyRow& row) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || value < 0 || value > daily_number_max) {
    return found(text, fmt::format("a whole number from 0 to {}", daily_number_max));
  }
  row.*member = value;
  return std::nullopt;
}

template <Money DailyRow::*member>
Complaint take_money(const std::string& text, DailyRow& row) {
  const auto money = parse_money(text);
  if (!money || *money < Money{0} || *money > Money{daily_number_max}) {
    return found(text, fmt::format("an amount with at most two decimals from 0.00 to {}",
                                   to_string(Money{daily_number_max})));
  }
  row.*member = *money;
  return std::nullopt;
}

struct Column {
  std::string_view name;
  Take take;
};

constexpr std::array columns = {
    Column{"client_id", take_text<&DailyRow::client_id>},
    Column{"client_name", take_text<&DailyRow::client_name>},
    Column{"platform", take_platform},
    Column{"date", take_date},
    Column{"campaigns_count", take_count<&DailyRow::campaigns_count>},
    Column{"total_spend", take_money<&DailyRow::total_spend>},
    Column{"total_impressions", take_count<&DailyRow::total_impressions>},
    Column{"total_clicks", take_count<&DailyRow::total_clicks>},
    Column{"total_conversions", take_count<&DailyRow::total_conversions>},
    Column{"click_to_call", take_count<&DailyRow::click_to_call>},
    Column{"email_contacts", take_count<&DailyRow::email_contacts>},
    Column{"booking_step_1", take_count<&DailyRow::booking_step_1>},
    Column{"booking_step_2", take_count<&DailyRow::booking_step_2>},
    Column{"booking_step_3", take_count<&DailyRow::booking_step_3>},
    Column{"reservations", take_count<&DailyRow::reservations>},
    Column{"reservation_value", take_money<&DailyRow::reservation_value>},
    Column{"reach", take_count<&DailyRow::reach>},
};

using Header = std::vector<const Column*>;

std::string names_not_in(const Header& header) {
  std::string names;
  for (const Column& column : columns) {
    if (std::ranges::find(header, &column) != header.end()) continue;
    names += fmt::format("{}'{}'", names.empty() ? "" : ", ", column.name);
  }
  return names;
}

// The columns in the file's order.
Result<Header, CsvError> understand_header(const CsvRecord& record, const std::string& file) {
  Header header;
  for (const CsvField& field : record) {
    const auto column = std::ranges::find(columns, field.text, &Column::name);
    if (column == columns.end()) {
      return CsvError{file, field.line, field.column,
                      fmt::format("found the unknown column {}; expected {}",
                                  quoted_for_message(field.text), names_not_in(header))};
    }
    if (std::ranges::find(header, &*column) != header.end()) {
      return CsvError{file, field.line, field.column,
                      fmt::format("found the column '{}' twice; expected it once", field.text)};
    }
    header.push_back(&*column);
  }
  if (header.size() < columns.size()) {
    return CsvError{file, 1, 1,
                    fmt::format("missing in the header: {}; expected all {} columns",
                                names_not_in(header), columns.size())};
  }
  return header;
}

Result<DailyRow, CsvError> understand_row(const CsvRecord& record, const Header& header,
                                          const std::string& file) {
  if (record.size() != header.size()) {
    const CsvField& place = record.size() < header.size() ? record.front() : record[header.size()];
    return CsvError{
        file, place.line, place.column,
        fmt::format("found {} fields; expected {} as in the header", record.size(), header.size())};
  }
  DailyRow row;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (const Complaint complaint = header[i]->take(record[i].text, row)) {
      return CsvError{file, record[i].line, record[i].column,
                      fmt::format("{}: {}", header[i]->name, *complaint)};
    }
  }
  return row;
}

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
  CsvRecords records(in, name);
  auto first = records.next();
  if (!first.ok()) return first.error();
  if (!first.value()) return CsvError{name, 1, 1, "the file is empty; expected a header line"};
  const auto header = understand_header(*first.value(), name);
  if (!header.ok()) return header.error();

  std::vector<DailyRow> rows;
  Keys keys;
  while (true) {
    auto record = records.next();
    if (!record.ok()) return record.error();
    if (!record.value()) return rows;
    auto row = understand_row(*record.value(), header.value(), name);
    if (!row.ok()) return row.error();
    const int line = record.value()->front().line;
    if (const int earlier = keys.seen_before(row.value(), line)) {
      return CsvError{name, line, 1,
                      fmt::format("found client '{}', platform '{}', day {} again; it is already "
                                  "on line {}",
                                  row.value().client_id, row.value().platform,
                                  to_string(row.value().date), earlier)};
    }
    rows.push_back(std::move(row).value());
  }
}

}  // namespace splitproof::sim
