// However a server wants to know who it is that connects: the proxy passes the questions and
// answers on, and knows no password.
#include <gmock/gmock.h>

#include "sim/server/postgres_server.h"
#include "tests/wire/through_proxy.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;

// A server of its own: how it authenticates is the whole server's matter.
class AuthenticationServer {
 public:
  AuthenticationServer() {
    auto started = sim::PostgresServer::start(*shared_guardian());
    if (!started.ok()) throw std::runtime_error(started.error().message);
    server_ = std::move(started).value();
  }
  const sim::PostgresServer& get() const { return *server_; }

 private:
  std::unique_ptr<sim::PostgresServer> server_;
};

// The server must be there before the proxy.
class Authentication : private AuthenticationServer, public ThroughProxy {
 protected:
  Authentication() : ThroughProxy(get().folder()) {
    psql(straight, "postgres",
         "SET password_encryption = 'scram-sha-256'; CREATE ROLE by_scram LOGIN PASSWORD 'right'; "
         "CREATE ROLE by_password LOGIN PASSWORD 'right'; "
         "SET password_encryption = 'md5'; CREATE ROLE by_md5 LOGIN PASSWORD 'right'");
    // Written over, so that it stays its owner's.
    std::ofstream(get().folder() + "/data/pg_hba.conf")
        << "local all by_scram scram-sha-256\nlocal all by_md5 md5\nlocal all by_password "
           "password\n"
           "local all postgres trust\nlocal all nobody_else reject\n";
    // A backend that begins afterwards knows it: the postmaster reads it before it starts one.
    psql(straight, "postgres", "SELECT pg_reload_conf()");
    while (ask(straight, "by_scram", "wrong").status.success()) {
    }
  }

  static tests::ClientRun ask(const Way& way, const std::string& user,
                              const std::string& password) {
    return tests::run_client(
        joined({"psql", "-XqAt", "-w", "-d", "postgres", "-c", "SELECT 'I am ' || current_user"},
               way.options(user)),
        {{"PGPASSWORD", password}});
  }
};

// What psql says of the address that it tried differs with the way.
std::string from_fatal(const std::string& output) {
  return output.substr(std::min(output.find("FATAL"), output.size()));
}

TEST_F(Authentication, PassesThroughWhateverItIs) {
  for (const std::string user : {"by_scram", "by_md5", "by_password"}) {
    for (const Way& way : ways()) {
      const tests::ClientRun right = ask(way, user, "right");
      EXPECT_TRUE(right.status.success()) << right.output;
      EXPECT_EQ(right.output, "I am " + user + "\n");
    }
  }
}

TEST_F(Authentication, IsRefusedInTheServersOwnWords) {
  for (const std::string user : {"by_scram", "by_md5", "by_password", "nobody_else", "stranger"}) {
    const tests::ClientRun original = ask(straight, user, "wrong");
    EXPECT_FALSE(original.status.success());
    EXPECT_THAT(original.output, HasSubstr("FATAL"));
    for (const Way& way : {by_loopback, by_socket}) {
      const tests::ClientRun wrong = ask(way, user, "wrong");
      EXPECT_FALSE(wrong.status.success());
      EXPECT_EQ(from_fatal(wrong.output), from_fatal(original.output));
    }
  }
}

}  // namespace
}  // namespace splitproof::harness
