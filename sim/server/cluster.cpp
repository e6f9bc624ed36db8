#include "sim/server/cluster.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <utility>
#include <vector>

#include "sim/process/output_end.h"
#include "sim/server/server_folder.h"

namespace splitproof::sim {
namespace {

constexpr std::chrono::seconds program_time{120};

// Runs a program to its end; its output is shown when it fails.
Result<Done, ServerError> run_program(const std::vector<std::string>& command,
                                      const std::optional<Account>& account,
                                      const std::string& folder) {
  const std::string output = folder + "/output";
  Result<Child, ChildError> child = Child::start({.command = command,
                                                  .environment = server_environment(),
                                                  .folder = folder,
                                                  .output = output,
                                                  .account = account});
  if (!child.ok()) return ServerError{child.error().message};
  const std::optional<ExitStatus> status = child.value().wait_for(program_time);
  if (status && status->success()) return Done{};
  const std::string end = status
                              ? "ended with " + to_string(*status)
                              : "did not end within " + std::to_string(program_time.count()) + " s";
  return ServerError{command.front() + " " + end + "; its last words:\n" + last_lines(output)};
}

Result<Done, ServerError> run_initdb(const PostgresPrograms& programs,
                                     const std::optional<Account>& account,
                                     const std::string& folder) {
  // -N: nothing waits for the disk. Small WAL segments keep a cluster at 28 MB instead of 39.
  return run_program(
      {programs.initdb, "-D", folder + "/data", "-U", "postgres", "-A", "trust", "-N", "--locale=C",
       "--encoding=UTF8", "--wal-segsize=1", "--no-instructions"},
      account, folder);
}

// The one cluster of this process that others are copied from. Its folder may have gone together
// with the guardian it was made under.
class ClusterTemplate {
 public:
  Result<std::string, ServerError> directory(Guardian& guardian, const PostgresPrograms& programs,
                                             const std::optional<Account>& account) {
    const std::lock_guard lock(mutex_);
    if (!directory_.empty() && std::filesystem::exists(directory_ + "/PG_VERSION")) {
      return directory_;
    }
    Result<ServerFolder, ServerError> folder =
        ServerFolder::make(guardian, server_folder_parents(), account);
    if (!folder.ok()) return folder.error();
    const Result<Done, ServerError> made = run_initdb(programs, account, folder.value().path());
    if (!made.ok()) return made.error();
    directory_ = folder.value().path() + "/data";
    folder.value().keep_until_the_end();
    return directory_;
  }

 private:
  std::mutex mutex_;
  std::string directory_;
};

}  // namespace

Result<std::string, ServerError> cluster_template(Guardian& guardian,
                                                  const PostgresPrograms& programs,
                                                  const std::optional<Account>& account) {
  static ClusterTemplate original;
  return original.directory(guardian, programs, account);
}

Result<Done, ServerError> make_cluster(Guardian& guardian, const PostgresPrograms& programs,
                                       const std::optional<Account>& account,
                                       const std::string& folder) {
  const Result<std::string, ServerError> directory = cluster_template(guardian, programs, account);
  if (!directory.ok()) return directory.error();
  return run_program({"cp", "-a", directory.value(), folder + "/data"}, account, folder);
}

bool accepts_connections(const std::string& data_directory, pid_t postmaster) {
  std::ifstream file(data_directory + "/postmaster.pid");
  std::string line;
  if (!std::getline(file, line) || line != std::to_string(postmaster)) return false;
  constexpr int state_line = 8;
  for (int number = 2; number <= state_line; ++number) {
    if (!std::getline(file, line)) return false;
  }
  return line.starts_with("ready");
}

std::map<std::string, std::string> server_environment() {
  return {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LC_ALL", "C"}, {"TZ", "UTC"}};
}

std::string last_lines(const std::string& path) {
  constexpr int count_max = 12;
  std::string text = last_lines_of(path, count_max);
  if (text.empty()) return "  (nothing)";
  for (std::size_t end = text.find('\n'); end != std::string::npos;
       end = text.find('\n', end + 1)) {
    text.insert(end + 1, "  ");
  }
  return "  " + text;
}

}  // namespace splitproof::sim
