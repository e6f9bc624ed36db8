// What is due on which day, and what must hold when the life is over.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/simulate/chance.h"
#include "harness/simulate/stage.h"

namespace splitproof::harness::life {
namespace {

constexpr int days_per_week = 7;
constexpr int days_between_whole_checks = 30;
// Rounds in which everything must be done when nothing strikes any more.
constexpr int rounds_max = 5;

std::string differing_month(const std::map<SumKey, Sums>& delivered,
                            const std::map<SumKey, Sums>& saved) {
  for (const auto& [key, sums] : delivered) {
    const auto found = saved.find(key);
    if (found != saved.end() && found->second == sums) continue;
    const Sums& other = found == saved.end() ? Sums{} : found->second;
    return fmt::format(
        "{} of {} on {}: the source delivered {} rows that spend {}, and summed up "
        "are {} rows that spend {}",
        to_string(key.month), key.client, key.platform, sums.daily_rows, sums.numbers[spend],
        other.daily_rows, other.numbers[spend]);
  }
  return "a month is summed up of which the source delivered nothing";
}

}  // namespace

void Stage::add_readers(Jobs& jobs, int count, sim::Rng& rng) const {
  for (int i = 0; i < count; ++i) {
    ReadJob job;
    job.month = sim::month_of(source_.date(day_)).previous();
    switch (rng.below(4)) {
      case 0:
        job.first = View::cache;
        job.second = View::cache;
        job.month = job.month.previous();
        break;
      case 1:
        job.first = View::accounts;
        job.second = View::accounts;
        break;
      default:
        break;
    }
    jobs.push_back({job});
  }
}

void Stage::add_transfer(Jobs& jobs, int day, int number, sim::Rng& rng) {
  const auto account = [this](std::uint64_t position) {
    const auto& accounts = judge_.model().accounts;
    return std::next(accounts.begin(), static_cast<std::ptrdiff_t>(position))->first;
  };
  const std::uint64_t count = judge_.model().accounts.size();
  const std::uint64_t from = rng.below(count);
  const std::uint64_t to = (from + 1 + rng.below(count - 1)) % count;
  const std::string reference = fmt::format("t-{}-{}", day, number);
  transfers_.push_back(reference);
  jobs.push_back(
      {MoveMoney{reference, account(from), account(to), sim::Money{between(rng, 1, 900)}}});
}

Stage::Jobs Stage::morning(int day, sim::Rng& rng) {
  Jobs jobs = std::exchange(owed_, {});
  for (Job& job : jobs) job.tries = 0;
  Deliveries deliveries = source_.on(day);
  for (RowDelivery& rows : deliveries.rows) jobs.push_back({std::move(rows)});
  for (DeskDelivery& desk : deliveries.desks) jobs.push_back({std::move(desk)});
  add_transfer(jobs, day, 1, rng);
  add_transfer(jobs, day, 2, rng);
  add_readers(jobs, 1, rng);
  return jobs;
}

// By the machine's calendar, as a cron job has it.
std::vector<sim::Month> Stage::months_to_sum_up() {
  std::vector<sim::Month> months;
  for (const sim::Month& month : to_sum_up_) {
    if (month < sim::month_of(machine_.today())) months.push_back(month);
  }
  return months;
}

Stage::Jobs Stage::noon(int day, sim::Rng& rng) {
  Jobs jobs;
  // Somebody asks for a month that is not over.
  constexpr int days_between_impatience = 40;
  if (one_in(rng, days_between_impatience)) {
    jobs.push_back({AggregateJob{sim::month_of(machine_.today())}});
  }
  const bool first = machine_.today().day() == std::chrono::day{1};
  if (!first && day % days_per_week != 0) return jobs;
  for (const sim::Month& month : months_to_sum_up()) {
    jobs.push_back({AggregateJob{month}});
    // Two machines whose cron runs the same job.
    if (first && one_in(rng, 2)) jobs.push_back({AggregateJob{month}});
  }
  if (jobs.empty()) return jobs;
  add_transfer(jobs, day, 3, rng);
  add_readers(jobs, 3, rng);
  return jobs;
}

Stage::Jobs Stage::evening(int day, sim::Rng& rng) {
  Jobs jobs;
  if (cache_is_old_) {
    jobs.push_back({RefreshJob{}});
    add_readers(jobs, 2, rng);
  }
  // Late rows must be summed up before their months are thinned out.
  if (day % days_per_week == 0 && months_to_sum_up().empty()) jobs.push_back({RetainJob{}});
  return jobs;
}

void Stage::live_day(int day) {
  day_ = day;
  course_.begin_day(day);
  sim::Rng rng(stream(spec_.seed, Purpose::day, mix(static_cast<std::uint64_t>(day), 1)));
  const sim::Instant midnight{std::chrono::sys_days{source_.date(day)}};
  machine_.crew().pass_until(midnight + std::chrono::hours{2});
  work_off(morning(day, rng));
  if (is_over()) return;
  machine_.crew().pass_until(midnight + std::chrono::hours{6});
  work_off(noon(day, rng));
  if (is_over()) return;
  machine_.crew().pass_until(midnight + std::chrono::hours{12});
  work_off(evening(day, rng));
  if (!is_over() && day % days_between_whole_checks == 0) {
    report(judge_.whole(), "the evening");
  }
}

// Nothing strikes: what is not done after some rounds is never done.
void Stage::finish(Jobs jobs) {
  work_off(std::move(jobs));
  for (int round = 1; round < rounds_max && !owed_.empty() && !is_over(); ++round) {
    Jobs rest = std::exchange(owed_, {});
    for (Job& job : rest) job.tries = 0;
    work_off(std::move(rest));
  }
  if (is_over() || owed_.empty()) return;
  const std::string job = describe(owed_.front(), source_);
  report(Difference{Rule::converges, fmt::format("without faults, the {} is never committed", job)},
         job);
}

void Stage::come_to_rest() {
  course_.be_calm();
  machine_.mishaps().be_well();
  machine_.crew().set_wrong_by(std::chrono::milliseconds{0});
  machine_.move_to("UTC");
  // The first of the next month: all months are over.
  const sim::Day last = sim::month_of(source_.date(spec_.days)).next().first_day();
  day_ = source_.number(last);
  course_.begin_day(day_);
  course_.counts.days = spec_.days;
  machine_.crew().pass_until(sim::Instant{std::chrono::sys_days{last}} + std::chrono::hours{2});
  Jobs jobs = std::exchange(owed_, {});
  Deliveries deliveries = source_.owed();
  for (RowDelivery& rows : deliveries.rows) jobs.push_back({std::move(rows)});
  for (DeskDelivery& desk : deliveries.desks) jobs.push_back({std::move(desk)});
  finish(std::move(jobs));
  if (is_over()) return;
  jobs = {};
  for (const sim::Month& month : months_to_sum_up()) jobs.push_back({AggregateJob{month}});
  finish(std::move(jobs));
  if (is_over()) return;
  finish({{RefreshJob{}}});
  if (!is_over()) finish({{RetainJob{}}});
}

// The source's own sums, counted up from all that it ever had to tell.
std::optional<Difference> Stage::compare_with_source() const {
  const Model& model = judge_.model();
  std::map<RowKey, Numbers> rows;
  for (const sim::DailyRow& row : source_.all_rows()) {
    rows[{row.client_id, row.platform, row.date}] = numbers_of(row);
  }
  for (const DeskDelivery& desk : source_.all_desks()) {
    for (const auto& [key, added] : desk_rows({desk.reference, desk.reservations})) {
      rows[key][bookings] += added.first;
      rows[key][booked_value] += added.second;
    }
    const auto booked = model.ledger.lower_bound({desk.reference, ""});
    if (booked == model.ledger.end() || booked->first.first != desk.reference) {
      return Difference{Rule::ledger,
                        fmt::format("{} was delivered and is not booked", desk.reference)};
    }
  }
  std::map<SumKey, Sums> sums;
  for (const auto& [key, numbers] : rows) {
    add_to(sums[{sim::month_of(key.date), key.client, key.platform}], numbers);
  }
  if (sums != model.sums) return Difference{Rule::sums, differing_month(sums, model.sums)};
  if (model.cache != sums) return Difference{Rule::cache, "the cache is not what the months are"};
  for (const std::string& reference : transfers_) {
    const auto booked = model.ledger.lower_bound({reference, ""});
    if (booked != model.ledger.end() && booked->first.first == reference) continue;
    return Difference{Rule::ledger, fmt::format("the transfer {} is not booked", reference)};
  }
  return std::nullopt;
}

void Stage::judge_the_end() {
  const std::string end = "the end";
  report(judge_.whole(), end);
  if (!is_over()) report(compare_with_source(), end);
  for (const auto& worker : workers_) worker->client.discard();
  if (!is_over()) report(judge_.at_rest(), end);
}

LifeEnd Stage::run() {
  set_up();
  bool complete = true;
  for (int day = 1; day <= spec_.days && !is_over(); ++day) {
    if (spec_.stopped && spec_.stopped()) {
      complete = false;
      break;
    }
    live_day(day);
  }
  if (complete && !is_over()) come_to_rest();
  if (complete && !is_over()) judge_the_end();
  for (const auto& worker : workers_) worker->client.discard();
  judge_.look_away();
  Counts& counts = course_.counts;
  counts.disk_errors = machine_.mishaps().errors();
  counts.locks_refused = machine_.mishaps().locks_refused();
  counts.memory_refused = machine_.mishaps().memory_refused();
  counts.whole_checks = judge_.whole_checks();
  counts.switches = machine_.crew().switches();
  counts.leap_days = source_.leap_days();
  counts.changed_nights = source_.changed_nights();
  if (found_) {
    course_.digest.add(to_string(found_->rule));
    course_.digest.add(found_->what);
  }
  return {swarm_, course_.strikes(), course_.fired(),     course_.counts, course_.digest.value(),
          found_, complete,          course_.take_trace()};
}

LifeEnd live(const LifeSpec& spec, const ServiceForms& forms) { return Stage(spec, forms).run(); }

}  // namespace splitproof::harness::life
