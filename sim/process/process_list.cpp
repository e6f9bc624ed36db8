#include "sim/process/process_list.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

#include "sim/process/acting_as.h"
#include "sim/process/shared_memory.h"

namespace splitproof::sim {
namespace {

std::string read_proc(pid_t pid, const char* file) {
  // Reading fails when the process ends meanwhile; a stream buffer read directly would throw then.
  const std::ifstream in("/proc/" + std::to_string(pid) + "/" + file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::optional<ProcessEntry> read_entry(pid_t pid) {
  const std::string stat = read_proc(pid, "stat");
  // "pid (name) state parent group session terminal …": the name may hold spaces and brackets, so
  // reading starts behind the last one.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  ProcessEntry entry{.pid = pid};
  pid_t group = 0;
  pid_t session = 0;
  int terminal = 0;
  if (!(fields >> entry.state >> entry.parent >> group >> session >> terminal)) return std::nullopt;
  entry.has_terminal = terminal != 0;
  return entry;
}

bool lies_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool works_in(pid_t pid, const std::string& folder) {
  const ActingAs owner(pid);
  std::array<char, 4096> target{};
  const std::string link = "/proc/" + std::to_string(pid) + "/cwd";
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return length > 0 && lies_in({target.data(), static_cast<std::size_t>(length)}, folder);
}

void add_descendants(const std::vector<ProcessEntry>& all, std::set<pid_t>& members) {
  for (bool grew = true; grew;) {
    grew = false;
    for (const ProcessEntry& entry : all) {
      if (members.contains(entry.parent)) grew |= members.insert(entry.pid).second;
    }
  }
}

// The handle pins the process; that it is still the one listed is checked once it is pinned.
std::optional<ProcessHandle> pin(const ProcessEntry& entry) {
  std::optional<ProcessHandle> handle = ProcessHandle::open(entry.pid);
  if (!handle) return std::nullopt;
  const std::optional<ProcessEntry> current = read_entry(entry.pid);
  if (!current || current->state == 'Z' || current->parent != entry.parent) return std::nullopt;
  return handle;
}

template <class Filter>
std::vector<ProcessHandle> pin_all(const std::vector<ProcessEntry>& entries, Filter wanted) {
  std::vector<ProcessHandle> handles;
  for (const ProcessEntry& entry : entries) {
    if (!wanted(entry)) continue;
    if (std::optional<ProcessHandle> handle = pin(entry)) handles.push_back(std::move(*handle));
  }
  return handles;
}

}  // namespace

std::vector<ProcessEntry> list_processes() {
  std::vector<ProcessEntry> entries;
  DIR* const folder = ::opendir("/proc");
  if (folder == nullptr) return entries;
  while (const dirent* const item = ::readdir(folder)) {
    const std::string_view name(item->d_name);
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size()) continue;
    if (std::optional<ProcessEntry> entry = read_entry(pid)) entries.push_back(*entry);
  }
  ::closedir(folder);
  std::ranges::sort(entries, {}, &ProcessEntry::pid);
  return entries;
}

std::vector<ProcessEntry> processes_in(const std::string& folder) {
  const std::vector<ProcessEntry> all = list_processes();
  const pid_t self = ::getpid();
  // The kernel reports working folders without symbolic links.
  std::error_code error;
  const std::string real_folder = std::filesystem::canonical(folder, error).string();
  if (error) return {};
  std::set<pid_t> members;
  for (const ProcessEntry& entry : all) {
    if (entry.state == 'Z' || entry.has_terminal || entry.pid == self) continue;
    if (works_in(entry.pid, real_folder)) members.insert(entry.pid);
  }
  add_descendants(all, members);
  members.erase(self);
  std::vector<ProcessEntry> found;
  std::ranges::copy_if(all, std::back_inserter(found), [&](const ProcessEntry& entry) {
    return entry.state != 'Z' && members.contains(entry.pid);
  });
  return found;
}

std::vector<ProcessHandle> leaders_in(const std::string& folder) {
  const std::vector<ProcessEntry> found = processes_in(folder);
  return pin_all(found, [&](const ProcessEntry& entry) {
    return std::ranges::find(found, entry.parent, &ProcessEntry::pid) == found.end();
  });
}

std::vector<ProcessHandle> children_of(pid_t parent) {
  return pin_all(list_processes(), [&](const ProcessEntry& entry) {
    return entry.parent == parent && entry.state != 'Z';
  });
}

bool kill_processes_in(const std::string& folder, const Deadline& deadline) {
  std::vector<SharedMemory> held;
  bool all_ended = true;
  // A process may start another between the look and the kill, so it is looked again until there
  // is none.
  do {
    const std::vector<ProcessHandle> found =
        pin_all(processes_in(folder), [](const ProcessEntry&) { return true; });
    if (found.empty()) break;
    signal_all(found, SIGSTOP);
    for (const ProcessHandle& process : found) held.push_back(shared_memory_of(process.pid()));
    signal_all(found, SIGKILL);
    all_ended = wait_all(found, deadline);
  } while (!deadline.passed());
  for (const SharedMemory& memory : held) remove_if_unused(memory);
  return all_ended && processes_in(folder).empty();
}

}  // namespace splitproof::sim
