#include "sim/process/guardian_duty.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "sim/process/mounts.h"
#include "sim/process/process_list.h"
#include "sim/process/shared_memory.h"

namespace splitproof::sim {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds fast_stop_time{300};
constexpr milliseconds immediate_stop_time{200};
constexpr milliseconds kill_time{200};

// Whether `leader` still names the group that was registered. A group id stays taken while the
// group has members; so a living process of that id that is not ours means the group is empty.
bool names_the_group(pid_t leader, const std::optional<ProcessHandle>& handle) {
  if (handle && !handle->ended()) return true;
  const std::vector<ProcessEntry> all = list_processes();
  const auto found = std::ranges::find(all, leader, &ProcessEntry::pid);
  return found == all.end() || found->state == 'Z';
}

// Twice, because the last breath of a killed process may have made a file meanwhile. A folder that
// cannot be removed does not keep the others.
void remove_folder(const std::string& folder) {
  unmount_in(folder);
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (error) std::filesystem::remove_all(folder, error);
}

}  // namespace

bool is_removable_folder(const std::string& path) {
  const std::filesystem::path folder(path);
  return folder.is_absolute() && folder.lexically_normal() == folder &&
         folder.filename().string().starts_with("splitproof-");
}

void GuardianDuty::note(const std::string& message) {
  std::istringstream words(message);
  std::string verb;
  pid_t pid = 0;
  std::string path;
  words >> verb >> pid;
  words.get();
  std::getline(words, path, '\0');
  if (verb == "server") {
    servers_[path].running = ProcessHandle::open(pid);
    servers_[path].postmasters.insert(pid);
  }
  if (verb == "forget-server") servers_.erase(path);
  if (verb == "group") groups_.insert_or_assign(pid, ProcessHandle::open(pid));
  if (verb == "forget-group") groups_.erase(pid);
  if (verb == "folder") folders_.insert(path);
  if (verb == "forget-folder") folders_.erase(path);
}

void GuardianDuty::clean_up() {
  end_groups();
  stop_servers();
  for (const std::string& place : places()) kill_processes_in(place, Deadline(kill_time));
  // A file system that we served ourselves answers nobody any more.
  for (const std::string& folder : folders_) {
    if (is_removable_folder(folder)) unmount_in(folder);
  }
  for (const auto& [data_directory, server] : servers_) {
    remove_if_unused(shared_memory_of_server(data_directory));
    remove_if_unused(segments_made_for(data_directory, server.postmasters));
  }
  for (const std::string& folder : folders_) {
    if (is_removable_folder(folder)) remove_folder(folder);
  }
}

void GuardianDuty::end_groups() {
  for (const auto& [leader, handle] : groups_) {
    if (leader > 1 && names_the_group(leader, handle)) ::kill(-leader, SIGKILL);
  }
}

// SIGINT asks a postmaster for a fast and clean stop, and initdb to undo its work; SIGQUIT for an
// immediate stop. All are asked first and waited for afterwards, so several take no longer than
// one.
void GuardianDuty::stop_servers() {
  const std::vector<ProcessHandle> leaders = running_leaders();
  signal_all(leaders, SIGINT);
  if (wait_all(leaders, Deadline(fast_stop_time))) return;
  signal_all(leaders, SIGQUIT);
  if (wait_all(leaders, Deadline(immediate_stop_time))) return;
  signal_all(leaders, SIGKILL);
  wait_all(leaders, Deadline(kill_time));
}

std::vector<ProcessHandle> GuardianDuty::running_leaders() const {
  std::vector<ProcessHandle> leaders;
  for (const auto& [data_directory, server] : servers_) {
    if (!server.running || server.running->ended()) continue;
    if (std::optional<ProcessHandle> again = ProcessHandle::open(server.running->pid())) {
      leaders.push_back(std::move(*again));
    }
  }
  for (const std::string& place : places()) {
    for (ProcessHandle& found : leaders_in(place)) {
      const bool known = std::ranges::any_of(
          leaders, [&](const ProcessHandle& leader) { return leader.pid() == found.pid(); });
      if (!known) leaders.push_back(std::move(found));
    }
  }
  return leaders;
}

// Where something of ours may still run. A data directory inside a registered folder is covered by
// that folder.
std::set<std::string> GuardianDuty::places() const {
  std::set<std::string> places = folders_;
  for (const auto& [data_directory, server] : servers_) {
    const bool covered = std::ranges::any_of(folders_, [&](const std::string& folder) {
      return data_directory.starts_with(folder + "/");
    });
    if (!covered) places.insert(data_directory);
  }
  return places;
}

}  // namespace splitproof::sim
