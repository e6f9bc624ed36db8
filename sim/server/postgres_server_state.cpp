#include "sim/server/postgres_server_state.h"

#include <sys/mount.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <vector>

#include "sim/process/process_list.h"
#include "sim/server/cluster.h"
#include "sim/sql/postgres/postgres_session.h"

namespace splitproof::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds fast_stop_time{10};
constexpr seconds immediate_stop_time{5};
constexpr seconds kill_time{10};

// A value of a libpq connection string.
std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char letter : value) {
    if (letter == '\'' || letter == '\\') text += '\\';
    text += letter;
  }
  return text + "'";
}

// Returns when the process has stopped or ended.
void wait_until_stopped(pid_t pid) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED | WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
}

}  // namespace

std::string PostgresServer::State::connection(const std::string& database) const {
  return "host=" + quoted(folder.path()) + " port=5432 user=postgres dbname=" + quoted(database);
}

ServerError PostgresServer::State::failure(const std::string& what) const {
  return {"The PostgreSQL server in " + folder.path() + " " + what +
          "; the last lines of its log:\n" + last_lines(log)};
}

// The kernel writes what is mapped when it likes, which is no business of the disk's. It goes with
// the disk.
bool PostgresServer::State::mount_shared_memory() const {
  const std::string folder_of_it = data + "/pg_dynshmem";
  std::string options = "mode=700";
  if (account) {
    options += ",uid=" + std::to_string(account->user) + ",gid=" + std::to_string(account->group);
  }
  return ::mount("tmpfs", folder_of_it.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                 options.c_str()) == 0;
}

Result<Done, ServerError> PostgresServer::State::launch(const Deadline& deadline) {
  if (simulated != nullptr && mounted == nullptr) {
    auto made = MountedDisk::mount(*simulated, data, account);
    if (!made.ok()) return made.error();
    mounted = std::move(made).value();
    if (!mount_shared_memory()) return failure("cannot be given memory to share");
  }
  // The guardian learns of the data directory first: what runs there is found even if we are killed
  // before its process id is known.
  guardian.watch_server(0, data);
  Result<Child, ChildError> started =
      Child::start({.command = server_command(programs.postgres, {folder.path(), data}, settings),
                    .environment = server_environment(),
                    .folder = folder.path(),
                    .output = log,
                    .account = account});
  if (!started.ok()) return ServerError{started.error().message};
  postmaster = std::move(started).value();
  postmasters.insert(postmaster->pid());
  guardian.watch_server(postmaster->pid(), data);
  return wait_until_ready(deadline);
}

// The server writes into its lock file when it accepts connections; asking it by connecting would
// make it start a process for every question, in the middle of its recovery. Between two looks,
// what is waited for is the end of the server, which is news as well.
Result<Done, ServerError> PostgresServer::State::wait_until_ready(const Deadline& deadline) {
  while (!deadline.passed()) {
    if (const std::optional<ExitStatus> status = postmaster->wait_for(milliseconds(1))) {
      postmaster.reset();
      return failure("did not start: it ended with " + to_string(*status));
    }
    if (accepts_connections(data, postmaster->pid())) return ask_version();
  }
  crash();
  return failure("accepted no connection in time");
}

// The same server tells the same version after every start.
Result<Done, ServerError> PostgresServer::State::ask_version() {
  if (!version.empty()) return Done{};
  const Answer<std::unique_ptr<PostgresSession>> session =
      PostgresSession::connect(connection("postgres"));
  if (!session.ok()) return failure("accepts no connection: " + session.error().message);
  const Answer<std::string> answer = postgres_version(*session.value());
  if (!answer.ok()) return failure("does not tell its version: " + answer.error().message);
  version = answer.value();
  return Done{};
}

void PostgresServer::State::stop() {
  if (!postmaster) return;
  if (!postmaster->wait_for(milliseconds(0))) {
    postmaster->signal(SIGINT);
    if (!postmaster->wait_for(fast_stop_time)) {
      postmaster->signal(SIGQUIT);
      if (!postmaster->wait_for(immediate_stop_time)) return crash();
    }
  }
  // Where somebody else killed it, perhaps at this very moment, its children are left, and hold its
  // shared memory for a while.
  kill_processes_in(data, Deadline(kill_time));
  postmaster.reset();
}

// The postmaster is halted first, so that it neither starts children nor reacts to their death.
void PostgresServer::State::crash() {
  if (!postmaster) return;
  const pid_t pid = postmaster->pid();
  postmaster->signal(SIGSTOP);
  wait_until_stopped(pid);
  const std::vector<ProcessHandle> children = children_of(pid);
  signal_all(children, SIGKILL);
  postmaster->signal(SIGKILL);
  postmaster->wait();
  wait_all(children, Deadline(kill_time));
  postmaster.reset();
}

// The postmaster first, so that it starts nothing more.
void PostgresServer::State::kill_at_once() const {
  if (!postmaster) return;
  const std::vector<ProcessHandle> children = children_of(postmaster->pid());
  postmaster->signal(SIGKILL);
  signal_all(children, SIGKILL);
}

void PostgresServer::State::lose_power() {
  crash();
  kill_processes_in(data, Deadline(kill_time));
  remove_if_unused(segments_made_for(data, postmasters));
  mounted.reset();
}

void PostgresServer::State::stop_immediately() {
  if (!postmaster) return;
  const std::vector<ProcessHandle> children = children_of(postmaster->pid());
  postmaster->signal(SIGQUIT);
  if (!postmaster->wait_for(immediate_stop_time)) return crash();
  wait_all(children, Deadline(kill_time));
  postmaster.reset();
}

// The postmaster ends all the others, for the shared memory may be damaged, and begins anew with a
// recovery, under its own process id.
Result<Done, ServerError> PostgresServer::State::kill_backend(pid_t pid) {
  if (!postmaster) return failure("is not running");
  const std::vector<ProcessHandle> children = children_of(postmaster->pid());
  const auto backend = std::ranges::find(children, pid, &ProcessHandle::pid);
  if (backend == children.end()) return failure("has no backend " + std::to_string(pid));
  backend->signal(SIGKILL);
  if (!wait_all(children, Deadline(kill_time))) {
    return failure("did not end its processes when one of them was killed");
  }
  return wait_until_it_answers(Deadline(server_start_time));
}

// A server that begins anew by itself leaves its lock file as it was.
Result<Done, ServerError> PostgresServer::State::wait_until_it_answers(const Deadline& deadline) {
  while (!deadline.passed()) {
    if (PostgresSession::connect(connection("postgres")).ok()) return Done{};
    if (const std::optional<ExitStatus> status = postmaster->wait_for(milliseconds(1))) {
      postmaster.reset();
      return failure("did not begin anew: it ended with " + to_string(*status));
    }
  }
  crash();
  return failure("accepted no connection in time");
}

}  // namespace splitproof::sim
