// The proxy between real clients and a real server: what they see is what they would see without
// it, unless the rule cuts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <thread>

#include "harness/wire/proxy.h"
#include "harness/wire/sockets.h"
#include "sim/sql/postgres/postgres_engine.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "host='/dev/shm/splitproof-1-abc' port=5432 …"
std::string value_in(const std::string& connection, const std::string& key) {
  const std::size_t begin = connection.find(key + "='") + key.size() + 2;
  return connection.substr(begin, connection.find('\'', begin) - begin);
}

// Other test programs may run at the same time.
std::string own_folder() {
  std::string folder = testing::TempDir() + "wire-test-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  return folder;
}

class Watch final : public WireRule {
 public:
  WireVerdict before(int, const WireUnit& unit) override {
    const std::lock_guard guard(mutex_);
    bool cut = false;
    for (const WireStatement& statement : unit.statements) {
      seen_.push_back(statement.sql);
      cut = cut || statement.sql == cut_before;
    }
    return cut ? WireVerdict::cut : WireVerdict::pass;
  }
  WireVerdict after(int, const WireUnitEnd& end) override {
    const bool cut = std::ranges::any_of(end.answers, [&](const WireAnswer& answer) {
      return !cut_after.empty() && answer.tags == std::vector<std::string>{cut_after};
    });
    return cut ? WireVerdict::cut : WireVerdict::pass;
  }
  std::vector<std::string> seen() const {
    const std::lock_guard guard(mutex_);
    return seen_;
  }

  std::string cut_before;
  std::string cut_after;  // A tag.

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> seen_;
};

class Proxy : public testing::Test {
 protected:
  Proxy() : world_(postgres_world()), folder_(own_folder()) {
    auto started = WireProxy::start({value_in(server_connection(), "host"), 5432}, folder_, watch_);
    if (!started.ok()) throw std::runtime_error(started.error());
    proxy_ = std::move(started).value();
    run(*direct(), "CREATE TABLE t (a INTEGER PRIMARY KEY)");
  }

  ~Proxy() override {
    proxy_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<sim::Session> direct() { return std::move(world_->engine().connect()).value(); }

  std::string through(const std::string& host) const {
    const std::string address = world_->address();
    const std::string name = address.substr(address.rfind("dbname=") + 7);
    return "host=" + host + " port=" + std::to_string(proxy_->port()) +
           " user=postgres dbname=" + name;
  }

  std::unique_ptr<sim::Session> client(const std::string& host) const {
    auto session = sim::PostgresEngine(through(host)).connect();
    if (!session.ok()) throw std::runtime_error(session.error().message);
    return std::move(session).value();
  }

  static sim::Answer<sim::Rows> ask(sim::Session& session, const std::string& sql) {
    return session.execute(sim::Statement(sql));
  }
  static void run(sim::Session& session, const std::string& sql) {
    const sim::Answer<sim::Rows> answer = ask(session, sql);
    EXPECT_TRUE(answer.ok()) << sql << ": " << answer.error().message;
  }

  std::string rows() {
    return sim::to_string(ask(*direct(), "SELECT count(*) FROM t").value().rows.at(0).at(0));
  }

  std::unique_ptr<PostgresWorld> world_;
  std::string folder_;
  Watch watch_;
  std::unique_ptr<WireProxy> proxy_;
};

TEST_F(Proxy, IsNotNoticedOnTheLoopbackNorAtItsSocket) {
  for (const std::string& host : {std::string("127.0.0.1"), folder_}) {
    const auto session = client(host);
    const sim::Answer<sim::Rows> answer = ask(*session, "SELECT 7 AS seven, NULL, 'x'");
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer.value().columns.front(), "seven");
    EXPECT_EQ(answer.value().rows.front().size(), 3U);
    const sim::Answer<sim::Rows> refused = ask(*session, "SELECT 1 / 0");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().native_code, "22012");
    run(*session, "SELECT 1");
  }
  EXPECT_EQ(proxy_->connections(), 2);
  EXPECT_EQ(proxy_->failure(), "");
}

TEST_F(Proxy, ShowsTheRuleWhatIsAsked) {
  const auto session = client(folder_);
  run(*session, "BEGIN");
  ASSERT_TRUE(session->execute({"INSERT INTO t VALUES ($1)", {std::int64_t{1}}}).ok());
  run(*session, "COMMIT");
  std::vector<std::string> seen = watch_.seen();
  // The client library asks for its own things first.
  seen.erase(seen.begin(), std::ranges::find(seen, "BEGIN"));
  EXPECT_THAT(seen, ElementsAre("BEGIN", "INSERT INTO t VALUES ($1)", "COMMIT"));
  EXPECT_EQ(rows(), "1");
}

