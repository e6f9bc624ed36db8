#include "harness/property/command.h"

#include <fmt/format.h>

namespace splitproof::harness {

namespace {

using Arguments = std::map<std::string, std::string>;

sim::Day day_of(const SaveRow& row) {
  if (const auto* day = std::get_if<sim::Day>(&row.when)) return *day;
  const auto& when = std::get<ZonedInstant>(row.when);
  return sim::TimeZone::find(when.zone).value().day_at(when.at);
}

std::string csv_of(const std::vector<SaveRow>& rows) {
  std::string csv = "client_id,client_name,platform,date";
  for (const RowNumber& number : row_numbers) csv += fmt::format(",{}", number.csv);
  for (const SaveRow& row : rows) {
    csv += fmt::format("\n{0},{0},{1},{2}", row.client, row.platform, sim::to_string(day_of(row)));
    for (std::size_t i = 0; i < row_numbers.size(); ++i) {
      const std::int64_t number = row.numbers.at(i);
      csv += row_numbers.at(i).money ? "," + sim::to_string(sim::Money{number})
                                     : fmt::format(",{}", number);
    }
  }
  return csv + "\n";
}

OperationSpec spec(const char* run, Arguments with) {
  OperationSpec result;
  result.run = run;
  result.with = std::move(with);
  return result;
}

struct Spec {
  OperationSpec operator()(const Transfer& c) const {
    return spec("transfer", {{"reference", c.reference},
                             {"from", c.from},
                             {"to", c.to},
                             {"amount", sim::to_string(c.amount)}});
  }
  OperationSpec operator()(const Post& c) const {
    return spec(
        "post",
        {{"reference", c.reference}, {"account", c.account}, {"amount", sim::to_string(c.amount)}});
  }
  OperationSpec operator()(const OpenAccount& c) const {
    return spec("open-account", {{"account", c.account}, {"balance", sim::to_string(c.balance)}});
  }
  OperationSpec operator()(const AddToCounter& c) const {
    return spec("add-to-counter",
                {{"counter", c.counter}, {"amount", fmt::format("{}", c.amount)}});
  }
  OperationSpec operator()(const CollectDay& c) const {
    return spec("collect-day", {{"day", sim::to_string(c.day)}, {"rows", csv_of(rows_of(c))}});
  }
  OperationSpec operator()(const AggregateMonth& c) const {
    return spec("aggregate-month",
                {{"month", sim::to_string(c.month)}, {"today", sim::to_string(c.today)}});
  }
  OperationSpec operator()(const RefreshCache& c) const {
    return spec("refresh-cache", {{"today", sim::to_string(c.today)}});
  }
  OperationSpec operator()(const ApplyRetention& c) const {
    return spec("retention", {{"today", sim::to_string(c.today)}});
  }
  OperationSpec operator()(const SaveRow& c) const {
    return spec("save-rows", {{"rows", csv_of({c})}});
  }
};

struct InWords {
  std::string operator()(const Transfer& c) const {
    return fmt::format("transfer {} from {} to {}, as {}", sim::to_string(c.amount), c.from, c.to,
                       c.reference);
  }
  std::string operator()(const Post& c) const {
    return fmt::format("post {} to {}, as {}", sim::to_string(c.amount), c.account, c.reference);
  }
  std::string operator()(const OpenAccount& c) const {
    return fmt::format("open {} with {}", c.account, sim::to_string(c.balance));
  }
  std::string operator()(const AddToCounter& c) const {
    return fmt::format("add {} to {}", c.amount, c.counter);
  }
  std::string operator()(const CollectDay& c) const {
    return fmt::format("collect {} of {} clients", sim::to_string(c.day), c.clients);
  }
  std::string operator()(const AggregateMonth& c) const {
    return fmt::format("aggregate {} on {}", sim::to_string(c.month), sim::to_string(c.today));
  }
  std::string operator()(const RefreshCache& c) const {
    return fmt::format("refresh the cache on {}", sim::to_string(c.today));
  }
  std::string operator()(const ApplyRetention& c) const {
    return fmt::format("delete old rows on {}", sim::to_string(c.today));
  }
  std::string operator()(const SaveRow& c) const {
    return fmt::format("save a row of {}, {}, {}", c.client, c.platform, sim::to_string(day_of(c)));
  }
};

}  // namespace

std::string in_words(const Command& command) { return std::visit(InWords{}, command); }

OperationSpec spec_of(const Command& command) {
  OperationSpec result = std::visit(Spec{}, command);
  result.title = in_words(command);
  return result;
}

std::vector<SaveRow> rows_of(const CollectDay& command) {
  const auto days = std::chrono::sys_days{command.day}.time_since_epoch().count();
  std::vector<SaveRow> rows;
  for (int client = 1; client <= command.clients; ++client) {
    SaveRow row;
    row.client = fmt::format("c{}", client);
    row.platform = client % 2 == 1 ? "google" : "meta";
    row.when = command.day;
    for (std::size_t i = 0; i < row.numbers.size(); ++i) {
      // Any numbers will do, as long as no two days, clients and variations have the same ones and
      // some are 0, on which ratios depend.
      const auto number = static_cast<std::int64_t>(i);
      const std::int64_t mixed =
          days * 7 + client * 13 + command.variation * 17 + number * number * 5;
      row.numbers.at(i) = (mixed % 40 + 40) % 40;
      if (row_numbers.at(i).money) row.numbers.at(i) = row.numbers.at(i) * 100 + 100 + number;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<OperationSpec> one_of_each() {
  const sim::Day day{std::chrono::year{2025}, std::chrono::month{9}, std::chrono::day{1}};
  SaveRow row{.client = "c1", .platform = "google", .when = day};
  std::vector<OperationSpec> specs;
  for (const Command& command :
       {Command{Transfer{"r1", "A", "B", {1}}}, Command{Post{"r1", "A", {1}}},
        Command{OpenAccount{"A", {1}}}, Command{AddToCounter{"visits", 1}},
        Command{CollectDay{.day = day}}, Command{AggregateMonth{sim::month_of(day), day}},
        Command{RefreshCache{day}}, Command{ApplyRetention{day}}, Command{std::move(row)}}) {
    specs.push_back(spec_of(command));
  }
  return specs;
}

}  // namespace splitproof::harness
