// report.html: that its data are what the verdict says, each text once; that it is one file which
// nothing leaves and in which nothing of the data acts. Its looks are tested in a browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "reports/digest.h"
#include "reports/html/assets.h"
#include "reports/html/data.h"
#include "reports/html/pack.h"
#include "reports/html/page.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"
#include "tests/reports/random_verdict.h"
#include "tests/support/paths.h"

namespace splitproof::reports {
namespace {

using harness::GridResult;
using harness::RowMark;
using harness::RunVerdict;
using harness::StepKind;
using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

harness::Timeline short_timeline() {
  harness::TimelineStep begin{.kind = StepKind::state, .label = "before: the tables are read"};
  begin.held = "what it held before, nothing more";
  begin.stage = 0;
  harness::TimelineStep save{.kind = StepKind::statement, .lane = 0, .label = "save campaigns"};
  save.statement = 2;
  save.sql = "INSERT INTO campaign_summaries VALUES ($1)";
  save.parameters = {"2025-08"};
  save.answer = "ok, 32 rows affected";
  save.held = "committed at once: save campaigns";
  harness::TimelineStep refused = save;
  refused.statement = 3;
  refused.retry = true;
  refused.fault = "the disk is full (SQLITE_FULL)";
  refused.answer = "error SQLITE_FULL: planned";
  refused.held = "";
  harness::TimelineStep wait{.kind = StepKind::wait, .lane = 1, .label = "read"};
  wait.waits_for = "client a";
  harness::TimelineStep told{.kind = StepKind::told, .lane = 0, .label = "is told: aborted"};
  told.told = "aborted";
  const harness::StageTable table{"campaign_summaries",
                                  {"month", "spend"},
                                  {{RowMark::split, {"2025-08", "NULL"}, {"2025-08", "1.00"}, {1}},
                                   {RowMark::missing, {"2025-09", "2.00"}},
                                   {RowMark::as_before, {"2025-07", "3.00"}}},
                                  4};
  return {{"day 1", "day 2"},
          {begin, save, refused, wait, told},
          {{"before", "what it held before, nothing more", {}},
           {"when the faults had stopped", "something that no clean run leaves", {table}}}};
}

harness::Grid small_grid() {
  harness::GridPart part;
  part.phase = "operation";
  part.rows = {{"a", 1, false, "save campaigns", "INSERT INTO t VALUES ($1)", "day 1"}};
  part.columns = {{"error:SQLITE_FULL", "once", "the disk is full (SQLITE_FULL)"},
                  {"drop", "from-there-on", "the connection breaks"}};
  part.cells = {{GridResult::violated,
                 3,
                 2,
                 {"told-equals-held"},
                 "a1=error:SQLITE_FULL",
                 "august-september-split.autocommit.sqlite.1"},
                {GridResult::cannot_occur}};
  return {{part}};
}

// With what no report.json has.
RunVerdict pictured_verdict() {
  RunVerdict run = literal_verdict();
  for (harness::CaseVerdict& verdict : run.cases) {
    if (verdict.findings.empty()) continue;
    verdict.findings.front().timeline = short_timeline();
    verdict.grid = small_grid();
    break;
  }
  return run;
}

harness::ReportComparison small_comparison() {
  harness::CaseComparison one;
  one.scenario = "august-september-split";
  one.variant = "autocommit";
  one.target = "sqlite";
  one.before = "pass";
  one.now = "fail";
  one.appeared = {{"august-september-split.autocommit.sqlite.1", "told-equals-held: split-month"}};
  one.mended = {{"august-september-split.autocommit.sqlite.2", "converges"}};
  one.vanished = {"'save campaigns' of operation 1 is not struck any more"};
  one.added = {"'save tracking' of operation 1 is struck"};
  return {"old", "new", {one}, 5};
}

std::string page_of(const RunVerdict& run, HtmlOptions options = {}) {
  std::ostringstream out;
  HtmlRenderer(std::move(options)).render(run, out);
  return out.str();
}

std::string unpacked(const std::string& letters) {
  std::string bytes;
  unsigned group = 0;
  int bits = 0;
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char letter : letters) {
    if (letter == '=') break;
    group = group << 6U | static_cast<unsigned>(alphabet.find(letter));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> static_cast<unsigned>(bits) & 255U);
  }
  std::string text(10'000'000, '\0');
  uLongf size = text.size();
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(text.data()), &size,
                       reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()),
            Z_OK);
  text.resize(size);
  return text;
}

// The data in the page, by their ids.
std::map<std::string, std::string> data_in(const std::string& page) {
  const std::regex pattern(R"rx(<script type="text/plain" id="([a-z0-9-]+)">([^<]*)</script>)rx");
  std::map<std::string, std::string> data;
  for (std::sregex_iterator found(page.begin(), page.end(), pattern), end; found != end; ++found) {
    data[(*found)[1]] = unpacked((*found)[2]);
  }
  return data;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t at = text.rfind(begin) + begin.size();
  return text.substr(at, text.find(end, at) - at);
}

TEST(HtmlData, NamesEachTextOnceInADocument) {
  const HtmlData data = html_data(pictured_verdict(), false);
  std::vector<std::string> documents{data.index};
  documents.insert(documents.end(), data.cases.begin(), data.cases.end());
  documents.insert(documents.end(), data.findings.begin(), data.findings.end());
  for (const std::string& document : documents) {
    const ordered_json strings = ordered_json::parse(document)["strings"];
    EXPECT_EQ(std::set<std::string>(strings.begin(), strings.end()).size(), strings.size());
  }
}

