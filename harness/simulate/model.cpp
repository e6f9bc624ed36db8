#include "harness/simulate/model.h"

#include <algorithm>
#include <set>

#include "harness/property/local_day.h"

namespace splitproof::harness::life {
namespace {

constexpr int kept_days = 90;

// Does a request to a model, and answers whether that changed it.
class Apply {
 public:
  explicit Apply(Model& changed) : model(changed) {}

  bool operator()(const CollectRows& asked) const {
    bool changed = false;
    for (const sim::DailyRow& row : asked.rows) {
      changed |= set(model.rows[{row.client_id, row.platform, row.date}],
                     SavedRow{row.client_name, numbers_of(row)});
    }
    const auto count = static_cast<std::int64_t>(asked.rows.size());
    return set(model.log[asked.date], count) || changed;
  }

  bool operator()(const BookDesk& asked) const {
    const auto booked = model.ledger.lower_bound({asked.reference, ""});
    if (booked != model.ledger.end() && booked->first.first == asked.reference) return false;
    std::map<std::string, std::string> names;
    for (const sim::Reservation& one : asked.reservations) {
      model.ledger[{asked.reference, one.client_id}] += one.value.minor;
      names.emplace(one.client_id, one.client_name);
    }
    for (const auto& [key, added] : desk_rows(asked)) {
      SavedRow& row = model.rows[key];
      // A row that is there keeps its name; all rows of a client have the same one.
      row.client_name = names.at(key.client);
      row.numbers[bookings] += added.first;
      row.numbers[booked_value] += added.second;
    }
    return true;
  }

  // A summary made from more rows than there are is kept: retention has deleted some since.
  bool operator()(const AggregateMonth& asked) const {
    bool changed = false;
    std::map<SumKey, Sums> made;
    for (const auto& [key, row] : model.rows) {
      if (sim::month_of(key.date) != asked.month) continue;
      add_to(made[{asked.month, key.client, key.platform}], row.numbers);
    }
    for (const auto& [key, sums] : made) {
      Sums& saved = model.sums[key];
      if (sums.daily_rows >= saved.daily_rows) changed |= set(saved, sums);
    }
    std::set<std::string> clients;
    Tracked tracked{0, 0, asked.today};
    for (auto it = model.sums.lower_bound({asked.month, "", ""});
         it != model.sums.end() && it->first.month == asked.month; ++it) {
      clients.insert(it->first.client);
      tracked.daily_rows += it->second.daily_rows;
    }
    if (clients.empty()) return false;
    tracked.clients = static_cast<std::int64_t>(clients.size());
    return set(model.tracked[asked.month], tracked) || changed;
  }

  bool operator()(const RefreshCache& asked) const {
    const bool changed = set(model.cache, model.sums);
    return set(model.refreshed_on, asked.today) || changed;
  }

  bool operator()(const MoveMoney& asked) const {
    if (model.ledger.contains({asked.reference, asked.from})) return false;
    model.ledger[{asked.reference, asked.from}] = -asked.amount.minor;
    model.ledger[{asked.reference, asked.to}] = asked.amount.minor;
    model.accounts.at(asked.from) -= asked.amount.minor;
    model.accounts.at(asked.to) += asked.amount.minor;
    return true;
  }

  bool operator()(const DeleteOld& asked) const {
    const sim::Day first_kept{std::chrono::sys_days{asked.today} - std::chrono::days{kept_days}};
    return std::erase_if(model.rows, [&](const auto& entry) {
             return entry.first.date < first_kept &&
                    model.tracked.contains(sim::month_of(entry.first.date));
           }) > 0;
  }

 private:
  template <class T>
  static bool set(T& place, const T& value) {
    if (place == value) return false;
    place = value;
    return true;
  }

  Model& model;
};

}  // namespace

bool is_refused(const Request& request) {
  const auto* const asked = std::get_if<AggregateMonth>(&request);
  return asked != nullptr && sim::month_of(asked->today) <= asked->month;
}

bool apply(Model& model, const Request& request) { return std::visit(Apply{model}, request); }

std::map<RowKey, std::pair<std::int64_t, std::int64_t>> desk_rows(const BookDesk& delivery) {
  std::map<RowKey, std::pair<std::int64_t, std::int64_t>> rows;
  for (const sim::Reservation& one : delivery.reservations) {
    const sim::Day day = local_day({one.made_at, one.timezone});
    auto& added = rows[{one.client_id, one.platform, day}];
    added.first += one.reservations;
    added.second += one.value.minor;
  }
  return rows;
}

Numbers numbers_of(const sim::DailyRow& row) {
  return {row.campaigns_count,
          row.total_spend.minor,
          row.total_impressions,
          row.total_clicks,
          row.total_conversions,
          row.click_to_call,
          row.email_contacts,
          row.booking_step_1,
          row.booking_step_2,
          row.booking_step_3,
          row.reservations,
          row.reservation_value.minor,
          row.reach};
}

void add_to(Sums& sums, const Numbers& numbers) {
  ++sums.daily_rows;
  sums.numbers[campaigns] = std::max(sums.numbers[campaigns], numbers[campaigns]);
  for (std::size_t i = 1; i < numbers_count; ++i) sums.numbers.at(i) += numbers.at(i);
}

}  // namespace splitproof::harness::life
