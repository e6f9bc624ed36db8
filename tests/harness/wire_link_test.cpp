// A connection through the proxy without sockets: what is passed on, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/wire/link.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string four_bytes(std::uint32_t number) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
  }
  return text;
}

// '|' stands for a zero.
std::string wire(char letter, std::string body) {
  for (char& c : body) {
    if (c == '|') c = '\0';
  }
  return letter + four_bytes(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

std::string first_of(std::uint32_t code, std::string rest = "") {
  for (char& c : rest) {
    if (c == '|') c = '\0';
  }
  return four_bytes(static_cast<std::uint32_t>(rest.size() + 8)) + four_bytes(code) + rest;
}

// Writes down what it is shown, and cuts where it is told to.
class Notes final : public WireRule {
 public:
  WireVerdict before(int, const WireStatement& statement) override {
    return note("before " + statement.sql);
  }
  WireVerdict after(int, const WireAnswer& answer) override {
    std::string tags;
    for (const std::string& tag : answer.tags) tags += " " + tag;
    return note("after " + std::to_string(answer.statement) + tags + answer.error.code);
  }
  void opened(int connection, const FirstMessage& first) override {
    shown.push_back("opened " + std::to_string(connection) + " " + first.parameters.at("user"));
  }
  void known_as(int, const BackendKey& key) override {
    shown.push_back("process " + std::to_string(key.process));
  }

  std::vector<std::string> shown;
  std::string cut_at;

 private:
  WireVerdict note(std::string what) {
    shown.push_back(what);
    return what == cut_at ? WireVerdict::cut : WireVerdict::pass;
  }
};

class WireLink : public testing::Test {
 protected:
  // What goes on to the other side because of these bytes.
  std::string client(const std::string& bytes) {
    link_.from_client(bytes);
    return std::exchange(link_.to_server(), "");
  }
  std::string server(const std::string& bytes) {
    link_.from_server(bytes);
    return std::exchange(link_.to_client(), "");
  }
  void begin() {
    client(first_of(3U << 16U, "user|me||"));
    server(wire('R', "||||") + wire('K', std::string("||||||||")) + wire('Z', "I"));
    notes_.shown.clear();
  }

  Notes notes_;
  Link link_{7, notes_};
};

TEST_F(WireLink, RefusesEncryptionItselfAndPassesTheSessionOn) {
  EXPECT_EQ(client(first_of(80877103)), "");
  EXPECT_EQ(std::exchange(link_.to_client(), ""), "N");
  const std::string session = first_of(3U << 16U, "user|me||");
  EXPECT_EQ(client(session), session);
  const std::string greeting =
      wire('R', "||||") + "K" + four_bytes(12) + four_bytes(5) + four_bytes(6) + wire('Z', "I");
  EXPECT_EQ(server(greeting), greeting);
  EXPECT_THAT(notes_.shown, ElementsAre("opened 7 me", "process 5"));
}

TEST_F(WireLink, PassesACancellationOn) {
  const std::string cancel = four_bytes(16) + four_bytes(80877102) + four_bytes(5) + four_bytes(6);
  EXPECT_EQ(client(cancel), cancel);
  EXPECT_THAT(notes_.shown, IsEmpty());
}

TEST_F(WireLink, KeepsAnAnswerBackUntilItIsWhole) {
  begin();
  const std::string query = wire('Q', "COMMIT|");
  EXPECT_EQ(client(query), query);
  const std::string tag = wire('C', "COMMIT|");
  EXPECT_EQ(server(tag), "");
  EXPECT_EQ(server(wire('Z', "I")), tag + wire('Z', "I"));
  EXPECT_THAT(notes_.shown, ElementsAre("before COMMIT", "after 1 COMMIT"));
}

TEST_F(WireLink, IsCutBeforeAStatementThatTheServerThenNeverSees) {
  begin();
  notes_.cut_at = "before COMMIT";
  EXPECT_EQ(client(wire('Q', "COMMIT|")), "");
  EXPECT_TRUE(link_.is_cut());
  EXPECT_EQ(link_.failure(), "");
}

TEST_F(WireLink, IsCutAfterAStatementOfWhichTheClientThenHearsNothing) {
  begin();
  notes_.cut_at = "after 1 COMMIT";
  client(wire('Q', "COMMIT|"));
  EXPECT_EQ(server(wire('N', "Sx||") + wire('C', "COMMIT|") + wire('Z', "I")), wire('N', "Sx||"));
  EXPECT_TRUE(link_.is_cut());
  EXPECT_EQ(server(wire('Z', "I")), "");
}

TEST_F(WireLink, LetsWhatWasSentBeforeTheCutReachTheServer) {
  begin();
  notes_.cut_at = "before COMMIT";
  const std::string first = wire('Q', "BEGIN|");
  EXPECT_EQ(client(first + wire('Q', "COMMIT|") + wire('Q', "SELECT 1|")), first);
  EXPECT_TRUE(link_.is_cut());
}

TEST_F(WireLink, NeverKeepsBackWhatACopyNeeds) {
  begin();
  client(wire('Q', "COPY t FROM STDIN|"));
  EXPECT_EQ(server(wire('G', "|||")), wire('G', "|||"));
  EXPECT_EQ(client(wire('d', "1\n") + wire('c', "")), wire('d', "1\n") + wire('c', ""));
  EXPECT_EQ(server(wire('C', "COPY 1|")), "");
  EXPECT_EQ(server(wire('Z', "I")), wire('C', "COPY 1|") + wire('Z', "I"));
}

TEST_F(WireLink, KeepsTheOrderOfWhatComesBesides) {
  begin();
  client(wire('Q', "SELECT 1|"));
  EXPECT_EQ(server(wire('T', "x") + wire('S', "a|b|") + wire('D', "y")), "");
  EXPECT_EQ(server(wire('C', "SELECT 1|") + wire('Z', "I")),
            wire('T', "x") + wire('S', "a|b|") + wire('D', "y") + wire('C', "SELECT 1|") +
                wire('Z', "I"));
}

TEST_F(WireLink, PassesALargeAnswerOnWhileItComes) {
  begin();
  client(wire('Q', "SELECT 1|"));
  std::string sent;
  std::string got;
  for (int i = 0; i < 40; ++i) {
    const std::string row = wire('D', std::string(10'000, 'r'));
    sent += row;
    got += server(row);
  }
  EXPECT_LE(sent.size() - got.size(), Link::kept_back_max);
  const std::string end = wire('C', "SELECT 40|") + wire('Z', "I");
  got += server(end);
  EXPECT_TRUE(got == sent + end);
}

TEST_F(WireLink, PassesTheLastWordsOnWhereTheServerEndsInAStatement) {
  begin();
  client(wire('Q', "SELECT 1|"));
  const std::string words = wire('E', "SFATAL|C57P01|Mterminating connection||");
  EXPECT_EQ(server(words), "");
  link_.server_ended();
  EXPECT_EQ(link_.to_client(), words);
}

TEST_F(WireLink, SaysNothingMoreWhereTheServerEndsBehindACut) {
  begin();
  notes_.cut_at = "after 1 COMMIT";
  client(wire('Q', "COMMIT|"));
  server(wire('C', "COMMIT|") + wire('Z', "I"));
  link_.server_ended();
  EXPECT_EQ(link_.to_client(), "");
}

TEST_F(WireLink, ShowsEachStatementOfAPipeline) {
  begin();
  client(wire('P', "|INSERT INTO t VALUES ($1)|||") + wire('B', "|||||||||") + wire('E', "|||||") +
         wire('B', "|||||||||") + wire('E', "|||||") + wire('S', ""));
  EXPECT_EQ(server(wire('1', "") + wire('2', "")), wire('1', "") + wire('2', ""));
  notes_.cut_at = "after 2 INSERT 0 1";
  const std::string first = wire('C', "INSERT 0 1|");
  EXPECT_EQ(server(first + wire('2', "") + wire('C', "INSERT 0 1|")), first + wire('2', ""));
  EXPECT_THAT(notes_.shown,
              ElementsAre("before INSERT INTO t VALUES ($1)", "before INSERT INTO t VALUES ($1)",
                          "after 1 INSERT 0 1", "after 2 INSERT 0 1"));
}

TEST_F(WireLink, IsCutWhereTheClientDoesNotSpeakTheProtocol) {
  EXPECT_EQ(client("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_TRUE(link_.is_cut());
  EXPECT_THAT(link_.failure(), testing::HasSubstr("the client begins with a message of"));
}

}  // namespace
}  // namespace splitproof::harness
