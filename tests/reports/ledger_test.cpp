// What ledger.jsonl says of transactions, and of runs that have none.
#include "reports/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/ledger_reader.h"

namespace splitproof::reports {
namespace {

using harness::LedgerEntry;
using testing::HasSubstr;
using testing::Not;

LedgerEntry with_transactions() {
  LedgerEntry entry;
  entry.scenario = "orders";
  entry.transactions = {
      {1, false, 2, {"BEGIN", "save", "COMMIT"}, "indeterminate", "committed", "pg_xact_status(7)"},
      {2, true, 1, {}, "aborted", "unknown", ""}};
  return entry;
}

std::string complaint(const std::string& from, const std::string& to) {
  std::string text = render_ledger({with_transactions()});
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  const auto read = parse_ledger(text);
  const auto* error = std::get_if<ReportError>(&read);
  return error == nullptr ? "accepted" : to_string(*error);
}

TEST(Ledger, ReadsTransactionsBack) {
  const std::vector<LedgerEntry> entries{with_transactions(), LedgerEntry{}, with_transactions()};
  const auto read = parse_ledger(render_ledger(entries));
  ASSERT_TRUE(std::holds_alternative<std::vector<LedgerEntry>>(read))
      << to_string(std::get<ReportError>(read));
  EXPECT_EQ(std::get<std::vector<LedgerEntry>>(read), entries);
}

TEST(Ledger, ReadsTheImagesOfAMomentBack) {
  LedgerEntry entry;
  entry.purpose = "images";
  entry.plan = "disk7=power";
  entry.images = {{"c96a", 12, "disk7=power:keep=0"}, {"damaged", 1, "disk7=power:keep=1"}};
  const std::string text = render_ledger({entry, LedgerEntry{}});
  EXPECT_THAT(text, HasSubstr(R"("images":[{"held":"c96a","images":12,"plan":)"));
  const auto read = parse_ledger(text);
  ASSERT_TRUE(std::holds_alternative<std::vector<LedgerEntry>>(read))
      << to_string(std::get<ReportError>(read));
  EXPECT_EQ(std::get<std::vector<LedgerEntry>>(read), (std::vector{entry, LedgerEntry{}}));
}

LedgerEntry with_everything() {
  LedgerEntry entry = with_transactions();
  entry.bench = 1;
  entry.interleaved = entry.failed_commit = true;
  entry.answers = {"ab", ""};
  entry.struck = {{"error:53100", "a", 2, "save"}};
  entry.retry_told = {"aborted"};
  entry.retry_held = "c96a";
  entry.left_open = {"a transaction"};
  entry.sights = {{"fresh", "c96a"}};
  entry.breaches = {{"never-negative", false, true}};
  entry.damaged = "a page is torn";
  entry.dependencies = {"G2-item", true};
  return entry;
}

TEST(Ledger, ReadsBackWhatTheOraclesGoBy) {
  const auto read = parse_ledger(render_ledger({with_everything(), LedgerEntry{}}));
  ASSERT_TRUE(std::holds_alternative<std::vector<LedgerEntry>>(read))
      << to_string(std::get<ReportError>(read));
  EXPECT_EQ(std::get<std::vector<LedgerEntry>>(read),
            (std::vector{with_everything(), LedgerEntry{}}));
}

TEST(Ledger, NamesTheLineThatDoesNotFitItsChain) {
  const std::vector<LedgerEntry> entries{with_everything(), with_transactions(), LedgerEntry{}};
  const std::string text = render_ledger(entries);
  EXPECT_THAT(broken_links(text), testing::IsEmpty());
  std::string changed = text;
  changed.replace(changed.rfind("indeterminate"), 13, "committed");
  EXPECT_THAT(broken_links(changed), testing::ElementsAre(HasSubstr("line 2 does not fit")));
  const std::size_t second = text.find('\n') + 1;
  const std::size_t third = text.find('\n', second) + 1;
  EXPECT_THAT(broken_links(text.substr(0, second) + text.substr(third)),
              testing::ElementsAre(HasSubstr("line 2 does not fit")));
  const std::string moved = text.substr(second, third - second) + text.substr(0, second);
  EXPECT_THAT(broken_links(moved), testing::SizeIs(2));
  EXPECT_THAT(broken_links("{}\n"), testing::ElementsAre("line 1 has no link of the chain"));
}

TEST(Ledger, HasTransactionsOnlyWhereThereAreSome) {
  EXPECT_THAT(render_ledger({LedgerEntry{}}), Not(HasSubstr("transactions")));
  EXPECT_THAT(render_ledger({with_transactions()}),
              HasSubstr("\"transactions\":[{\"operation\":1,\"retry\":false,\"connection\":2,"
                        "\"statements\":[\"BEGIN\",\"save\",\"COMMIT\"],\"told\":"
                        "\"indeterminate\",\"held\":\"committed\",\"known_by\":"
                        "\"pg_xact_status(7)\"},"));
}

TEST(Ledger, RefusesATransactionThatCannotBeUsedAtItsPlace) {
  EXPECT_EQ(complaint("[{\"operation\"", "[7,{\"operation\""),
            "line 1/transactions/0: found no JSON object, expected one in each place of the list");
  EXPECT_EQ(complaint("\"retry\":true", "\"retry\":1"),
            "line 1/transactions/1/retry: found number, expected true or false");
  EXPECT_EQ(complaint("\"connection\":2", "\"connection\":true"),
            "line 1/transactions/0/connection: found boolean, expected a whole number");
  EXPECT_EQ(complaint("\"known_by\"", "\"known_of\""),
            "line 1/transactions/0/known_by: found nothing, expected this key");
}

}  // namespace
}  // namespace splitproof::reports
