// The program that is killed: it owns servers as splitproof does, reports, and waits.
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "sim/disk/disk.h"
#include "sim/sql/postgres/postgres_session.h"
#include "tests/crash/support.h"

namespace splitproof::sim {
namespace {

// Not by starting it as another user: the build folder may be closed to others.
void give_up_root() {
  if (::geteuid() != 0) return;
  const passwd* const nobody = ::getpwnam("nobody");
  if (nobody == nullptr) throw std::runtime_error("this machine has no user nobody");
  const uid_t user = nobody->pw_uid;
  const gid_t group = nobody->pw_gid;
  if (::setgroups(0, nullptr) != 0 || ::setresgid(group, group, group) != 0 ||
      ::setresuid(user, user, user) != 0) {
    throw std::runtime_error("cannot become nobody");
  }
  // A change of user makes a process undumpable, which hides its files in /proc from itself.
  ::prctl(PR_SET_DUMPABLE, 1);
}

std::unique_ptr<PostgresServer> server_of(Guardian& guardian, Disk* disk = nullptr) {
  ServerSettings settings;
  if (disk != nullptr) settings.disk = disk->persona().name;
  Result<std::unique_ptr<PostgresServer>, ServerError> server =
      PostgresServer::start(guardian, settings, disk);
  if (!server.ok()) throw std::runtime_error(server.error().message);
  return std::move(server).value();
}

std::unique_ptr<PostgresSession> session_in_transaction(const PostgresServer& server) {
  Answer<std::unique_ptr<PostgresSession>> session = PostgresSession::connect(server.connection());
  if (!session.ok()) throw std::runtime_error(session.error().message);
  for (const char* const text : {"CREATE TABLE held (id int)", "BEGIN",
                                 "INSERT INTO held SELECT generate_series(1, 1000)"}) {
    const Answer<Rows> answer = session.value()->execute(text);
    if (!answer.ok()) throw std::runtime_error(answer.error().message);
  }
  return std::move(session).value();
}

void report(const PostgresServer& server) {
  std::printf("%s %d\n", server.folder().c_str(), server.pid());
}

}  // namespace

int own_servers(const std::string& stage, bool ordinary_user) {
  if (ordinary_user) give_up_root();
  const std::unique_ptr<Guardian> guardian = Guardian::start();
  const std::unique_ptr<PostgresServer> server = server_of(*guardian);
  std::unique_ptr<PostgresServer> second;
  Disk disk(personas().front());
  std::unique_ptr<PostgresSession> session;
  if (stage == "two servers") second = server_of(*guardian);
  if (stage == "on a disk") second = server_of(*guardian, &disk);
  if (stage == "open transaction") session = session_in_transaction(*server);
  if (stage == "crashed") server->crash();
  report(*server);
  if (second) report(*second);
  std::printf("ready\n");
  std::fflush(stdout);
  while (true) ::pause();
}

}  // namespace splitproof::sim
