#include "tests/crash/support.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace splitproof::sim {
namespace {

using std::chrono::milliseconds;

constexpr const char* kMark = "SPLITPROOF_TEST_OWNER";

Child start_owner(const std::string& stage, bool ordinary_user, const std::string& folder) {
  std::map<std::string, std::string> environment;
  for (const char* const name : {"PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) environment[name] = value;
  }
  environment[kMark] = folder;
  Result<Child, ChildError> child = Child::start(
      {.command = {"/proc/self/exe", "own-servers", stage, ordinary_user ? "ordinary" : "same"},
       .environment = environment,
       .folder = "/",
       .output = folder + "/output",
       .account = std::nullopt});
  if (!child.ok()) throw std::runtime_error(child.error().message);
  return std::move(child).value();
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
    : child_(start_owner(stage, ordinary_user, scratch_.path())),
      leftovers_(child_.pid(), std::string(kMark) + "=" + scratch_.path()) {}

std::vector<std::string> Owner::report() {
  while (true) {
    const bool ended = child_.wait_for(milliseconds(5)).has_value();
    leftovers_.watch();
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

void Owner::let_live(milliseconds duration) {
  const Deadline deadline(duration);
  while (!deadline.passed() && !child_.wait_for(milliseconds(5))) leftovers_.watch();
}

void Owner::kill() {
  leftovers_.watch();
  child_.signal(SIGKILL);
  const ExitStatus status = child_.wait();
  EXPECT_EQ(status.signal, SIGKILL) << read_file(scratch_.path() + "/output");
}

std::vector<std::string> Owner::left() {
  leftovers_.watch();
  return leftovers_.found();
}

std::vector<std::string> Owner::left_in_the_end() {
  const Deadline deadline(std::chrono::seconds(10));
  std::vector<std::string> found = left();
  while (!found.empty() && !deadline.passed()) found = left();
  return found;
}

}  // namespace splitproof::sim
