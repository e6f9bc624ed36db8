// A server, the proxy before it with a rule that counts and cuts nothing, and the ways to reach the
// server: straight, through the proxy by the loopback, and through the proxy by its socket.
//
// SPLITPROOF_SIZE multiplies what the tests move; `./dev soak` sets it. It is 1 otherwise.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/wire/proxy.h"
#include "tests/harness/server.h"
#include "tests/support/postgres_client.h"

namespace splitproof::harness {

// Written by the proxy's thread, read by the tests.
class CountingRule final : public WireRule {
 public:
  WireVerdict before(int, const WireUnit& unit) override {
    asked += static_cast<long>(unit.statements.size());
    return WireVerdict::pass;
  }
  WireVerdict after(int, const WireUnitEnd& end) override {
    answered += static_cast<long>(end.answers.size());
    return WireVerdict::pass;
  }
  std::atomic<long> asked = 0;
  std::atomic<long> answered = 0;
};

inline int size_factor() {
  const char* const given = std::getenv("SPLITPROOF_SIZE");
  return given == nullptr ? 1 : std::max(1, std::atoi(given));
}

// The folder of the socket of a server's connection string "host='/dev/shm/…' port=5432 …".
inline std::string folder_in(const std::string& connection) {
  const std::size_t begin = connection.find("host='") + 6;
  return connection.substr(begin, connection.find('\'', begin) - begin);
}

// Of this test, empty, and gone at its end. Other test programs may run at the same time.
class OwnFolder {
 public:
  OwnFolder() {
    static int count = 0;
    path_ = testing::TempDir() + "splitproof-wire-" + std::to_string(::getpid()) + "-" +
            std::to_string(++count);
    std::filesystem::create_directories(path_);
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  ~OwnFolder() { std::filesystem::remove_all(path_); }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Of this process.
inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    count += entry.path().empty() ? 0 : 1;
  }
  return count;
}

// How a client reaches the server.
struct Way {
  std::string host;
  int port = 5432;

  // The options that all of PostgreSQL's programs take.
  std::vector<std::string> options(const std::string& user = "postgres") const {
    return {"-h", host, "-p", std::to_string(port), "-U", user};
  }
  // For libpq.
  std::string connection(const std::string& database) const {
    return "host=" + host + " port=" + std::to_string(port) + " user=postgres dbname=" + database;
  }
};

inline std::vector<std::string> joined(std::vector<std::string> words,
                                       const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class ThroughProxy : public testing::Test {
 protected:
  ThroughProxy() : ThroughProxy(folder_in(server_connection())) {}
  explicit ThroughProxy(const std::string& server) : straight{server, 5432} {
    auto started = WireProxy::start({server, 5432}, folder_.path(), rule_);
    if (!started.ok()) throw std::runtime_error(started.error());
    proxy_ = std::move(started).value();
    by_loopback = {"127.0.0.1", proxy_->port()};
    by_socket = {folder_.path(), proxy_->port()};
  }
  ~ThroughProxy() override { EXPECT_EQ(proxy_->failure(), expected_failure_); }

  std::vector<Way> ways() const { return {straight, by_loopback, by_socket}; }

  // The output of psql, which must end well.
  static std::string psql(const Way& way, const std::string& database, const std::string& sql) {
    const tests::ClientRun run = tests::run_client(psql_command(way, database, {"-c", sql}));
    EXPECT_TRUE(run.status.success()) << sql << "\n" << run.output;
    return run.output;
  }
  static std::vector<std::string> psql_command(const Way& way, const std::string& database,
                                               const std::vector<std::string>& more) {
    const std::vector<std::string> begin{"psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database};
    return joined(joined(begin, way.options()), more);
  }

  // A database of its own, a copy of another one.
  std::string database(const std::string& original = "template0") {
    static int count = 0;
    const std::string name = "wire_" + std::to_string(++count);
    psql(straight, "postgres", "CREATE DATABASE " + name + " TEMPLATE " + original);
    return name;
  }

  const std::string& folder() const { return folder_.path(); }
  WireProxy& proxy() { return *proxy_; }
  const CountingRule& rule() const { return rule_; }
  // What a test wants the proxy to have said in the end.
  void expect_failure(const std::string& failure) { expected_failure_ = failure; }

  Way straight;
  Way by_loopback;
  Way by_socket;

 private:
  OwnFolder folder_;
  CountingRule rule_;
  std::unique_ptr<WireProxy> proxy_;
  std::string expected_failure_;
};

}  // namespace splitproof::harness
