#include "harness/property/model.h"

#include <fmt/format.h>

#include <set>

#include "harness/property/local_day.h"

namespace splitproof::harness {

namespace {

using Changes = std::map<std::string, std::int64_t>;

// What a movement does to each account; empty for a command that is none.
Changes changes_of(const Command& command) {
  if (const auto* post = std::get_if<Post>(&command)) return {{post->account, post->amount.minor}};
  if (const auto* transfer = std::get_if<Transfer>(&command)) {
    return {{transfer->from, -transfer->amount.minor}, {transfer->to, transfer->amount.minor}};
  }
  return {};
}

sim::Day day_of(const SaveRow& row) {
  const auto* day = std::get_if<sim::Day>(&row.when);
  return day != nullptr ? *day : local_day(std::get<ZonedInstant>(row.when));
}

bool is_in(const sim::Day& day, const sim::Month& month) {
  return day.year() == month.value.year() && day.month() == month.value.month();
}

std::int64_t days_between(const sim::Day& earlier, const sim::Day& later) {
  return (std::chrono::sys_days{later} - std::chrono::sys_days{earlier}).count();
}

// The rows of a table, their cells by the name of the column; none where there is no such table.
std::vector<Numbers> rows_by_column(const State& state, const std::string& table) {
  std::vector<Numbers> rows;
  const auto found = state.find(table);
  if (found == state.end()) return rows;
  for (const sim::Row& row : found->second->rows) {
    Numbers& cells = rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) cells[found->second->columns.at(i)] = row[i];
  }
  return rows;
}

std::int64_t number(const Numbers& row, std::string_view column) {
  return std::get<std::int64_t>(row.at(std::string(column)));
}

std::string text(const Numbers& row, std::string_view column) {
  return std::get<std::string>(row.at(std::string(column)));
}

SaveRow daily_row(const Numbers& cells) {
  SaveRow row{.client = text(cells, "client_id"),
              .platform = text(cells, "platform"),
              .when = sim::parse_day(text(cells, "date")).value()};
  for (std::size_t i = 0; i < row_numbers.size(); ++i) {
    row.numbers.at(i) = number(cells, row_numbers.at(i).column);
  }
  return row;
}

}  // namespace

struct Model::Apply {
  Model& model;

  void operator()(const OpenAccount& c) const {
    model.accounts_.emplace(c.account, c.balance.minor);
  }
  void operator()(const Post& c) const { model.book(c.reference, changes_of(c)); }
  void operator()(const Transfer& c) const { model.book(c.reference, changes_of(c)); }
  void operator()(const AddToCounter& c) const { model.counters_[c.counter] += c.amount; }
  void operator()(const SaveRow& c) const { model.save(c); }
  void operator()(const CollectDay& c) const {
    for (const SaveRow& row : rows_of(c)) model.save(row);
    model.log_[c.day] = c.clients;
  }
  void operator()(const AggregateMonth& c) const { model.aggregate(c); }
  void operator()(const RefreshCache& c) const {
    model.cache_.clear();
    for (const auto& [key, summary] : model.summaries_) {
      Numbers& row = model.cache_[key];
      row["refreshed_on"] = sim::to_string(c.today);
      for (const char* column : {"total_spend_minor", "total_clicks", "reservations",
                                 "reservation_value_minor", "roas_hundredths"}) {
        row[column] = summary.at(column);
      }
    }
  }
  void operator()(const ApplyRetention& c) const {
    constexpr std::int64_t kept = 90;
    std::erase_if(model.days_, [&](const auto& entry) {
      const sim::Day& day = entry.first.first;
      return days_between(day, c.today) > kept && model.tracking_.contains(sim::month_of(day));
    });
  }
};

Model Model::of(const State& initial) {
  Model model;
  for (const Numbers& row : rows_by_column(initial, "accounts")) {
    model.accounts_[text(row, "name")] = number(row, "balance_minor");
  }
  for (const Numbers& row : rows_by_column(initial, "counters")) {
    model.counters_[text(row, "name")] = number(row, "value");
  }
  for (const Numbers& row : rows_by_column(initial, "daily_kpi_data")) model.save(daily_row(row));
  return model;
}

std::string Model::refusal(const Command& command) const {
  if (const auto* aggregate = std::get_if<AggregateMonth>(&command)) {
    const sim::Day& today = aggregate->today;
    const bool over = std::pair(today.year(), today.month()) >
                      std::pair(aggregate->month.value.year(), aggregate->month.value.month());
    return over ? "" : "the month is not over";
  }
  if (const auto* transfer = std::get_if<Transfer>(&command)) {
    if (transfer->amount.minor <= 0) return "the amount is not more than 0.00";
    if (transfer->from == transfer->to) return "payer and payee are one account";
  }
  const Changes changes = changes_of(command);
  if (changes.empty()) return "";
  const auto* post = std::get_if<Post>(&command);
  const std::string& reference =
      post != nullptr ? post->reference : std::get<Transfer>(command).reference;
  const auto booked = booked_.find(reference);
  if (booked != booked_.end()) {
    return booked->second == changes ? "" : "the reference is booked for another movement";
  }
  for (const auto& [account, amount] : changes) {
    if (!accounts_.contains(account)) return fmt::format("there is no account {}", account);
  }
  return "";
}

void Model::apply(const Command& command) { std::visit(Apply{*this}, command); }

void Model::book(const std::string& reference, const Changes& changes) {
  if (!booked_.emplace(reference, changes).second) return;
  for (const auto& [account, amount] : changes) accounts_[account] += amount;
}

void Model::save(const SaveRow& row) { days_[{day_of(row), {row.client, row.platform}}] = row; }

void Model::aggregate(const AggregateMonth& command) {
  std::map<ClientAndPlatform, std::vector<SaveRow>> rows;
  for (const auto& [key, row] : days_) {
    if (is_in(key.first, command.month)) rows[key.second].push_back(row);
  }
  for (const auto& [key, of_month] : rows) {
    Numbers summary = sum_up(of_month);
    const auto known = summaries_.find({command.month, key});
    // Some of the rows that the summary was made from were deleted since.
    if (known != summaries_.end() && summary.at("daily_rows") < known->second.at("daily_rows")) {
      continue;
    }
    summaries_[{command.month, key}] = std::move(summary);
  }
  std::set<std::string> clients;
  std::int64_t daily_rows = 0;
  for (const auto& [key, summary] : summaries_) {
    if (key.first != command.month) continue;
    clients.insert(key.second.first);
    daily_rows += std::get<std::int64_t>(summary.at("daily_rows"));
  }
  if (clients.empty()) return;
  tracking_[command.month] = {{"clients", static_cast<std::int64_t>(clients.size())},
                              {"daily_rows", daily_rows},
                              {"aggregated_on", sim::to_string(command.today)}};
}

}  // namespace splitproof::harness
