// Daily rows around the borders of a month, dated by days and by instants in many time zones.
#include <rapidcheck.h>

#include "harness/property/generators.h"
#include "sim/aggregator/daily_row.h"

namespace splitproof::harness {

namespace {

using rc::gen::inRange;
using rc::gen::just;
using rc::gen::map;
using rc::gen::tuple;
using rc::gen::weightedOneOf;
using When = std::variant<sim::Day, ZonedInstant>;

// An experiment has room for 32 operations.
constexpr int rows_max = 24;
constexpr int later_rows_max = 2;

// Far east and far west, offsets of half and quarter hours, midnights that are skipped or come
// twice (Havana, Sao_Paulo, Cairo), days that never were (Apia in December 2011).
const std::vector<std::string>& zones() {
  static const std::vector<std::string> names{"Europe/Warsaw",
                                              "Pacific/Auckland",
                                              "Pacific/Honolulu",
                                              "Pacific/Apia",
                                              "Pacific/Kiritimati",
                                              "Pacific/Chatham",
                                              "America/Havana",
                                              "America/Sao_Paulo",
                                              "America/St_Johns",
                                              "Africa/Cairo",
                                              "Australia/Lord_Howe",
                                              "Asia/Kathmandu",
                                              "UTC"};
  return names;
}

// Months whose last day is easily got wrong, and any other.
rc::Gen<sim::Month> any_month() {
  const auto month = [](int year, unsigned number) {
    return sim::Month{std::chrono::year{year} / std::chrono::month{number}};
  };
  return weightedOneOf<sim::Month>({{1, just(month(2025, 8))},
                                    {1, just(month(2024, 2))},
                                    {1, just(month(2023, 2))},
                                    {1, just(month(2000, 2))},
                                    {1, just(month(2011, 12))},
                                    {1, just(month(2024, 12))},
                                    {4, map(rc::gen::pair(inRange(1972, 2037), inRange(1U, 13U)),
                                            [month](const std::pair<int, unsigned>& drawn) {
                                              return month(drawn.first, drawn.second);
                                            })}});
}

sim::Day days_after(const sim::Day& day, std::int64_t days) {
  return sim::Day{std::chrono::sys_days{day} + std::chrono::days{days}};
}

// 0, -1, 1, -2, 2 …: what shrinks toward 0 from both sides.
rc::Gen<int> around_0(int most) {
  return map(inRange(0, 2 * most + 1), [](int n) { return n % 2 == 0 ? n / 2 : -(n + 1) / 2; });
}

// Mostly the two borders.
rc::Gen<sim::Day> day_near(const sim::Month& month) {
  const auto shifted = [](const sim::Day& day) {
    return [day](int days) { return days_after(day, days); };
  };
  return weightedOneOf<sim::Day>({{3, map(around_0(2), shifted(month.last_day()))},
                                  {2, map(around_0(2), shifted(month.first_day()))},
                                  {2, map(inRange(0, 28), shifted(month.first_day()))}});
}

// Up to 26 hours around a midnight in UTC, in steps of 15 minutes and a second beside them.
rc::Gen<ZonedInstant> instant_near(const sim::Month& month) {
  return map(
      tuple(day_near(month), around_0(104), around_0(1), inRange<std::size_t>(0, zones().size())),
      [](const std::tuple<sim::Day, int, int, std::size_t>& drawn) {
        const auto& [day, quarters, seconds, zone] = drawn;
        return ZonedInstant{std::chrono::sys_days{day} + std::chrono::minutes{15 * quarters} +
                                std::chrono::seconds{seconds},
                            zones()[zone]};
      });
}

rc::Gen<std::int64_t> any_number(std::int64_t least) {
  return weightedOneOf<std::int64_t>(
      {{2, just(std::int64_t{0})},
       {5, inRange<std::int64_t>(least, 3000)},
       {1, inRange<std::int64_t>(least, sim::daily_number_max + 1)}});
}

rc::Gen<SaveRow> row_near(const sim::Month& month) {
  // A spend is nothing or at least 1.00, so that a small counter-example still is about money.
  return map(
      tuple(inRange(1, 4), inRange(0, 2),
            weightedOneOf<When>({{2, rc::gen::cast<When>(day_near(month))},
                                 {1, rc::gen::cast<When>(instant_near(month))}}),
            rc::gen::container<std::vector<std::int64_t>>(row_numbers.size() - 1, any_number(0)),
            any_number(100)),
      [](const std::tuple<int, int, When, std::vector<std::int64_t>, std::int64_t>& drawn) {
        const auto& [client, platform, when, numbers, spend] = drawn;
        SaveRow row{.client = "c" + std::to_string(client),
                    .platform = platform == 0 ? "google" : "meta",
                    .when = when};
        row.numbers.front() = spend;
        std::ranges::copy(numbers, row.numbers.begin() + 1);
        return row;
      });
}

template <class T>
rc::Gen<std::vector<T>> up_to(int most, rc::Gen<T> item) {
  return rc::gen::resize(
      most, rc::gen::container<std::vector<T>>(rc::gen::resize(rc::kNominalSize, std::move(item))));
}

// The month, sometimes the one before it or after it.
rc::Gen<AggregateMonth> aggregation_near(const sim::Month& month) {
  return map(weightedOneOf<int>({{4, just(0)}, {2, inRange(0, 3)}}), [month](int which) {
    const sim::Month wanted = which == 0 ? month : which == 1 ? month.next() : month.previous();
    return AggregateMonth{wanted, days_after(wanted.last_day(), 1)};
  });
}

Step step_of(Command command) { return {std::move(command), {}}; }

// Rows, a summary, perhaps corrections and the summary once more.
rc::Gen<Script> script_near(const sim::Month& month) {
  return map(
      tuple(up_to(rows_max, row_near(month)), rc::gen::nonEmpty(up_to(2, aggregation_near(month))),
            up_to(later_rows_max, row_near(month)), up_to(1, aggregation_near(month))),
      [](const std::tuple<std::vector<SaveRow>, std::vector<AggregateMonth>, std::vector<SaveRow>,
                          std::vector<AggregateMonth>>& parts) {
        Script script;
        for (const SaveRow& row : std::get<0>(parts)) script.push_back(step_of(row));
        for (const auto& one : std::get<1>(parts)) script.push_back(step_of(one));
        for (const SaveRow& row : std::get<2>(parts)) script.push_back(step_of(row));
        for (const auto& one : std::get<3>(parts)) script.push_back(step_of(one));
        return script;
      });
}

}  // namespace

rc::Gen<Script> scripts_of_daily_rows() {
  return rc::gen::mapcat(rc::gen::noShrink(any_month()), script_near);
}

}  // namespace splitproof::harness
