#include "harness/simulate/tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "harness/simulate/expected_rows.h"

namespace splitproof::harness::life {
namespace {

using sim::Row;
using sim::Rows;
using sim::Session;
using sim::Statement;
using sim::Value;

constexpr std::array<std::string_view, rules_count> rule_names{
    "rows",      "log",  "split-month", "sums",      "tracking",  "cache",    "ledger",
    "retention", "told", "read",        "integrity", "hand-back", "converges"};

// A row of campaign_summaries with one half alone.
bool is_split(const Row& row) {
  const auto is_null = [](const Value& value) { return std::holds_alternative<sim::Null>(value); };
  constexpr std::ptrdiff_t before = sum_keys + 1;
  const auto middle = row.begin() + before + std::ssize(campaign_columns());
  return std::all_of(row.begin() + before, middle, is_null) !=
         std::all_of(middle, row.end(), is_null);
}

// One table, or a part of it, and what is to be found there.
struct Part {
  Rule rule;
  std::string_view table;
  std::size_t keys;
  Statement statement;
  std::vector<Row> expected;
};

Compared compare(Session& session, const Part& part) {
  const auto found = session.execute(part.statement);
  if (!found.ok()) return found.error();
  const auto difference = first_difference(part.table, part.keys, found.value(), part.expected);
  if (!difference) return std::optional<Difference>{};
  const bool split = part.rule == Rule::sums && std::ranges::any_of(found.value().rows, is_split);
  return std::optional(Difference{split ? Rule::split_month : part.rule, *difference});
}

Part daily_rows(const Model& model) {
  Part part{Rule::rows,
            "daily_kpi_data",
            daily_keys,
            fmt::format("SELECT {} FROM daily_kpi_data ORDER BY client_id, platform, date",
                        daily_columns()),
            {}};
  part.expected.reserve(model.rows.size());
  for (const auto& [key, row] : model.rows) part.expected.push_back(daily_row(key, row));
  return part;
}

// Those of some clients and days.
Part daily_rows(const Model& model, const std::set<std::string>& clients,
                const std::set<sim::Day>& days) {
  std::vector<Value> values;
  const auto places = [&values](auto texts) {
    std::string list;
    for (std::string& text : texts) {
      values.emplace_back(std::move(text));
      list += fmt::format("{}${}", list.empty() ? "" : ", ", values.size());
    }
    return list;
  };
  std::vector<std::string> dates;
  for (const sim::Day& day : days) dates.push_back(sim::to_string(day));
  const std::string client_list = places(std::vector(clients.begin(), clients.end()));
  const std::string date_list = places(dates);
  Part part{Rule::rows,
            "daily_kpi_data",
            daily_keys,
            Statement(fmt::format("SELECT {} FROM daily_kpi_data WHERE client_id IN ({}) AND "
                                  "platform IN ('google', 'meta') AND date IN ({}) "
                                  "ORDER BY client_id, platform, date",
                                  daily_columns(), client_list, date_list),
                      std::move(values)),
            {}};
  for (const std::string& client : clients) {
    for (const char* const platform : {"google", "meta"}) {
      for (const sim::Day& day : days) {
        const auto row = model.rows.find({client, platform, day});
        if (row != model.rows.end()) part.expected.push_back(daily_row(row->first, row->second));
      }
    }
  }
  return part;
}

// Of one day, or of all.
Part log_rows(const Model& model, const sim::Day* only) {
  Part part{Rule::log,
            "collection_log",
            1,
            "SELECT day, rows_collected FROM collection_log ORDER BY day",
            {}};
  if (only != nullptr) {
    part.statement = Statement("SELECT day, rows_collected FROM collection_log WHERE day = $1",
                               {sim::to_string(*only)});
  }
  for (const auto& [day, count] : model.log) {
    if (only == nullptr || day == *only) part.expected.push_back({sim::to_string(day), count});
  }
  return part;
}

Part sum_rows(const Model& model, const sim::Month* only) {
  std::vector<Value> values;
  if (only != nullptr) values.emplace_back(sim::to_string(*only));
  Part part{Rule::sums,
            "campaign_summaries",
            sum_keys,
            Statement(fmt::format("SELECT {} FROM campaign_summaries {} "
                                  "ORDER BY month, client_id, platform",
                                  sum_columns(), only == nullptr ? "" : "WHERE month = $1"),
                      std::move(values)),
            {}};
  auto it = only == nullptr ? model.sums.begin() : model.sums.lower_bound({*only, "", ""});
  for (; it != model.sums.end() && (only == nullptr || it->first.month == *only); ++it) {
    part.expected.push_back(sum_row(it->first, it->second));
  }
  return part;
}

Part tracking_rows(const Model& model) {
  Part part{Rule::tracking,
            "aggregation_tracking",
            1,
            "SELECT month, clients, daily_rows, aggregated_on FROM aggregation_tracking "
            "ORDER BY month",
            {}};
  for (const auto& [month, row] : model.tracked) {
    part.expected.push_back(
        {sim::to_string(month), row.clients, row.daily_rows, sim::to_string(row.aggregated_on)});
  }
  return part;
}

Part cache_rows(const Model& model) {
  Part part{Rule::cache, "dashboard_cache", sum_keys, view_statement(View::cache, {}),
            view_expected(View::cache, {}, model)};
  return part;
}

Part account_rows(const Model& model) {
  return {Rule::ledger, "accounts", 1, view_statement(View::accounts, {}),
          view_expected(View::accounts, {}, model)};
}

Part ledger_rows(const Model& model, const std::string* only) {
  std::vector<Value> values;
  if (only != nullptr) values.emplace_back(*only);
  Part part{Rule::ledger,
            "ledger_entries",
            2,
            Statement(fmt::format("SELECT reference, account, amount_minor FROM ledger_entries {} "
                                  "ORDER BY reference, account",
                                  only == nullptr ? "" : "WHERE reference = $1"),
                      std::move(values)),
            {}};
  auto it = only == nullptr ? model.ledger.begin() : model.ledger.lower_bound({*only, ""});
  for (; it != model.ledger.end() && (only == nullptr || it->first.first == *only); ++it) {
    part.expected.push_back({it->first.first, it->first.second, it->second});
  }
  return part;
}

// The first of the parts that differs.
template <class... More>
Compared compare(Session& session, const Part& first, const More&... more) {
  Compared compared = compare(session, first);
  if constexpr (sizeof...(more) > 0) {
    if (compared.ok() && !compared.value()) return compare(session, more...);
  }
  return compared;
}

// How many rows there are tells as much as all of them, while it is right.
Compared compare_retention(Session& session, const Model& model) {
  const auto counted = session.execute("SELECT COUNT(*) FROM daily_kpi_data");
  if (!counted.ok()) return counted.error();
  const Value expected = static_cast<std::int64_t>(model.rows.size());
  if (counted.value().rows.front().front() == expected) return std::optional<Difference>{};
  Compared compared = compare(session, daily_rows(model));
  if (compared.ok() && compared.value()) compared.value()->rule = Rule::retention;
  return compared;
}

struct Touched {
  Session& session;
  const Model& model;

