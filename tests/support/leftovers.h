// What a program of ours that started servers may have left behind after its death: processes,
// folders and shared memory, each told from those of other programs that run at the same time.
//
// Its processes are known by a variable in their environment or by the name of its server folder;
// its shared memory by the processes that were seen to make it, for nothing in it bears a name.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/process/process_list.h"
#include "sim/process/shared_memory.h"
#include "sim/server/server_folder.h"

namespace splitproof::tests {

// All of a file, "" when there is none; zeros become blanks, as command lines are best read.
inline std::string text_of_process_file(pid_t pid, const char* name) {
  // Reading fails when the process ends meanwhile; a stream buffer read directly would throw then.
  const std::ifstream in("/proc/" + std::to_string(pid) + "/" + name, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  std::string text = all.str();
  std::ranges::replace(text, '\0', ' ');
  return text;
}

class Leftovers {
 public:
  // `mark` stands in the environment of the program: "NAME=VALUE", of no other one.
  Leftovers(pid_t program, std::string mark)
      : prefix_("splitproof-" + std::to_string(program) + "-"), mark_(std::move(mark)) {}

  // Looks around while the program lives, and remembers whose shared memory is whose.
  void watch() {
    for (const pid_t pid : processes()) {
      makers_.insert(pid);
      for (const std::string& file : sim::shared_memory_of(pid).files) files_.insert(file);
    }
    // A server that crashed between two looks is named by the lock file that it left.
    for (const std::string& folder : folders()) {
      std::ifstream lock_file(folder + "/data/postmaster.pid");
      if (pid_t postmaster = 0; lock_file >> postmaster) makers_.insert(postmaster);
    }
  }

  // The command lines of the living processes, the program's own included.
  std::vector<std::string> command_lines() const {
    std::vector<std::string> lines;
    for (const pid_t pid : processes()) {
      lines.push_back(std::to_string(pid) + " " + text_of_process_file(pid, "cmdline"));
    }
    return lines;
  }

  std::vector<std::string> folders() const {
    std::vector<std::string> found;
    for (const std::string& parent : sim::server_folder_parents()) {
      std::error_code gone;
      for (const auto& entry : std::filesystem::directory_iterator(parent, gone)) {
        if (entry.path().filename().string().starts_with(prefix_)) found.push_back(entry.path());
      }
    }
    return found;
  }

  // In words; empty when nothing is left.
  std::vector<std::string> found() const {
    std::vector<std::string> all = command_lines();
    std::ranges::copy(folders(), std::back_inserter(all));
    for (const sim::Segment& segment : sim::list_segments()) {
      if (makers_.contains(segment.creator)) {
        all.push_back("segment " + std::to_string(segment.id) + " made by " +
                      std::to_string(segment.creator));
      }
    }
    for (const std::string& file : files_) {
      if (std::filesystem::exists(file)) all.push_back(file);
    }
    return all;
  }

 private:
  std::vector<pid_t> processes() const {
    std::vector<pid_t> pids;
    for (const sim::ProcessEntry& process : sim::list_processes()) {
      if (process.state == 'Z' || process.pid == ::getpid()) continue;
      const bool ours =
          text_of_process_file(process.pid, "environ").find(mark_) != std::string::npos ||
          text_of_process_file(process.pid, "cmdline").find(prefix_) != std::string::npos;
      if (ours) pids.push_back(process.pid);
    }
    return pids;
  }

  std::string prefix_;  // Of the names of its folders.
  std::string mark_;
  std::set<pid_t> makers_;
  std::set<std::string> files_;
};

}  // namespace splitproof::tests
