// Messages of the protocol cut out of streams of bytes, however those arrive; and what they say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "harness/wire/fields.h"
#include "harness/wire/message.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string bytes_of(std::uint32_t number) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
  }
  return text;
}

std::string message(char letter, const std::string& body) {
  return letter + bytes_of(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

std::string first_message(std::uint32_t code, const std::string& rest = "") {
  return bytes_of(static_cast<std::uint32_t>(rest.size() + 8)) + bytes_of(code) + rest;
}

std::string zeros(std::string text) {
  for (char& c : text) {
    if (c == '|') c = '\0';
  }
  return text;
}

// What a whole stream is cut into, each piece as its letter and length.
std::vector<std::pair<char, std::size_t>> pieces_of(MessageCutter& cutter) {
  std::vector<std::pair<char, std::size_t>> pieces;
  while (const std::optional<Piece> piece = cutter.next()) {
    pieces.emplace_back(piece->letter, piece->bytes.size());
  }
  return pieces;
}

TEST(MessageCutter, CutsAfterTheLastByteOfAMessageAndNotBefore) {
  MessageCutter cutter(WireSide::server);
  const std::string query = message('T', "abc");
  cutter.feed(std::string_view(query).substr(0, 3));
  EXPECT_FALSE(cutter.next());
  cutter.feed(std::string_view(query).substr(3, 4));
  EXPECT_FALSE(cutter.next());
  EXPECT_EQ(cutter.held_back(), 7U);
  cutter.feed(std::string_view(query).substr(7));
  const std::optional<Piece> piece = cutter.next();
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->bytes, query);
  EXPECT_EQ(piece->body(), "abc");
  EXPECT_TRUE(piece->begins && piece->ends);
  EXPECT_EQ(cutter.held_back(), 0U);
}

TEST(MessageCutter, TakesAClientsFirstMessagesWithoutALetter) {
  MessageCutter cutter(WireSide::client);
  cutter.feed(first_message(80877103));
  const std::optional<Piece> ssl = cutter.next();
  ASSERT_TRUE(ssl);
  EXPECT_EQ(read_first(ssl->body())->kind, FirstMessage::Kind::ssl);
  cutter.feed(first_message(3U << 16U, zeros("user|me|database|shop||")));
  const std::optional<Piece> session = cutter.next();
  ASSERT_TRUE(session);
  EXPECT_EQ(session->letter, no_letter);
  EXPECT_THAT(read_first(session->body())->parameters,
              ElementsAre(Pair("database", "shop"), Pair("user", "me")));
  cutter.letters_begin();
  cutter.feed(message('Q', zeros("SELECT 1|")));
  EXPECT_EQ(cutter.next()->letter, 'Q');
}

TEST(MessageCutter, PassesALargeMessageOnAsItComes) {
  MessageCutter cutter(WireSide::server);
  const std::string large = message('D', std::string(200'000, 'x'));
  cutter.feed(std::string_view(large).substr(0, 70'000));
  EXPECT_THAT(pieces_of(cutter), ElementsAre(Pair('D', 70'000U)));
  EXPECT_EQ(cutter.held_back(), 0U);
  cutter.feed(large.substr(70'000) + message('Z', "I"));
  EXPECT_THAT(pieces_of(cutter), ElementsAre(Pair('D', 130'005U), Pair('Z', 6U)));
}

RC_GTEST_PROP(MessageCutter, GivesOutWhatWentInHoweverItArrives, ()) {
  const auto letters = *rc::gen::container<std::vector<char>>(rc::gen::element('D', 'C', 'Z', 'd'));
  std::string stream;
  std::size_t messages = 0;
  for (const char letter : letters) {
    const auto size =
        *rc::gen::weightedOneOf<std::size_t>({{9, rc::gen::inRange<std::size_t>(0, 40)},
                                              {1, rc::gen::inRange<std::size_t>(65'000, 140'000)}});
    stream += message(letter, std::string(size, letter));
    ++messages;
  }
  MessageCutter cutter(WireSide::server);
  std::string out;
  std::size_t ended = 0;
  for (std::size_t at = 0; at < stream.size();) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 50'000);
    cutter.feed(std::string_view(stream).substr(at, size));
    at += size;
    while (const std::optional<Piece> piece = cutter.next()) {
      out += piece->bytes;
      ended += piece->ends ? 1U : 0U;
    }
    RC_ASSERT(cutter.held_back() <= MessageCutter::whole_max);
  }
  RC_ASSERT(cutter.failure().empty());
  RC_ASSERT(out == stream);
  RC_ASSERT(ended == messages);
}

RC_GTEST_PROP(MessageCutter, BearsAnything, ()) {
  MessageCutter cutter(*rc::gen::element(WireSide::client, WireSide::server));
  if (*rc::gen::arbitrary<bool>()) cutter.letters_begin();
  for (int i = 0; i < 4; ++i) {
    cutter.feed(*rc::gen::arbitrary<std::string>());
    while (const std::optional<Piece> piece = cutter.next()) RC_ASSERT(!piece->bytes.empty());
  }
}

std::string failure_of(WireSide side, const std::string& bytes) {
  MessageCutter cutter(side);
  cutter.feed(bytes);
  EXPECT_FALSE(cutter.next());
  EXPECT_FALSE(cutter.next());
  return cutter.failure();
}

TEST(MessageCutter, SaysWhatCannotBeCut) {
  EXPECT_EQ(failure_of(WireSide::client, bytes_of(7) + "abcd"),
            "the client begins with a message of 7 bytes; expected 8 to 10000");
  EXPECT_THAT(failure_of(WireSide::client, "GET / HTTP/1.1"), HasSubstr("expected 8 to 10000"));
  EXPECT_EQ(failure_of(WireSide::server, "Q" + bytes_of(4)),
            "the server sent 'Q' where a message begins; expected one of "
            "123ACDEGHIKNRSTVWZcdnstv");
  EXPECT_THAT(failure_of(WireSide::server, "\x01" + bytes_of(4)), HasSubstr("the byte 0x01"));
  EXPECT_EQ(failure_of(WireSide::server, "Z" + bytes_of(3)),
            "the server sent a message 'Z' of 3 bytes; expected 4 to 1073741823");
  EXPECT_THAT(failure_of(WireSide::server, "D" + bytes_of(0xffff'ffff)),
              HasSubstr("of 4294967295 bytes"));
}

TEST(WireFields, SayWhatAClientWants) {
  EXPECT_EQ(read_query(zeros("SELECT 'a'|"))->sql, "SELECT 'a'");
  EXPECT_EQ(read_bind(zeros("p|s1|||||||"))->portal, "p");
  EXPECT_EQ(read_close(zeros("Ss1|"))->name, "s1");
  const std::optional<FirstMessage> cancel =
      read_first(bytes_of(80877102) + bytes_of(17) + bytes_of(0xdead'beef));
  ASSERT_TRUE(cancel);
  EXPECT_EQ(cancel->kind, FirstMessage::Kind::cancel);
  EXPECT_EQ(cancel->process, 17U);
  EXPECT_EQ(cancel->secret, 0xdead'beefU);
  EXPECT_EQ(read_first(bytes_of(80877104))->kind, FirstMessage::Kind::gss);
  EXPECT_EQ(read_first(bytes_of((3U << 16U) + 2) + zeros("user|me||"))->kind,
            FirstMessage::Kind::session);
  EXPECT_EQ(read_first(bytes_of(2U << 16U) + "anything")->kind, FirstMessage::Kind::other);
}

TEST(WireFields, SayWhatAServerAnswers) {
  EXPECT_EQ(*read_tag(zeros("INSERT 0 1|")), "INSERT 0 1");
  EXPECT_EQ(*read_status("E"), 'E');
  EXPECT_EQ(read_backend_key(bytes_of(5) + bytes_of(6))->secret, 6U);
  const std::optional<ServerWords> words =
      read_server_words(zeros("SFEHLER|VERROR|C23505|Mdoppelt|Fnbtinsert.c||"));
  ASSERT_TRUE(words);
  EXPECT_EQ(words->severity, "ERROR");
  EXPECT_EQ(words->code, "23505");
  EXPECT_EQ(words->message, "doppelt");
}

TEST(WireFields, SayNothingOfWhatIsCutShortOrTooLong) {
  EXPECT_FALSE(read_query("SELECT 1"));
  EXPECT_FALSE(read_query(zeros("SELECT 1|more")));
  EXPECT_FALSE(read_bind(zeros("p|s")));
  EXPECT_FALSE(read_close(zeros("Xs1|")));
  EXPECT_FALSE(read_first("ab"));
  EXPECT_FALSE(read_first(bytes_of(3U << 16U) + zeros("user|me|")));
  EXPECT_FALSE(read_backend_key(bytes_of(5)));
  EXPECT_FALSE(read_server_words(zeros("C23505|")));
  EXPECT_FALSE(read_tag("COMMIT"));
  EXPECT_FALSE(read_status("X"));
  EXPECT_FALSE(read_status("II"));
}

TEST(WireFields, AreWrittenAsTheyAreRead) {
  MessageCutter from_server(WireSide::server);
  from_server.feed(write_error({"FATAL", "57P01", "terminating connection"}));
  const std::optional<Piece> error = from_server.next();
  ASSERT_TRUE(error);
  EXPECT_EQ(read_server_words(error->body())->code, "57P01");
  MessageCutter from_client(WireSide::client);
  from_client.feed(write_cancel({7, 8}));
  EXPECT_EQ(read_first(from_client.next()->body())->secret, 8U);
  from_client.letters_begin();
  from_client.feed(write_query("ROLLBACK") + write_sync() + write_terminate());
  EXPECT_EQ(read_query(from_client.next()->body())->sql, "ROLLBACK");
  EXPECT_EQ(from_client.next()->letter, 'S');
  EXPECT_EQ(from_client.next()->letter, 'X');
}

}  // namespace
}  // namespace splitproof::harness
