#include "harness/simulate/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "harness/simulate/chance.h"

namespace splitproof::harness::life {
namespace {

constexpr std::array<const char*, 2> platforms{"google", "meta"};
// Only every fourth client has a front desk that delivers reservations.
constexpr int clients_per_desk = 4;
constexpr int desk_late_max = 20;
constexpr int correction_max = 15;

}  // namespace

Source::Source(std::uint64_t seed, int clients, sim::Day start, SourceManners manners)
    : seed_(seed), clients_(clients), start_(start), manners_(manners) {
  sim::Rng rng(stream(seed, Purpose::source));
  for (int client = 0; client < clients; client += clients_per_desk) {
    zones_.push_back(sim::TimeZone::find(zones().at(rng.below(zones().size()))).value());
  }
}

sim::Day Source::date(int day) const {
  return sim::Day{std::chrono::sys_days{start_} + std::chrono::days{day - 1}};
}

int Source::number(sim::Day date) const {
  return static_cast<int>((std::chrono::sys_days{date} - std::chrono::sys_days{start_}).count()) +
         1;
}

RowName Source::name_of(const sim::DailyRow& row) const {
  const int client = std::stoi(row.client_id.substr(1)) - 1;
  return {client, row.platform == platforms.front() ? 0 : 1, number(row.date)};
}

std::uint64_t Source::number_of(const RowName& name) const {
  const std::uint64_t row = mix(static_cast<std::uint64_t>(name.day),
                                static_cast<std::uint64_t>(name.client * 2 + name.platform));
  return stream(seed_, Purpose::rows, row);
}

// The day from which on the source knows better; 0 where it never does.
int Source::corrected_on(const RowName& name) const {
  const std::uint64_t number = mix(number_of(name), 1);
  if (number % 100 >= static_cast<std::uint64_t>(manners_.corrected)) return 0;
  return name.day + 2 + static_cast<int>(number / 100 % correction_max);
}

sim::DailyRow Source::row(const RowName& name) const {
  const int corrected = corrected_on(name);
  const std::uint64_t version = corrected != 0 && knows_ >= corrected ? 2 : 1;
  std::uint64_t number = mix(number_of(name), version + 1);
  // From 0 to `most`, and 0 more often than chance would have it, so that ratios lack a
  // denominator.
  const auto draw = [&number](std::int64_t most) {
    number = mix(number, 0);
    const std::uint64_t drawn = number % static_cast<std::uint64_t>(most + most / 8 + 1);
    return static_cast<std::int64_t>(drawn) > most ? 0 : static_cast<std::int64_t>(drawn);
  };
  sim::DailyRow row;
  row.client_id = fmt::format("h{:02}", name.client + 1);
  row.client_name = fmt::format("Hotel {}", name.client + 1);
  row.platform = platforms.at(static_cast<std::size_t>(name.platform));
  row.date = date(name.day);
  row.campaigns_count = draw(6);
  row.total_spend = sim::Money{draw(90'000)};
  row.total_impressions = draw(20'000);
  row.total_clicks = draw(900);
  row.total_conversions = draw(40);
  row.click_to_call = draw(20);
  row.email_contacts = draw(20);
  row.booking_step_1 = draw(200);
  row.booking_step_2 = draw(90);
  row.booking_step_3 = draw(40);
  row.reservations = draw(12);
  row.reservation_value = sim::Money{draw(800'000)};
  row.reach = draw(15'000);
  return row;
}

void Source::schedule_rows(int day) {
  sim::Rng rng(stream(seed_, Purpose::day, static_cast<std::uint64_t>(day)));
  const bool withheld = percent(rng, manners_.withheld);
  const int kept_for = between(rng, 5, owed_days_max);
  const bool twice = percent(rng, manners_.twice);
  const int first = day + (withheld ? kept_for : 1);
  for (int client = 0; client < clients_; ++client) {
    for (int platform = 0; platform < 2; ++platform) {
      const RowName name{client, platform, day};
      sim::Rng chance(mix(number_of(name), 0));
      const bool late = percent(chance, manners_.late);
      const int late_by = between(chance, 1, owed_days_max);
      const int comes = late ? day + late_by : first;
      due_[comes].rows[day].push_back(name);
      if (twice) due_[comes + 1].rows[day].push_back(name);
      if (const int corrected = corrected_on(name); corrected > comes) {
        due_[corrected].rows[day].push_back(name);
      }
    }
  }
}

void Source::add_desk(sim::Rng& rng, int client, int day, DeskDelivery& delivery) {
  const sim::TimeZone& zone = zones_.at(static_cast<std::size_t>(client / clients_per_desk));
  const sim::Instant begin = zone.start_of(date(day));
  const sim::Instant end = zone.start_of(date(day + 1));
  if (end - begin != std::chrono::hours{24}) ++changed_nights_;
  const auto add = [&](sim::Instant made_at) {
    sim::Reservation one;
    one.client_id = fmt::format("h{:02}-desk", client + 1);
    one.client_name = fmt::format("Desk {}", client + 1);
    one.platform = platforms.at(rng.below(2));
    one.timezone = zone.name();
    one.made_at = made_at;
    one.reservations = between(rng, 1, 3);
    one.value = sim::Money{between(rng, 1, 90'000)};
    delivery.reservations.push_back(std::move(one));
  };
  const auto minutes = [&rng](int most) { return std::chrono::minutes{between(rng, 0, most)}; };
  const int count = between(rng, 0, 2);
  for (int i = 0; i < count; ++i) add(begin + minutes(23 * 60 - 1));
  // Around the border of the day, where it is decided which month it was.
  const bool ends_month = sim::month_of(date(day)) != sim::month_of(date(day + 1));
  if (one_in(rng, 2) || ends_month) {
    add(end - std::chrono::minutes{1} - minutes(120));
    add(begin + minutes(60));
  }
}

void Source::schedule_desks(int day) {
  sim::Rng rng(stream(seed_, Purpose::desk, static_cast<std::uint64_t>(day)));
  DeskDelivery delivery{fmt::format("desk-{}", sim::to_string(date(day))), {}};
  for (int client = 0; client < clients_; client += clients_per_desk) {
    add_desk(rng, client, day, delivery);
  }
  const bool late = percent(rng, 3 * manners_.late);
  const int comes = day + (late ? between(rng, 2, desk_late_max) : 1);
  const bool twice = percent(rng, manners_.twice);
  if (delivery.reservations.empty()) return;
  due_[comes].desks.push_back(desks_.size());
  if (twice) due_[comes + between(rng, 0, 1)].desks.push_back(desks_.size());
  desks_.push_back(std::move(delivery));
}

void Source::add(const Due& due, Deliveries& deliveries) const {
  for (const auto& [day, rows] : due.rows) {
    // A row that is due for two reasons is delivered once.
    std::vector<RowName> once = rows;
    std::ranges::sort(once);
    once.erase(std::ranges::unique(once).begin(), once.end());
    deliveries.rows.push_back({day, std::move(once)});
  }
  for (const std::size_t desk : due.desks) deliveries.desks.push_back(desks_.at(desk));
}

Deliveries Source::on(int day) {
  days_ = day;
  knows_ = day;
  const sim::Day today = date(day);
  if (today.month() == std::chrono::February && today.day() == std::chrono::day{29}) ++leap_days_;
  if (day > 1) {
    schedule_rows(day - 1);
    schedule_desks(day - 1);
  }
  Deliveries deliveries;
  const auto found = due_.find(day);
  if (found == due_.end()) return deliveries;
  add(found->second, deliveries);
  due_.erase(found);
  return deliveries;
}

Deliveries Source::owed() {
  schedule_rows(days_);
  schedule_desks(days_);
  knows_ = std::numeric_limits<int>::max();
  Due all;
  for (const auto& [when, due] : due_) {
    for (const auto& [day, rows] : due.rows) {
      std::vector<RowName>& of_day = all.rows[day];
      of_day.insert(of_day.end(), rows.begin(), rows.end());
    }
    all.desks.insert(all.desks.end(), due.desks.begin(), due.desks.end());
  }
  due_.clear();
  Deliveries deliveries;
  add(all, deliveries);
  return deliveries;
}

std::vector<sim::DailyRow> Source::all_rows() const {
  std::vector<sim::DailyRow> rows;
  for (int day = 1; day <= days_; ++day) {
    for (int client = 0; client < clients_; ++client) {
      for (int platform = 0; platform < 2; ++platform) {
        rows.push_back(row({client, platform, day}));
      }
    }
  }
  return rows;
}

}  // namespace splitproof::harness::life