TEST(HtmlData, HasADetailForEachCaseAndFinding) {
  RunVerdict run;
  harness::CaseVerdict& verdict = run.cases.emplace_back();
  for (int i = 0; i < 1200; ++i) {
    verdict.findings.push_back(split_finding());
    verdict.findings.back().because = "because of " + std::to_string(i);
  }
  const HtmlData data = html_data(run, false);
  const ordered_json index = ordered_json::parse(data.index);
  ASSERT_EQ(data.findings.size(), index["finding_documents"].size());
  EXPECT_GT(data.findings.size(), 1U);
  int number = 0;
  for (std::size_t i = 0; i < data.findings.size(); ++i) {
    const ordered_json document = ordered_json::parse(data.findings[i]);
    EXPECT_EQ(document["details"].size(), index["finding_documents"][i]);
    for (const ordered_json& detail : document["details"]) {
      const std::string because = document["strings"][detail["because"].get<std::size_t>()];
      EXPECT_EQ(because, "because of " + std::to_string(number++));
    }
  }
  EXPECT_EQ(number, 1200);
}

TEST(HtmlData, IsJsonWhateverTheTextsAre) {
  RunVerdict run = passing_verdict();
  run.cases[0].reason = "\xff \xc0\x80 \xed\xa0\x80 \xf5 \x01 \" \\ \n 東京";
  const ordered_json index = ordered_json::parse(html_data(run, false).index);
  const std::string reason = index["strings"][index["cases"][0][8].get<std::size_t>()];
  EXPECT_EQ(reason, "\uFFFD \uFFFD\uFFFD \uFFFD\uFFFD\uFFFD \uFFFD \x01 \" \\ \n 東京");
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const HtmlData data = html_data(random_verdict(seed), seed % 2 == 0);
    EXPECT_TRUE(ordered_json::accept(data.index)) << "seed " << seed;
  }
}

TEST(HtmlPage, HoldsItsDataPacked) {
  const RunVerdict run = pictured_verdict();
  const std::map<std::string, std::string> held = data_in(page_of(run));
  const HtmlData data = html_data(run, false);
  ASSERT_EQ(held.size(), 1 + data.cases.size() + data.findings.size());
  EXPECT_EQ(held.at("index"), data.index);
  EXPECT_EQ(held.at("cases-0"), data.cases[0]);
  EXPECT_EQ(held.at("findings-0"), data.findings[0]);
}

TEST(HtmlData, IsTheApprovedOne) {
  HtmlOptions options;
  options.lacks = {"The page that the run wrote is not in the folder."};
  options.comparison = small_comparison();
  ordered_json data;
  for (const auto& [id, text] : data_in(page_of(pictured_verdict(), options))) {
    data[id] = ordered_json::parse(text);
  }
  EXPECT_TRUE(equals_golden(data.dump(1) + "\n", "report_html_data.json"));
}

TEST(HtmlPage, ThatIsDrawnAsTodayTakesAComparison) {
  const std::string page = page_of(pictured_verdict());
  HtmlOptions options;
  options.comparison = small_comparison();
  EXPECT_TRUE(is_drawn_as_today(page));
  EXPECT_EQ(with_comparison(page, small_comparison()), page_of(pictured_verdict(), options));
  EXPECT_FALSE(is_drawn_as_today(page.substr(0, page.size() - 1)));
  EXPECT_FALSE(is_drawn_as_today("<html></html>"));
}

TEST(HtmlPage, IsTheSameBytesEachTime) {
  EXPECT_EQ(page_of(pictured_verdict()), page_of(pictured_verdict()));
}

TEST(HtmlPage, LetsOnlyItsOwnScriptAndStyleAct) {
  const std::string page = page_of(pictured_verdict());
  const auto source = [](const std::string& text) {
    return "'sha256-" + base64(sha256_bytes_of(text)) + "'";
  };
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src " +
                              source(between(page, "<script>", "</script>")) + "; style-src " +
                              source(between(page, "<style>", "</style>")) + ";"));
}

TEST(HtmlPage, NamesNothingElsewhere) {
  const std::string page = page_of(pictured_verdict());
  for (const std::string outside : {"src=", "@import", "https://", "fetch(", " style="}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
}

TEST(HtmlPage, ShowsTextAndNeverMarkup) {
  RunVerdict run = pictured_verdict();
  run.version = "<script>alert('version')</script>";
  run.cases[0].scenario = "</script><img onerror=alert(1)>";
  run.cases[0].result = harness::CaseResult::fail;
  const std::string page = page_of(run);
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;version&#39;)&lt;/script&gt;"));
  EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;img onerror=alert(1)&gt;"));
}

TEST(HtmlPage, EscapesWhatHtmlHasAMeaningFor) {
  EXPECT_EQ(html_text("a<b>&\"'\n\xff"), "a&lt;b&gt;&amp;&quot;&#39;\\n\uFFFD");
}

TEST(Base64, IsThatOfTheRfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

// A file that nobody joined would be missing in the page, and only there.
TEST(HtmlAssets, HoldEachFileOfThePage) {
  const std::filesystem::path folder = tests::in_tree("reports/html/page");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const std::string text = read_tree_file("reports/html/page/" + name);
    const bool is_script = name.ends_with(".js");
    // A module's last lines import and export nothing.
    const std::string end = text.substr(text.size() - std::min<std::size_t>(text.size(), 40));
    EXPECT_NE((is_script ? page_script : page_style).find(end), std::string_view::npos) << name;
    ++files;
  }
  EXPECT_GT(files, 15);
}

}  // namespace
}  // namespace splitproof::reports
