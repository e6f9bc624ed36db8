#include "sim/base/period.h"

#include <gtest/gtest.h>

namespace splitproof::sim {
namespace {

Day day(const char* text) { return parse_day(text).value(); }
Month month(const char* text) { return parse_month(text).value(); }
Instant instant(const char* text) { return parse_instant(text).value(); }
TimeZone zone(const char* name) { return TimeZone::find(name).value(); }

std::string wall_day(const char* zone_name, const char* at) {
  return to_string(zone(zone_name).day_at(instant(at)));
}

TEST(Month, KnowsItsBordersInLeapYearsToo) {
  EXPECT_EQ(to_string(month("2024-02").last_day()), "2024-02-29");
  EXPECT_EQ(to_string(month("2025-02").last_day()), "2025-02-28");
  EXPECT_EQ(to_string(month("2000-02").last_day()), "2000-02-29");
  EXPECT_EQ(to_string(month("1900-02").last_day()), "1900-02-28");
  EXPECT_EQ(to_string(month("2025-08").first_day()), "2025-08-01");
  EXPECT_EQ(to_string(month("2025-08").last_day()), "2025-08-31");
}

TEST(Month, StepsOverTheEndOfTheYear) {
  EXPECT_EQ(to_string(month("2025-12").next()), "2026-01");
  EXPECT_EQ(to_string(month("2026-01").previous()), "2025-12");
  EXPECT_EQ(month_of(day("2025-08-31")), month("2025-08"));
  EXPECT_LT(month("2025-12"), month("2026-01"));
}

TEST(ParseDay, RefusesWhatIsNotExactlyADay) {
  for (const char* text : {"", "2025", "2025-8-31", "2025-08-31 ", " 2025-08-31", "2025-08-3",
                           "2025-08-311", "31-08-2025", "2025/08/31", "2025-08-3x", "-025-08-31",
                           "20250831", "0000-01-01", "2025-08-31T00:00:00Z"}) {
    EXPECT_FALSE(parse_day(text).ok()) << text;
  }
}

TEST(ParseDay, RefusesDaysThatDoNotExist) {
  for (const char* text : {"2025-02-29", "2025-04-31", "2025-00-10", "2025-13-01", "2025-01-00",
                           "1900-02-29", "2025-01-32"}) {
    const auto parsed = parse_day(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().message,
              std::string("'") + text + "' is not a day of the calendar; expected one that exists");
  }
  EXPECT_TRUE(parse_day("2024-02-29").ok());
}

TEST(ParseDay, CutsLongTextsInItsMessage) {
  const std::string text(10000, 'x');
  EXPECT_LT(parse_day(text).error().message.size(), 150u);
}

TEST(ParseMonth, RefusesWhatIsNotExactlyAMonth) {
  for (const char* text :
       {"", "2025-8", "2025-00", "2025-13", "2025-08-01", "08-2025", "2025-08 ", "0000-01"}) {
    EXPECT_FALSE(parse_month(text).ok()) << text;
  }
  EXPECT_EQ(parse_month("August").error().message,
            "'August' is not a month; expected YYYY-MM, for example 2025-08");
}

TEST(ParseInstant, TakesTheOffsetIntoAccount) {
  EXPECT_EQ(instant("2025-08-31T23:30:00+02:00"), instant("2025-08-31T21:30:00Z"));
  EXPECT_EQ(instant("2025-08-31T23:30:00-10:00"), instant("2025-09-01T09:30:00Z"));
  EXPECT_EQ(instant("2025-08-31T23:30:00+05:45"), instant("2025-08-31T17:45:00Z"));
  EXPECT_EQ(instant("1970-01-01T00:00:01Z").time_since_epoch(), std::chrono::seconds{1});
}

TEST(ParseInstant, RefusesWhatIsNotExactlyAnInstant) {
  for (const char* text :
       {"2025-08-31", "2025-08-31T23:30:00", "2025-08-31T23:30Z", "2025-08-31 23:30:00Z",
        "2025-08-31T24:00:00Z", "2025-08-31T23:60:00Z", "2025-08-31T23:59:60Z",
        "2025-02-29T00:00:00Z", "2025-08-31T23:30:00+2:00", "2025-08-31T23:30:00+02",
        "2025-08-31T23:30:00+24:00", "2025-08-31T23:30:00+02:60", "2025-08-31T23:30:00Zx",
        "2025-08-31T23:30:00+02:00 "}) {
    EXPECT_FALSE(parse_instant(text).ok()) << text;
  }
}

TEST(TimeZone, RefusesUnknownNames) {
  for (const char* name : {"", "Europe/Warszawa", "../etc/passwd", "+02:00", "europe"}) {
    EXPECT_FALSE(TimeZone::find(name).ok()) << name;
  }
  EXPECT_EQ(zone("Europe/Warsaw").name(), "Europe/Warsaw");
}

TEST(TimeZone, DecidesWhereAugustEnds) {
  // One instant, half an hour before midnight in Warsaw, is in August there and to the west of it,
  // and in September to the east.
  constexpr const char* late = "2025-08-31T23:30:00+02:00";
  EXPECT_EQ(wall_day("Europe/Warsaw", late), "2025-08-31");
  EXPECT_EQ(wall_day("UTC", late), "2025-08-31");
  EXPECT_EQ(wall_day("Pacific/Honolulu", late), "2025-08-31");
  EXPECT_EQ(wall_day("Pacific/Auckland", late), "2025-09-01");

  constexpr const char* after_midnight = "2025-09-01T00:30:00+02:00";
  EXPECT_EQ(wall_day("Europe/Warsaw", after_midnight), "2025-09-01");
  EXPECT_EQ(wall_day("UTC", after_midnight), "2025-08-31");
}

TEST(TimeZone, CountsBackwardsBeforeTheEpoch) {
  EXPECT_EQ(wall_day("UTC", "1969-12-31T23:59:59Z"), "1969-12-31");
  EXPECT_EQ(wall_day("UTC", "1969-12-31T00:00:00Z"), "1969-12-31");
}

TEST(TimeZone, SummerTimeMovesTheStartOfTheDay) {
  const TimeZone warsaw = zone("Europe/Warsaw");
  EXPECT_EQ(warsaw.start_of(day("2025-03-30")), instant("2025-03-29T23:00:00Z"));
  EXPECT_EQ(warsaw.start_of(day("2025-03-31")), instant("2025-03-30T22:00:00Z"));
  EXPECT_EQ(warsaw.start_of(day("2025-10-27")) - warsaw.start_of(day("2025-10-26")),
            std::chrono::hours{25});
}

TEST(TimeZone, ADayWithoutMidnightStartsWhereTheClockGoesOn) {
  // Cairo's clocks went from 24 April 2025 23:59:59 to 25 April 01:00.
  EXPECT_EQ(zone("Africa/Cairo").start_of(day("2025-04-25")), instant("2025-04-25T01:00:00+03:00"));
  EXPECT_EQ(wall_day("Africa/Cairo", "2025-04-25T01:00:00+03:00"), "2025-04-25");
}

TEST(TimeZone, ADayWithTwoMidnightsStartsAtTheFirst) {
  // Havana's clocks went from 2 November 2025 01:00 back to 00:00.
  const TimeZone havana = zone("America/Havana");
  EXPECT_EQ(havana.start_of(day("2025-11-02")), instant("2025-11-02T00:00:00-04:00"));
  EXPECT_EQ(wall_day("America/Havana", "2025-11-02T00:00:00-05:00"), "2025-11-02");
}

TEST(TimeZone, ADayThatWasLeftOutStartsWithTheNext) {
  // Samoa went from 29 to 31 December 2011.
  const TimeZone apia = zone("Pacific/Apia");
  EXPECT_EQ(apia.start_of(day("2011-12-30")), apia.start_of(day("2011-12-31")));
}

TEST(TimeZone, EveryInstantOfADayIsOnThatDay) {
  for (const char* name : {"Europe/Warsaw", "Pacific/Auckland", "Pacific/Honolulu", "Africa/Cairo",
                           "America/Havana", "Asia/Kathmandu"}) {
    const TimeZone here = zone(name);
    for (std::chrono::sys_days d{day("2025-01-01")}; d < std::chrono::sys_days{day("2026-01-01")};
         d += std::chrono::days{1}) {
      const Instant start = here.start_of(Day{d});
      ASSERT_EQ(here.day_at(start), Day{d}) << name;
      ASSERT_EQ(here.day_at(start - std::chrono::milliseconds{1}), Day{d - std::chrono::days{1}})
          << name << " " << to_string(Day{d});
    }
  }
}

}  // namespace
}  // namespace splitproof::sim
