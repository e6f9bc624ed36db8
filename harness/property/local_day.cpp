#include "harness/property/local_day.h"

#include <date/tz.h>

namespace splitproof::harness {

namespace {

// The civil date of a day counted from 1970-01-01, in years that begin with March, so that the leap
// day is the last one of a year.
sim::Day civil(std::int64_t days) {
  constexpr std::int64_t days_per_era = 146097;  // 400 years.
  constexpr std::int64_t from_march_0 = 719468;  // From 0000-03-01 to 1970-01-01.
  const std::int64_t shifted = days + from_march_0;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - days_per_era + 1) / days_per_era;
  const std::int64_t of_era = shifted - era * days_per_era;
  const std::int64_t year_of_era =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return sim::Day{std::chrono::year{static_cast<int>(year)},
                  std::chrono::month{static_cast<unsigned>(month)},
                  std::chrono::day{static_cast<unsigned>(day)}};
}

}  // namespace

sim::Day local_day(const ZonedInstant& when) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when.at);
  const std::chrono::seconds offset = date::locate_zone(when.zone)->get_info(seconds).offset;
  const std::int64_t local = (seconds.time_since_epoch() + offset).count();
  constexpr std::int64_t seconds_per_day = 86400;
  std::int64_t days = local / seconds_per_day;
  if (local % seconds_per_day < 0) --days;
  return civil(days);
}

}  // namespace splitproof::harness
