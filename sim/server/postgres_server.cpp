#include "sim/server/postgres_server.h"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "sim/process/child.h"
#include "sim/process/process_list.h"
#include "sim/process/shared_memory.h"
#include "sim/server/cluster.h"
#include "sim/server/postgres_programs.h"
#include "sim/server/server_folder.h"
#include "sim/server/server_settings.h"
#include "sim/server/small_disk.h"
#include "sim/sql/postgres/postgres_session.h"

namespace splitproof::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A loaded machine with sanitizers needs seconds for what takes 30 ms otherwise.
constexpr seconds start_time{60};
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

struct PostgresServer::State {
  State(Guardian& borrowed, const ServerSettings& chosen, PostgresPrograms found,
        std::optional<Account> runs_as, ServerFolder made)
      : guardian(borrowed),
        settings(chosen),
        programs(std::move(found)),
        account(std::move(runs_as)),
        folder(std::move(made)),
        disk(SmallDisk::mount(small_disk_in(folder.path()), account)),
        data(folder.path() + "/data"),
        log(folder.path() + "/log") {}

  std::string connection(const std::string& database) const {
    return "host=" + quoted(folder.path()) + " port=5432 user=postgres dbname=" + quoted(database);
  }

  Result<Done, ServerError> launch(const Deadline& deadline);
  Result<Done, ServerError> wait_until_ready(const Deadline& deadline);
  Result<Done, ServerError> ask_version();
  ServerError failure(const std::string& what) const;
  Result<Done, ServerError> wait_until_it_answers(const Deadline& deadline);
  void stop();
  void crash();
  void stop_immediately();
  Result<Done, ServerError> kill_backend(pid_t pid);

  Guardian& guardian;
  ServerSettings settings;
  PostgresPrograms programs;
  std::optional<Account> account;
  ServerFolder folder;
  std::optional<SmallDisk> disk;
  std::string tablespace;  // On that disk; empty where there is none.
  std::string data;
  std::string log;
  std::string version;
  std::optional<Child> postmaster;  // Set while it runs.
  std::set<pid_t> postmasters;      // All that ever ran here.
};

ServerError PostgresServer::State::failure(const std::string& what) const {
  return {"The PostgreSQL server in " + folder.path() + " " + what +
          "; the last lines of its log:\n" + last_lines(log)};
}

Result<Done, ServerError> PostgresServer::State::launch(const Deadline& deadline) {
  // The guardian learns of the data directory first: what runs there is found even if we are killed
  // before its process id is known.
  guardian.watch_server(0, data);
  Result<Child, ChildError> started =
      Child::start({.command = server_command(programs.postgres, folder.path(), settings),
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
  return wait_until_it_answers(Deadline(start_time));
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

Result<std::unique_ptr<PostgresServer>, ServerError> PostgresServer::start(
    Guardian& guardian, const ServerSettings& settings) try {
  Result<PostgresPrograms, ServerError> programs = find_postgres(postgres_folders());
  if (!programs.ok()) return programs.error();
  Result<std::optional<Account>, ServerError> account = server_account();
  if (!account.ok()) return account.error();
  Result<ServerFolder, ServerError> folder =
      ServerFolder::make(guardian, server_folder_parents(), account.value());
  if (!folder.ok()) return folder.error();
  const Result<Done, ServerError> made =
      make_cluster(guardian, programs.value(), account.value(), folder.value().path());
  if (!made.ok()) return made.error();
  std::unique_ptr<PostgresServer> server(new PostgresServer(
      std::make_unique<State>(guardian, settings, std::move(programs).value(),
                              std::move(account).value(), std::move(folder).value())));
  const Result<Done, ServerError> ready = server->state_->launch(Deadline(start_time));
  if (!ready.ok()) return ready.error();
  if (const std::optional<SmallDisk>& disk = server->state_->disk) {
    const Result<std::string, ServerError> name = disk->make_tablespace(server->connection());
    if (!name.ok()) return name.error();
    server->state_->tablespace = name.value();
  }
  return server;
} catch (const GuardianGone& gone) {
  return ServerError{gone.what()};
}

PostgresServer::PostgresServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

PostgresServer::~PostgresServer() {
  stop();
  // After crash() nobody recovered, and the lock file still names what the dead server held.
  remove_if_unused(shared_memory_of_server(state_->data));
  remove_if_unused(segments_made_for(state_->data, state_->postmasters));
  state_->guardian.forget_server(state_->data);
}

std::string PostgresServer::connection(const std::string& database) const {
  return state_->connection(database);
}

const std::string& PostgresServer::version() const { return state_->version; }

const std::string& PostgresServer::folder() const { return state_->folder.path(); }

std::string PostgresServer::log() const {
  const std::ifstream file(state_->log);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

pid_t PostgresServer::pid() const { return state_->postmaster ? state_->postmaster->pid() : -1; }

const std::string& PostgresServer::tablespace() const { return state_->tablespace; }

Result<Done, ServerError> PostgresServer::fill_disk() { return state_->disk->fill(); }

Result<Done, ServerError> PostgresServer::free_disk() { return state_->disk->free(); }

void PostgresServer::crash() { state_->crash(); }

void PostgresServer::stop_immediately() { state_->stop_immediately(); }

Result<Done, ServerError> PostgresServer::kill_backend(pid_t pid) {
  return state_->kill_backend(pid);
}

void PostgresServer::stop() { state_->stop(); }

// A server that finds something left of the one before it ends at once; it is started again until
// that has gone.
Result<Done, ServerError> PostgresServer::restart() try {
  stop();
  const Deadline deadline(start_time);
  const Deadline patience(seconds(1));
  while (true) {
    Result<Done, ServerError> ready = state_->launch(deadline);
    if (ready.ok() || patience.passed()) return ready;
  }
} catch (const GuardianGone& gone) {
  return ServerError{gone.what()};
}

}  // namespace splitproof::sim