  Compared operator()(const CollectRows& asked) const {
    std::set<std::string> clients;
    for (const sim::DailyRow& row : asked.rows) clients.insert(row.client_id);
    return compare(session, daily_rows(model, clients, {asked.date}), log_rows(model, &asked.date));
  }
  Compared operator()(const BookDesk& asked) const {
    std::set<std::string> clients;
    std::set<sim::Day> days;
    for (const auto& [key, added] : desk_rows(asked)) {
      clients.insert(key.client);
      days.insert(key.date);
    }
    return compare(session, daily_rows(model, clients, days), ledger_rows(model, &asked.reference));
  }
  Compared operator()(const AggregateMonth& asked) const {
    return compare(session, sum_rows(model, &asked.month), tracking_rows(model));
  }
  Compared operator()(const RefreshCache&) const { return compare(session, cache_rows(model)); }
  Compared operator()(const MoveMoney& asked) const {
    return compare(session, account_rows(model), ledger_rows(model, &asked.reference));
  }
  Compared operator()(const DeleteOld&) const { return compare_retention(session, model); }
};

std::string key_text(const Rows& found, const Row& row, std::size_t keys) {
  std::string text;
  for (std::size_t i = 0; i < keys; ++i) {
    text +=
        fmt::format("{}{} {}", i == 0 ? "" : ", ", found.columns.at(i), sim::to_string(row.at(i)));
  }
  return text;
}

}  // namespace

std::string_view to_string(Rule rule) { return rule_names.at(static_cast<std::size_t>(rule)); }

Compared compare_all(Session& session, const Model& model) {
  return compare(session, daily_rows(model), log_rows(model, nullptr), sum_rows(model, nullptr),
                 tracking_rows(model), cache_rows(model), account_rows(model),
                 ledger_rows(model, nullptr));
}

Compared compare_touched(Session& session, const Model& model, const Request& request) {
  return std::visit(Touched{session, model}, request);
}

std::optional<std::string> first_difference(std::string_view table, std::size_t keys,
                                            const Rows& found, const std::vector<Row>& expected) {
  const auto [there, wanted] = std::ranges::mismatch(found.rows, expected);
  if (there == found.rows.end() && wanted == expected.end()) return std::nullopt;
  const auto same_key = [keys](const Row& a, const Row& b) {
    return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(keys), b.begin());
  };
  if (there != found.rows.end() && wanted != expected.end() && same_key(*there, *wanted)) {
    const auto column = std::ranges::mismatch(*there, *wanted).in1 - there->begin();
    const auto at = static_cast<std::size_t>(column);
    return fmt::format("{}: {}: {} is {}, expected {}", table, key_text(found, *there, keys),
                       found.columns.at(at), sim::to_string(there->at(at)),
                       sim::to_string(wanted->at(at)));
  }
  const bool missing = there == found.rows.end() || (wanted != expected.end() && *wanted < *there);
  return fmt::format("{}: {}: the row is {}", table,
                     key_text(found, missing ? *wanted : *there, keys),
                     missing ? "missing" : "there, and must not be");
}

}  // namespace splitproof::harness::life
