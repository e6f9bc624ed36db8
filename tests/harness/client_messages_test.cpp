// The words between the harness and its client processes.
#include "harness/inject/client_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <thread>

namespace splitproof::harness {
namespace {

class ChannelOf : public testing::Test {
 protected:
  ChannelOf() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets_.data()), 0);
    ours_.emplace(sockets_[0]);
    theirs_.emplace(sockets_[1]);
  }
  void send_raw(const std::string& bytes) const {
    EXPECT_EQ(::send(sockets_[0], bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }
  Silence silence() const {
    const auto heard = theirs_->receive();
    return heard.ok() ? Silence::late : heard.error();
  }

  std::array<int, 2> sockets_{};
  std::optional<Channel> ours_;
  std::optional<Channel> theirs_;
};

TEST_F(ChannelOf, CarriesWordsOfAnyBytesAndLength) {
  const Message message{"go", "", std::string("a\0b\n", 4), std::string(1000000, 'x')};
  // A word longer than the socket holds is taken while it is sent.
  std::thread sender([&] { EXPECT_TRUE(ours_->send(message)); });
  const auto heard = theirs_->receive();
  sender.join();
  ASSERT_TRUE(heard.ok());
  EXPECT_EQ(heard.value(), message);
}

TEST_F(ChannelOf, SaysThatTheOtherSideIsGone) {
  ours_.reset();
  EXPECT_EQ(silence(), Silence::closed);
  EXPECT_FALSE(theirs_->send({"go"}));
}

TEST_F(ChannelOf, SaysThatAMessageWasCutOff) {
  send_raw(std::string("\x08\0\0\0\x04", 5));
  ours_.reset();
  EXPECT_EQ(silence(), Silence::closed);
}

TEST_F(ChannelOf, SaysThatAMessageMakesNoSense) {
  send_raw("a word of another protocol");
  EXPECT_EQ(silence(), Silence::unintelligible);
}

TEST_F(ChannelOf, SaysThatAWordIsLongerThanItsMessage) {
  send_raw(std::string("\x05\0\0\0\xff\0\0\0x", 9));
  EXPECT_EQ(silence(), Silence::unintelligible);
}

TEST_F(ChannelOf, GivesUpWaitingWhenTheTimeIsOver) {
  const auto heard = theirs_->receive(sim::Deadline(std::chrono::milliseconds(1)));
  ASSERT_FALSE(heard.ok());
  EXPECT_EQ(heard.error(), Silence::late);
}

TEST(ClientMessage, KeepsAStatementWithItsParameters) {
  const sim::Statement statement(
      "INSERT INTO t VALUES ($1, $2, $3, $4)",
      {sim::Null{}, std::numeric_limits<std::int64_t>::min(), 0.1, std::string("it's\0", 5)});
  Message message{"statement"};
  append(message, statement);
  const std::optional<sim::Statement> again = statement_of(message, 1);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->text(), statement.text());
  EXPECT_EQ(again->parameters(), statement.parameters());
}

TEST(ClientMessage, RefusesWhatIsNoStatement) {
  EXPECT_FALSE(statement_of({"statement"}, 1).has_value());
  for (const char* word : {"", "x1", "i", "i1x", "d-1"}) {
    EXPECT_FALSE(statement_of({"statement", "SELECT $1", word}, 1).has_value()) << word;
  }
}

TEST(ClientMessage, KeepsAnOperation) {
  OperationSpec operation;
  operation.session = 'b';
  operation.title = "day 2";
  operation.run = "transfer";
  operation.code = "transactional";
  operation.with = {{"from", "A"}, {"to", "B"}};
  operation.steps = {"SELECT 1", ""};
  operation.place = {"case.yaml", 3, 5};
  Message message{"operations"};
  append(message, operation);
  append(message, operation);
  std::size_t next = 1;
  for (int round = 0; round < 2; ++round) {
    const std::optional<OperationSpec> again = operation_of(message, next);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->session, operation.session);
    EXPECT_EQ(again->title, operation.title);
    EXPECT_EQ(again->run, operation.run);
    EXPECT_EQ(again->code, operation.code);
    EXPECT_EQ(again->with, operation.with);
    EXPECT_EQ(again->steps, operation.steps);
    EXPECT_EQ(again->place.file, operation.place.file);
    EXPECT_EQ(again->place.line, operation.place.line);
    EXPECT_EQ(again->place.column, operation.place.column);
  }
  EXPECT_EQ(next, message.size());
  message.pop_back();
  next = 1;
  EXPECT_TRUE(operation_of(message, next).has_value());
  EXPECT_FALSE(operation_of(message, next).has_value()) << "the last step is missing";
}

}  // namespace
}  // namespace splitproof::harness
