#include "sim/aggregator/csv.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/paths.h"

namespace splitproof::sim {
namespace {

const std::string header =
    "client_id,client_name,platform,date,campaigns_count,total_spend,total_impressions,"
    "total_clicks,total_conversions,click_to_call,email_contacts,booking_step_1,booking_step_2,"
    "booking_step_3,reservations,reservation_value,reach";
const std::string row =
    "c01,Amber Bay,meta,2025-07-15,11,76.69,5518,124,4,1,2,13,5,2,1,1728.83,2547";

Result<std::vector<DailyRow>, CsvError> read(const std::string& text) {
  std::istringstream in(text);
  return read_daily_csv(in, "daily.csv");
}

// The file as it is, with `from` in its one row replaced by `to`.
std::string with(const std::string& from, const std::string& to) {
  std::string changed = row;
  changed.replace(changed.find(from), from.size(), to);
  return header + "\n" + changed + "\n";
}

std::string refusal(const std::string& text) {
  const auto rows = read(text);
  return rows.ok() ? "(accepted)" : to_string(rows.error());
}

TEST(Csv, ReadsEveryColumn) {
  const auto rows = read(header + "\n" + row + "\n");
  ASSERT_TRUE(rows.ok()) << to_string(rows.error());
  ASSERT_EQ(rows.value().size(), 1u);
  const DailyRow& only = rows.value().front();
  EXPECT_EQ(only.client_id, "c01");
  EXPECT_EQ(only.client_name, "Amber Bay");
  EXPECT_EQ(only.platform, "meta");
  EXPECT_EQ(to_string(only.date), "2025-07-15");
  EXPECT_EQ(only.campaigns_count, 11);
  EXPECT_EQ(only.total_spend, Money{7669});
  EXPECT_EQ(only.total_impressions, 5518);
  EXPECT_EQ(only.total_clicks, 124);
  EXPECT_EQ(only.total_conversions, 4);
  EXPECT_EQ(only.click_to_call, 1);
  EXPECT_EQ(only.email_contacts, 2);
  EXPECT_EQ(only.booking_step_1, 13);
  EXPECT_EQ(only.booking_step_2, 5);
  EXPECT_EQ(only.booking_step_3, 2);
  EXPECT_EQ(only.reservations, 1);
  EXPECT_EQ(only.reservation_value, Money{172883});
  EXPECT_EQ(only.reach, 2547);
}

TEST(Csv, ReadsTheRealFile) {
  std::ifstream in(tests::in_tree("scenarios/data/daily_kpi_2025.csv"));
  const auto rows = read_daily_csv(in, "daily_kpi_2025.csv");
  ASSERT_TRUE(rows.ok()) << to_string(rows.error());
  EXPECT_EQ(rows.value().size(), 2533u);
}

TEST(Csv, AcceptsCrlfAByteOrderMarkAndNoLastLineEnd) {
  for (const std::string& text :
       {header + "\r\n" + row + "\r\n", "\xEF\xBB\xBF" + header + "\n" + row,
        header + "\n" + row + "\n\n\n", header + "\r\n" + row + "\r\n\r\n"}) {
    const auto rows = read(text);
    ASSERT_TRUE(rows.ok()) << to_string(rows.error());
    EXPECT_EQ(rows.value().size(), 1u);
  }
}

TEST(Csv, AcceptsAHeaderWithoutRows) {
  const auto rows = read(header);
  ASSERT_TRUE(rows.ok());
  EXPECT_TRUE(rows.value().empty());
}

TEST(Csv, TakesColumnsInAnyOrder) {
  std::string shuffled = header;
  shuffled.replace(shuffled.find("client_id,client_name"), 21, "client_name,client_id");
  const auto rows = read(shuffled + "\nAmber Bay,c01" + row.substr(13));
  ASSERT_TRUE(rows.ok()) << to_string(rows.error());
  EXPECT_EQ(rows.value().front().client_id, "c01");
  EXPECT_EQ(rows.value().front().client_name, "Amber Bay");
}

TEST(Csv, ReadsQuotedCommasQuotesAndLineEnds) {
  const auto rows = read(with("Amber Bay", "\"Amber \"\"Bay\"\", the\r\nold one\""));
  ASSERT_TRUE(rows.ok()) << to_string(rows.error());
  EXPECT_EQ(rows.value().front().client_name, "Amber \"Bay\", the\r\nold one");
}

TEST(Csv, ReadsVeryLongLines) {
  const std::string name(5'000'000, 'x');
  const auto rows = read(with("Amber Bay", name));
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows.value().front().client_name.size(), name.size());
}

TEST(Csv, RefusesABadNumberAndSaysWhere) {
  EXPECT_EQ(refusal(with("5518", "55l8")),
            "daily.csv:2:40: total_impressions: found '55l8'; expected a whole number from 0 to "
            "1000000000000");
  EXPECT_EQ(refusal(with("76.69", "76.699")),
            "daily.csv:2:34: total_spend: found '76.699'; expected an amount with at most two "
            "decimals from 0.00 to 10000000000.00");
  for (const char* number :
       {"-1", "+1", "1.0", "", " 1", "1e3", "1000000000001", "99999999999999999999999"}) {
    EXPECT_NE(refusal(with("5518", number)).find("expected a whole number"), std::string::npos)
        << number;
  }
  EXPECT_NE(refusal(with("76.69", "-0.01")).find("found '-0.01'"), std::string::npos);
}

TEST(Csv, CountsColumnsInCharactersNotBytes) {
  EXPECT_EQ(refusal(with("Amber Bay,meta", "Łódź Bäy ,met")).substr(0, 15), "daily.csv:2:15:");
}

TEST(Csv, CountsLinesInsideQuotedFields) {
  EXPECT_EQ(refusal(header + "\nc02,\"a\nb\n\"" + row.substr(13) + "\n" + "c03,x,meta,bad,1\n")
                .substr(0, 14),
            "daily.csv:5:1:");
}

TEST(Csv, RefusesBadTextAndDates) {
  EXPECT_EQ(refusal(with("meta", "bing")),
            "daily.csv:2:15: platform: found 'bing'; expected 'google' or 'meta'");
  EXPECT_EQ(refusal(with("2025-07-15", "2025-02-29")),
            "daily.csv:2:20: date: '2025-02-29' is not a day of the calendar; expected one that "
            "exists");
  EXPECT_EQ(refusal(with("c01", "")), "daily.csv:2:1: client_id: found nothing; expected text");
}

TEST(Csv, RefusesTextThatIsNotUtf8) {
  for (const char* bytes : {"\xE9", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                            "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\x80"}) {
    EXPECT_NE(refusal(with("Amber Bay", bytes)).find("not UTF-8"), std::string::npos);
  }
  std::string nul = with("Amber", "Am#er");
  nul[nul.find('#')] = '\0';
  EXPECT_EQ(refusal(nul), "daily.csv:2:5: found a NUL character; expected text");
  EXPECT_TRUE(read(with("Amber Bay", "Ł€😀")).ok());
}

TEST(Csv, RefusesAHeaderThatDoesNotFit) {
  EXPECT_EQ(refusal(""), "daily.csv:1:1: the file is empty; expected a header line");
  EXPECT_EQ(refusal(header.substr(0, header.find(",reach")) + "\n"),
            "daily.csv:1:1: missing in the header: 'reach'; expected all 17 columns");
  EXPECT_EQ(refusal(header + ",reach\n"),
            "daily.csv:1:225: found the column 'reach' twice; expected it once");
  std::string renamed = header;
  renamed.replace(renamed.find("reach"), 5, "range");
  EXPECT_EQ(refusal(renamed),
            "daily.csv:1:219: found the unknown column 'range'; expected 'reach'");
}

TEST(Csv, RefusesRowsOfAnotherLength) {
  EXPECT_EQ(refusal(header + "\nc01,Amber Bay\n"),
            "daily.csv:2:1: found 2 fields; expected 17 as in the header");
  EXPECT_EQ(refusal(header + "\n" + row + ",7\n"),
            "daily.csv:2:77: found 18 fields; expected 17 as in the header");
  EXPECT_EQ(refusal(header + "\n\n" + row + "\n"),
            "daily.csv:2:1: found a blank line; expected one only at the end");
}

TEST(Csv, RefusesTheSameKeyTwiceAndNamesBothLines) {
  EXPECT_EQ(refusal(header + "\n" + row + "\nc02" + row.substr(3) + "\n" + row + "\n"),
            "daily.csv:4:1: found client 'c01', platform 'meta', day 2025-07-15 again; it is "
            "already on line 2");
}

TEST(Csv, RefusesBrokenQuotes) {
  EXPECT_EQ(refusal(with("Amber Bay", "\"Amber Bay")),
            "daily.csv:2:5: found the end of the file inside a quoted field that begins here; "
            "expected a closing quote");
  EXPECT_EQ(refusal(with("Amber Bay", "\"Amber\" Bay")),
            "daily.csv:2:12: found text after a closing quote; expected a comma or the end of the "
            "line");
  EXPECT_NE(refusal(with("Amber Bay", "Amber \"Bay\"")).find("daily.csv:2:11: found a quote"),
            std::string::npos);
  EXPECT_NE(refusal(header + "\r" + row).find("carriage return"), std::string::npos);
  EXPECT_NE(refusal(header + "\n\r" + row).find("carriage return"), std::string::npos);
}

TEST(Csv, RefusesAStreamThatCannotBeRead) {
  std::ifstream folder(tests::in_tree("scenarios"));
  const auto rows = read_daily_csv(folder, "scenarios");
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(to_string(rows.error()), "scenarios:1:1: the file cannot be read to its end");
}

}  // namespace
}  // namespace splitproof::sim
