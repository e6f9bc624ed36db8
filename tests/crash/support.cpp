#include "tests/crash/support.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "sim/process/process_list.h"
#include "sim/process/shared_memory.h"
#include "sim/server/server_folder.h"

namespace splitproof::sim {
namespace {

using std::chrono::milliseconds;

Child start_owner(const std::string& stage, bool ordinary_user, const std::string& output) {
  std::map<std::string, std::string> environment;
  for (const char* const name : {"PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) environment[name] = value;
  }
  Result<Child, ChildError> child = Child::start(
      {.command = {"/proc/self/exe", "own-servers", stage, ordinary_user ? "ordinary" : "same"},
       .environment = environment,
       .folder = "/",
       .output = output,
       .account = std::nullopt});
  if (!child.ok()) throw std::runtime_error(child.error().message);
  return std::move(child).value();
}

// "splitproof-123-": how the names of the folders begin that process 123 made.
std::string folder_prefix(pid_t owner) { return "splitproof-" + std::to_string(owner) + "-"; }

bool is_mapped_by_anyone(const std::string& file) {
  return std::ranges::any_of(list_processes(), [&](const ProcessEntry& process) {
    const std::vector<std::string> files = shared_memory_of(process.pid).files;
    return std::ranges::find(files, file) != files.end();
  });
}

// A server's processes carry its folder's name in their title or their command line.
std::vector<std::string> processes_naming(const std::string& prefix) {
  std::vector<std::string> found;
  for (const ProcessEntry& process : list_processes()) {
    if (process.state == 'Z' || process.pid == ::getpid()) continue;
    std::string line = read_file("/proc/" + std::to_string(process.pid) + "/cmdline");
    std::ranges::replace(line, '\0', ' ');
    if (line.find(prefix) != std::string::npos) {
      found.push_back("process " + std::to_string(process.pid) + ": " + line);
    }
  }
  return found;
}

}  // namespace

std::unique_ptr<PostgresServer> start_server() {
  Result<std::unique_ptr<PostgresServer>, ServerError> server =
      PostgresServer::start(test_guardian());
  if (!server.ok()) throw std::runtime_error(server.error().message);
  return std::move(server).value();
}

ScratchFolder::ScratchFolder() : path_("/tmp/splitproof-test-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Owner::Owner(const std::string& stage, bool ordinary_user)
    : child_(start_owner(stage, ordinary_user, scratch_.path() + "/output")) {}

std::vector<std::string> Owner::report() {
  while (true) {
    const bool ended = child_.wait_for(milliseconds(5)).has_value();
    const std::string output = read_file(scratch_.path() + "/output");
    if (output.find("ready\n") != std::string::npos) {
      std::istringstream words(output);
      return {std::istream_iterator<std::string>(words), {}};
    }
    if (ended) {
      ADD_FAILURE() << "The owner ended too early: " << output;
      return {};
    }
  }
}

void Owner::kill() {
  child_.signal(SIGKILL);
  const ExitStatus status = child_.wait();
  EXPECT_EQ(status.signal, SIGKILL) << read_file(scratch_.path() + "/output");
}

std::set<std::string> orphaned_shared_memory() {
  std::set<std::string> orphans;
  for (const Segment& segment : list_segments()) {
    if (segment.attached > 0) continue;
    orphans.insert("segment " + std::to_string(segment.id) + " made by " +
                   std::to_string(segment.creator));
  }
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm")) {
    const std::string path = entry.path().string();
    if (path.starts_with("/dev/shm/PostgreSQL.") && !is_mapped_by_anyone(path)) {
      orphans.insert(path);
    }
  }
  return orphans;
}

std::vector<std::string> leftovers_of(pid_t owner, const std::set<std::string>& before) {
  std::vector<std::string> found = processes_naming(folder_prefix(owner));
  for (const std::string& parent : server_folder_parents()) {
    for (const auto& entry : std::filesystem::directory_iterator(parent)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(folder_prefix(owner))) found.push_back(entry.path().string());
    }
  }
  std::ranges::set_difference(orphaned_shared_memory(), before, std::back_inserter(found));
  return found;
}

std::vector<std::string> leftovers_after_a_second(pid_t owner,
                                                  const std::set<std::string>& before) {
  const Deadline deadline(milliseconds(1000));
  std::vector<std::string> found = leftovers_of(owner, before);
  while (!found.empty() && !deadline.passed()) found = leftovers_of(owner, before);
  return found;
}

}  // namespace splitproof::sim
