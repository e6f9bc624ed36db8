// What is asked and how it ends, on conversations as real clients and servers have them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/wire/exchange.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string ended_by_zeros(const std::string& text) {
  std::string bytes = text;
  for (char& c : bytes) {
    if (c == '|') c = '\0';
  }
  return bytes;
}

class WireConversation : public testing::Test {
 protected:
  // What the client asks by a message: "1 simple: SELECT 1"; empty where it asks nothing.
  std::string client(char letter, const std::string& body = "") {
    const auto statement = exchange_.client(piece(letter, body));
    if (!statement) return "";
    return std::to_string(statement->number) + (statement->simple ? " simple: " : ": ") +
           statement->sql;
  }

  // What ends by a message of the server's: "1 done INSERT 0 1".
  std::vector<std::string> server(char letter, const std::string& body = "") {
    std::vector<std::string> texts;
    std::vector<WireAnswer> ended;
    exchange_.server(piece(letter, body), ended);
    for (const WireAnswer& answer : ended) {
      constexpr const char* ends[] = {"done", "suspended", "refused", "skipped"};
      std::string text =
          std::to_string(answer.statement) + " " + ends[static_cast<int>(answer.end)];
      for (const std::string& tag : answer.tags) text += " " + tag;
      if (answer.end == WireEnd::refused) text += " " + answer.error.code;
      texts.push_back(text);
    }
    return texts;
  }

  Exchange exchange_;

 private:
  Piece piece(char letter, const std::string& body) {
    bytes_ = letter + std::string(4, '\0') + ended_by_zeros(body);
    return {letter, bytes_, static_cast<std::uint32_t>(bytes_.size()), true, true};
  }

  std::string bytes_;
};

TEST_F(WireConversation, OfASimpleQueryEndsWhenTheServerIsReady) {
  EXPECT_THAT(server('Z', "I"), IsEmpty());
  EXPECT_EQ(client('Q', "SELECT 1|"), "1 simple: SELECT 1");
  EXPECT_FALSE(exchange_.is_quiet());
  EXPECT_THAT(server('T', "..."), IsEmpty());
  EXPECT_THAT(server('D', "..."), IsEmpty());
  EXPECT_THAT(server('C', "SELECT 1|"), IsEmpty());
  EXPECT_THAT(server('Z', "I"), ElementsAre("1 done SELECT 1"));
  EXPECT_TRUE(exchange_.is_quiet());
  EXPECT_EQ(exchange_.status(), 'I');
}

TEST_F(WireConversation, OfSeveralStatementsInOneQueryKeepsTheirTags) {
  client('Q', "BEGIN; INSERT INTO t VALUES (1); COMMIT|");
  server('C', "BEGIN|");
  server('C', "INSERT 0 1|");
  server('C', "COMMIT|");
  EXPECT_THAT(server('Z', "I"), ElementsAre("1 done BEGIN INSERT 0 1 COMMIT"));
}

TEST_F(WireConversation, OfAQueryThatIsRefusedTellsTheError) {
  client('Q', "INSERT INTO t VALUES (1)|");
  EXPECT_THAT(server('E', "SERROR|C23505|Mtwice||"), IsEmpty());
  EXPECT_THAT(server('Z', "E"), ElementsAre("1 refused 23505"));
  EXPECT_EQ(exchange_.status(), 'E');
}

TEST_F(WireConversation, OfAPreparedStatementKnowsItsTextEachTime) {
  EXPECT_EQ(client('P', "s1|UPDATE t SET a = $1||"), "");
  EXPECT_EQ(client('B', "|s1||||||||"), "");
  EXPECT_EQ(client('E', "|||||"), "1: UPDATE t SET a = $1");
  EXPECT_EQ(client('S'), "");
  EXPECT_THAT(server('1'), IsEmpty());
  EXPECT_THAT(server('2'), IsEmpty());
  EXPECT_THAT(server('C', "UPDATE 1|"), ElementsAre("1 done UPDATE 1"));
  EXPECT_THAT(server('Z', "I"), IsEmpty());
  EXPECT_TRUE(exchange_.is_quiet());
  client('B', "|s1||||||||");
  EXPECT_EQ(client('E', "|||||"), "2: UPDATE t SET a = $1");
}

