#include "sim/sql/client.h"

#include <gtest/gtest.h>

#include "tests/support/fake_engine.h"

namespace splitproof::tests {
namespace {

using sim::Client;

class ClientTest : public testing::Test {
 protected:
  FakeEngine engine_;
  sim::ManualClock clock_{sim::Instant{}};
  sim::Rng rng_{1};
  Client client_{engine_, clock_, rng_};
};

TEST_F(ClientTest, OpensItsSessionWhenFirstNeededAndKeepsIt) {
  EXPECT_TRUE(engine_.log().empty());
  const auto first = client_.session();
  const auto second = client_.session();
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first.value(), second.value());
  EXPECT_EQ(engine_.log(), std::vector<std::string>{"connect"});
}

TEST_F(ClientTest, OpensAnotherSessionAfterDiscardingOne) {
  ASSERT_TRUE(client_.session().ok());
  client_.discard();
  client_.discard();
  ASSERT_TRUE(client_.session().ok());
  EXPECT_EQ(engine_.log(), (std::vector<std::string>{"connect", "close", "connect"}));
}

TEST_F(ClientTest, AnswersTheErrorOfARefusedConnectionAndTriesAgainWhenAsked) {
  engine_.refuse_connections(connection_lost());
  const auto refused = client_.session();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().native_code, "08006");
  EXPECT_TRUE(client_.session().ok());
}

TEST_F(ClientTest, IsInsideAtMostOneTransaction) {
  EXPECT_TRUE(client_.enter_transaction());
  EXPECT_FALSE(client_.enter_transaction());
  client_.leave_transaction();
  EXPECT_TRUE(client_.enter_transaction());
}

}  // namespace
}  // namespace splitproof::tests
