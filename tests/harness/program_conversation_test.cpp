// An attempt of a program, from its first word.
#include "harness/program/program_conversation.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <filesystem>

#include "harness/program/program_environment.h"
#include "sim/sql/postgres/connection_string.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

TEST(ProgramConversation, HearsAProgramThatHasAskedBeforeAnybodyListened) {
  const auto world = postgres_world();
  const std::string folder = testing::TempDir() + "early-program-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  WireMailbox mailbox;
  const std::string host = sim::parameters_in(world->address())["host"];
  const auto proxy = WireProxy::start({.folder = host}, folder, mailbox);
  ASSERT_TRUE(proxy.ok()) << proxy.error();
  ProgramSpec spec;
  spec.command = {"psql", "-X", "-q", "-c", "CREATE TABLE t (a INTEGER)"};
  spec.folder = "/";
  spec.time_limit = std::chrono::seconds(5);
  Director director(Plan{}, sim::Dialect::postgres);
  director.begin_operation('a', 0, false);
  const WireSteps steps({});
  const ProgramStage stage{*world, director, *proxy.value(), mailbox, steps, spec};
  Told told;
  {
    ProgramProcess process(
        *shared_guardian(), spec,
        program_environment(spec, database_variables(world->address(), proxy.value()->port())),
        folder + "/output");
    pollfd asked{mailbox.descriptor(), POLLIN, 0};
    ASSERT_EQ(::poll(&asked, 1, 30'000), 1);
    ProgramConversation(stage, process, told).run();
  }
  EXPECT_EQ(told.outcome, sim::Outcome::committed) << told.why;
  EXPECT_EQ(director.points().size(), 2U);
  std::filesystem::remove_all(folder);
}

TEST(WireMailbox, ForgetsWhatARunHasLeft) {
  WireMailbox mailbox;
  mailbox.closed(1);
  mailbox.closed(2);
  mailbox.clear();
  pollfd asked{mailbox.descriptor(), POLLIN, 0};
  EXPECT_EQ(::poll(&asked, 1, 0), 0);
  mailbox.closed(3);
  EXPECT_EQ(mailbox.take()->connection, 3);
  EXPECT_FALSE(mailbox.take());
}

}  // namespace
}  // namespace splitproof::harness
