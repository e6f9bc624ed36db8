// A connection through the proxy without sockets: what is passed on, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/wire/link.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;

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
  WireVerdict before(int, const WireUnit& unit) override {
    std::string all;
    for (const WireStatement& statement : unit.statements) all += " " + statement.sql;
    return note("before" + all);
  }
  WireVerdict after(int, const WireUnitEnd& end) override {
    std::string all;
    for (const WireAnswer& answer : end.answers) {
      all += " " + std::to_string(answer.statement);
      for (const std::string& tag : answer.tags) all += " " + tag;
      if (answer.end == WireEnd::refused) all += " refused " + answer.error.code;
      if (answer.end == WireEnd::skipped) all += " skipped";
    }
    return note("after" + all);
  }
  WireVerdict opened(int connection, const FirstMessage& first) override {
    if (first.kind == FirstMessage::Kind::cancel) return note("cancel");
    return note("opened " + std::to_string(connection) + " " + first.parameters.at("user"));
  }
  void answered_us(int, const WireReply& reply) override {
    shown.push_back(reply.answer.end == WireEnd::done ? "our own done" : "our own refused");
  }
  void known_as(int, const BackendKey& key) override {
    shown.push_back("process " + std::to_string(key.process));
  }
  void left(int) override { shown.emplace_back("left"); }

  std::vector<std::string> shown;
  std::string cut_at;
  bool holds = false;

 private:
  WireVerdict note(std::string what) {
    shown.push_back(what);
    if (what == cut_at) return WireVerdict::cut;
    return holds ? WireVerdict::hold : WireVerdict::pass;
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
  EXPECT_THAT(notes_.shown, ElementsAre("cancel"));
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

TEST_F(WireLink, ShowsWhatIsSentAheadWhenTheLastUnitWasAnswered) {
  begin();
  notes_.cut_at = "before COMMIT";
  const std::string first = wire('Q', "BEGIN|");
  EXPECT_EQ(client(first + wire('Q', "COMMIT|") + wire('Q', "SELECT 1|")), first);
  EXPECT_FALSE(link_.is_cut());
  server(wire('C', "BEGIN|") + wire('Z', "T"));
  EXPECT_TRUE(link_.is_cut());
  EXPECT_THAT(notes_.shown, ElementsAre("before BEGIN", "after 1 BEGIN", "before COMMIT"));
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

// Two statements under one Sync.
std::string pipeline() {
  return wire('P', "|INSERT INTO t VALUES ($1)|||") + wire('B', "|||||||||") + wire('E', "|||||") +
         wire('B', "|||||||||") + wire('E', "|||||") + wire('S', "");
}

TEST_F(WireLink, ShowsWhatEndsByOneSyncAtOnce) {
  begin();
  const std::string asked = pipeline();
  EXPECT_EQ(client(asked.substr(0, asked.size() - 5)), "");
  EXPECT_EQ(client(asked.substr(asked.size() - 5)), asked);
  EXPECT_EQ(server(wire('1', "") + wire('2', "")), wire('1', "") + wire('2', ""));
  const std::string rest = wire('C', "INSERT 0 1|") + wire('2', "") + wire('C', "INSERT 0 1|");
  EXPECT_EQ(server(rest), "");
  EXPECT_EQ(server(wire('Z', "I")), rest + wire('Z', "I"));
  EXPECT_THAT(notes_.shown,
              ElementsAre("before INSERT INTO t VALUES ($1) INSERT INTO t VALUES ($1)",
                          "after 1 INSERT 0 1 2 INSERT 0 1"));
}

TEST_F(WireLink, HoldsAUnitAndItsAnswerUntilItIsTold) {
  begin();
  notes_.holds = true;
  EXPECT_EQ(client(wire('Q', "COMMIT|") + wire('X', "")), "");
  EXPECT_TRUE(link_.is_held());
  link_.send_on();
  EXPECT_EQ(std::exchange(link_.to_server(), ""), wire('Q', "COMMIT|"));
  EXPECT_FALSE(link_.is_held());
  EXPECT_EQ(server(wire('C', "COMMIT|") + wire('Z', "I")), "");
  EXPECT_TRUE(link_.is_held());
  link_.deliver();
  EXPECT_EQ(std::exchange(link_.to_client(), ""), wire('C', "COMMIT|") + wire('Z', "I"));
  EXPECT_EQ(std::exchange(link_.to_server(), ""), wire('X', ""));
}

TEST_F(WireLink, TearsAnAnswer) {
  begin();
  notes_.holds = true;
  client(wire('Q', "COMMIT|"));
  link_.send_on();
  const std::string answer = wire('C', "COMMIT|") + wire('Z', "I");
  server(answer);
  link_.deliver_half();
  EXPECT_EQ(link_.to_client(), answer.substr(0, 9));
  EXPECT_TRUE(link_.is_cut());
}

TEST_F(WireLink, SendsWhatPrecedesAStatementAndNeverTheRest) {
  begin();
  notes_.holds = true;
  const std::string asked = pipeline();
  client(asked);
  link_.send_first(1);
  const std::string sent = std::exchange(link_.to_server(), "");
  EXPECT_EQ(sent, asked.substr(0, asked.size() - 5 - wire('E', "|||||").size()) + wire('H', ""));
  server(wire('1', "") + wire('2', "") + wire('C', "INSERT 0 1|"));
  EXPECT_FALSE(link_.is_held());
  server(wire('2', ""));
  EXPECT_TRUE(link_.is_held());
  EXPECT_EQ(notes_.shown.back(), "after 1 INSERT 0 1");
}

TEST_F(WireLink, LetsTheServerFailInPlaceOfAStatement) {
  begin();
  notes_.holds = true;
  client(pipeline());
  link_.send_failing(1, "DO 'x'");
  const std::string sent = std::exchange(link_.to_server(), "");
  EXPECT_THAT(sent, testing::HasSubstr(std::string("splitproof_1\0DO 'x'\0", 20)));
  EXPECT_THAT(sent, testing::EndsWith(wire('E', "|||||") + wire('S', "")));
  const std::string before =
      wire('1', "") + wire('2', "") + wire('C', "INSERT 0 1|") + wire('2', "");
  std::string got = server(before);
  // What answers our own messages is not the client's.
  got += server(wire('1', "") + wire('2', ""));
  got += server(wire('E', "SERROR|C53100|Mfull||") + wire('Z', "I"));
  link_.deliver();
  got += link_.to_client();
  EXPECT_EQ(got, before + wire('E', "SERROR|C53100|Mfull||") + wire('Z', "I"));
  EXPECT_EQ(notes_.shown.back(), "after 1 INSERT 0 1 2 refused 53100");
}

TEST_F(WireLink, LetsTheServerFailInPlaceOfAQuery) {
  begin();
  notes_.holds = true;
  client(wire('Q', "INSERT|"));
  link_.send_failing(0, "DO 'x'");
  EXPECT_EQ(link_.to_server(), wire('Q', "DO 'x'|"));
}

TEST_F(WireLink, SendsTheRestOfALargeQueryThatWasHeld) {
  begin();
  notes_.holds = true;
  const std::string large = wire('Q', "SELECT '" + std::string(2'000'000, 'x') + "'|");
  for (std::size_t at = 0; at < large.size(); at += 64 * 1024) client(large.substr(at, 64 * 1024));
  EXPECT_TRUE(link_.is_held());
  link_.send_on();
  EXPECT_TRUE(link_.to_server() == large);
}

TEST_F(WireLink, AnswersNothingOfWhatIsBehindAnErrorBeforeTheSync) {
  begin();
  const std::string unit =
      wire('P', "|INSERT|||") + wire('B', "|||||||||") + wire('E', "|||||") + wire('H', "");
  client(unit + unit + wire('S', ""));
  server(wire('1', "") + wire('2', "") + wire('E', "SERROR|C23505|Mtwice||"));
  server(wire('Z', "I"));
  EXPECT_THAT(notes_.shown, ElementsAre("before INSERT", "after 1 refused 23505", "before INSERT",
                                        "after 2 skipped", "before", "after"));
}

TEST_F(WireLink, SendsNothingOfALargeQueryInWhosePlaceTheServerFails) {
  begin();
  notes_.holds = true;
  const std::string large = wire('Q', "SELECT '" + std::string(2'000'000, 'x') + "'|");
  const std::string next = wire('Q', "ROLLBACK|");
  EXPECT_EQ(client(large.substr(0, 1'500'000)), "");
  EXPECT_TRUE(link_.is_held());
  link_.send_failing(0, "DO 'x'");
  EXPECT_EQ(std::exchange(link_.to_server(), ""), wire('Q', "DO 'x'|"));
  EXPECT_EQ(client(large.substr(1'500'000) + next), "");
  server(wire('E', "SERROR|C53100|Mfull||") + wire('Z', "E"));
  link_.deliver();
  EXPECT_EQ(notes_.shown.back(), "before ROLLBACK");
}

TEST_F(WireLink, AsksWithoutTheClientsSeeingIt) {
  begin();
  notes_.holds = true;
  client(wire('Q', "INSERT|"));
  link_.ask("SET x = 1");
  // The client's unnamed statement stays.
  const std::string asked = std::exchange(link_.to_server(), "");
  EXPECT_THAT(asked, testing::HasSubstr(std::string("splitproof_1\0SET x = 1\0", 23)));
  EXPECT_THAT(asked, testing::EndsWith(wire('S', "")));
  EXPECT_EQ(server(wire('1', "") + wire('2', "") + wire('C', "SET|") + wire('Z', "T")), "");
  EXPECT_EQ(notes_.shown.back(), "our own done");
  EXPECT_TRUE(link_.is_held());
  link_.send_on();
  EXPECT_EQ(link_.to_server(), wire('Q', "INSERT|"));
}

TEST_F(WireLink, TellsThatTheClientHasLeftWhileItsAnswerIsHeld) {
  begin();
  notes_.holds = true;
  client(wire('Q', "COMMIT|"));
  link_.send_on();
  server(wire('C', "COMMIT|") + wire('Z', "I"));
  link_.client_ended();
  EXPECT_THAT(notes_.shown, ElementsAre("before COMMIT", "after 1 COMMIT", "left"));
  EXPECT_TRUE(link_.is_held()) << "whoever holds it says when it ends";
}

TEST_F(WireLink, RefusesASessionInTheServersWords) {
  notes_.holds = true;
  EXPECT_EQ(client(first_of(3U << 16U, "user|me||")), "");
  link_.refuse({"FATAL", "57P03", "the database system is starting up"});
  EXPECT_THAT(link_.to_client(), testing::HasSubstr("57P03"));
  EXPECT_TRUE(link_.is_cut());
}

TEST_F(WireLink, GoesOnToTheSyncBehindACopyOfTheExtendedProtocol) {
  begin();
  const std::string asked = wire('P', "|COPY t FROM STDIN|||") + wire('B', "|||||||||") +
                            wire('E', "|||||") + wire('S', "");
  EXPECT_EQ(client(asked), asked);
  server(wire('1', "") + wire('2', "") + wire('G', "|||"));
  const std::string data = wire('d', "1\n") + wire('c', "") + wire('S', "");
  EXPECT_EQ(client(data), data);
  server(wire('C', "COPY 1|"));
  EXPECT_EQ(notes_.shown.size(), 1U);
  server(wire('Z', "I"));
  EXPECT_EQ(notes_.shown.back(), "after 1 COPY 1");
  EXPECT_EQ(client(wire('Q', "SELECT 1|")), wire('Q', "SELECT 1|"));
}

TEST_F(WireLink, AsksForWhatIsBehindAFlushBeforeItsSync) {
  begin();
  const std::string asked =
      wire('P', "|INSERT|||") + wire('B', "|||||||||") + wire('E', "|||||") + wire('H', "");
  EXPECT_EQ(client(asked + wire('S', "")), asked);
  server(wire('1', "") + wire('2', ""));
  server(wire('C', "INSERT 0 1|"));
  EXPECT_EQ(std::exchange(link_.to_server(), ""), wire('S', ""));
  server(wire('Z', "I"));
  EXPECT_THAT(notes_.shown, ElementsAre("before INSERT", "after 1 INSERT 0 1", "before", "after"));
}

TEST_F(WireLink, PassesALargeParameterOnBeforeItsUnitIsWhole) {
  begin();
  const std::string large = "||" + std::string(3'000'000, 'x');
  const std::string asked = wire('P', "|SELECT $1|||") + wire('B', large) + wire('D', "P|") +
                            wire('E', "|||||") + wire('S', "");
  std::string sent;
  constexpr std::size_t part = 64 * 1024;
  for (std::size_t at = 0; at < asked.size(); at += part) sent += client(asked.substr(at, part));
  EXPECT_EQ(sent.size(), asked.size());
  EXPECT_TRUE(sent == asked);
  EXPECT_THAT(notes_.shown, ElementsAre("before SELECT $1"));
}

TEST_F(WireLink, IsCutWhereTheClientDoesNotSpeakTheProtocol) {
  EXPECT_EQ(client("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_TRUE(link_.is_cut());
  EXPECT_THAT(link_.failure(), testing::HasSubstr("the client begins with a message of"));
}

}  // namespace
}  // namespace splitproof::harness