TEST_F(Proxy, CutsBeforeACommitThatThenNeverHappens) {
  const auto session = client(folder_);
  watch_.cut_before = "COMMIT";
  run(*session, "BEGIN");
  run(*session, "INSERT INTO t VALUES (1)");
  const sim::Answer<sim::Rows> commit = ask(*session, "COMMIT");
  ASSERT_FALSE(commit.ok());
  EXPECT_EQ(commit.error().kind, sim::ErrorKind::connection_lost);
  EXPECT_EQ(rows(), "0");
}

TEST_F(Proxy, CutsAfterACommitOfWhichTheClientThenKnowsNothing) {
  const auto session = client(folder_);
  watch_.cut_after = "COMMIT";
  run(*session, "BEGIN");
  run(*session, "INSERT INTO t VALUES (1)");
  const sim::Answer<sim::Rows> commit = ask(*session, "COMMIT");
  ASSERT_FALSE(commit.ok());
  EXPECT_EQ(commit.error().kind, sim::ErrorKind::connection_lost);
  EXPECT_EQ(rows(), "1");
  EXPECT_EQ(proxy_->failure(), "");
}

TEST_F(Proxy, PassesLargeRowsBothWays) {
  const auto session = client("127.0.0.1");
  const std::string large(3'000'000, 'x');
  const sim::Answer<sim::Rows> answer = session->execute({"SELECT $1 || 'y'", {large}});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_TRUE(answer.value().rows.at(0).at(0) == sim::Value(large + "y"));
  const sim::Answer<sim::Rows> many =
      ask(*session, "SELECT repeat('z', 1000) FROM generate_series(1, 20000)");
  ASSERT_TRUE(many.ok());
  EXPECT_EQ(many.value().rows.size(), 20'000U);
}

TEST_F(Proxy, ServesManyAtOnce) {
  std::vector<std::thread> clients;
  std::atomic<int> done = 0;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      const auto session = client(i % 2 == 0 ? folder_ : "127.0.0.1");
      for (int n = 0; n < 20; ++n) {
        const auto answer =
            session->execute({"INSERT INTO t VALUES ($1)", {std::int64_t{i * 100 + n}}});
        done += answer.ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& one : clients) one.join();
  EXPECT_EQ(done, 160);
  EXPECT_EQ(rows(), "160");
}

TEST_F(Proxy, CutsOnlyWhoeverDoesNotSpeakTheProtocol) {
  const auto session = client(folder_);
  const FileHandle stranger = connect_to_loopback(proxy_->port());
  std::string request = "GET / HTTP/1.1\r\n\r\n";
  EXPECT_TRUE(write_what_fits(stranger, request));
  run(*session, "SELECT 1");
  while (proxy_->failure().empty()) run(*session, "SELECT 1");
  EXPECT_THAT(proxy_->failure(), HasSubstr("the client begins with a message of"));
  run(*session, "INSERT INTO t VALUES (1)");
  EXPECT_EQ(rows(), "1");
}

TEST_F(Proxy, LetsTheServerNoticeThatAClientIsGone) {
  {
    const auto session = client(folder_);
    run(*session, "BEGIN");
    run(*session, "INSERT INTO t VALUES (1)");
    run(*session, "SET application_name = 'soon gone'");
  }
  const auto other = direct();
  const std::string question =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'soon gone'";
  while (sim::to_string(ask(*other, question).value().rows.at(0).at(0)) != "0") {
  }
  EXPECT_EQ(rows(), "0");
}

TEST(ProxyAlone, IsAClosedConnectionWhereThereIsNoServer) {
  Watch watch;
  const std::string folder = own_folder();
  {
    const auto proxy = WireProxy::start({folder, 1}, folder, watch);
    ASSERT_TRUE(proxy.ok()) << proxy.error();
    const auto session = sim::PostgresEngine("host=127.0.0.1 user=postgres port=" +
                                             std::to_string(proxy.value()->port()))
                             .connect();
    ASSERT_FALSE(session.ok());
    EXPECT_EQ(session.error().kind, sim::ErrorKind::connection_lost);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

TEST(ProxyAlone, SaysWhereItCannotListen) {
  Watch watch;
  const auto proxy = WireProxy::start({"", 1}, "/no/such/folder", watch);
  ASSERT_FALSE(proxy.ok());
  EXPECT_THAT(proxy.error(), HasSubstr("/no/such/folder/.s.PGSQL."));
  EXPECT_THAT(proxy.error(), HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace splitproof::harness