TEST_F(WireConversation, OfAPipelineSkipsWhatIsBehindAnError) {
  client('P', "|INSERT INTO t VALUES ($1)||");
  for (int i = 0; i < 3; ++i) {
    client('B', "|||||||||");
    client('E', "|||||");
  }
  client('S');
  server('1');
  server('2');
  EXPECT_THAT(server('C', "INSERT 0 1|"), ElementsAre("1 done INSERT 0 1"));
  server('2');
  EXPECT_THAT(server('E', "SERROR|C23505|Mtwice||"), ElementsAre("2 refused 23505", "3 skipped"));
  EXPECT_THAT(server('Z', "I"), IsEmpty());
  EXPECT_TRUE(exchange_.is_quiet());
}

TEST_F(WireConversation, WithSeveralSyncsInFlightEndsOneAfterTheOther) {
  for (int i = 0; i < 2; ++i) {
    client('P', "|SELECT 1||");
    client('B', "|||||||||");
    client('D', "P|");
    client('E', "|||||");
    client('S');
  }
  server('1');
  server('2');
  EXPECT_THAT(server('E', "SERROR|C22012|Mzero||"), ElementsAre("1 skipped"));
  server('Z', "I");
  server('1');
  server('2');
  server('T', "...");
  EXPECT_THAT(server('C', "SELECT 1|"), ElementsAre("2 done SELECT 1"));
  server('Z', "I");
  EXPECT_TRUE(exchange_.is_quiet());
}

TEST_F(WireConversation, CountsWhatWasSentBehindAnErrorThatWasOnItsWay) {
  client('P', "|SELEKT 1||");
  EXPECT_THAT(server('E', "SERROR|C42601|Msyntax||"), IsEmpty());
  client('B', "|||||||||");
  client('E', "|||||");
  client('S');
  EXPECT_THAT(server('Z', "I"), ElementsAre("1 skipped"));
}

TEST_F(WireConversation, OfAPortalThatIsReadInPartsIsSuspended) {
  client('P', "|SELECT 1||");
  client('B', "p||||||||||");
  client('E', "p|||||");
  server('1');
  server('2');
  EXPECT_THAT(server('s'), ElementsAre("1 suspended"));
  EXPECT_EQ(client('E', "p|||||"), "2: SELECT 1");
  EXPECT_THAT(server('C', "SELECT 0|"), ElementsAre("2 done SELECT 0"));
}

TEST_F(WireConversation, OfACopyEndsWithItsTag) {
  EXPECT_EQ(client('Q', "COPY t FROM STDIN|"), "1 simple: COPY t FROM STDIN");
  EXPECT_THAT(server('G', "..."), IsEmpty());
  EXPECT_EQ(client('d', "1|"), "");
  EXPECT_EQ(client('c'), "");
  server('C', "COPY 1|");
  EXPECT_THAT(server('Z', "I"), ElementsAre("1 done COPY 1"));
}

TEST_F(WireConversation, KeepsTheLastWordsOfAServerThatEndsIt) {
  server('Z', "I");
  EXPECT_THAT(server('E', "SFATAL|C57P01|Mterminating||"), IsEmpty());
  ASSERT_TRUE(exchange_.last_words());
  EXPECT_EQ(exchange_.last_words()->code, "57P01");
}

TEST_F(WireConversation, TakesNoHarmFromAnswersThatNobodyAskedFor) {
  for (const char letter : std::string("123CDEGHIKNRSTVWZcdnst")) server(letter, "x|");
  EXPECT_TRUE(exchange_.is_quiet());
  EXPECT_FALSE(exchange_.status());
}

}  // namespace
}  // namespace splitproof::harness
