// PostgreSQL's own client programs, run as a user would run them: psql, pgbench, pg_dump.
//
// They are those of the version of the server that the tests start. They see no setting of ours but
// what they are given, ask nobody for a password, and are ended after five minutes, so that
// whoever hangs is a failure and not the end of the tests.
#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/process/child.h"
#include "sim/server/cluster.h"
#include "sim/server/postgres_programs.h"

namespace splitproof::tests {

// The full path of a program of PostgreSQL's.
inline std::string postgres_program(const std::string& name) {
  const auto found = sim::find_postgres(sim::postgres_folders());
  if (!found.ok()) throw std::runtime_error(found.error().message);
  return std::filesystem::path(found.value().postgres).parent_path() / name;
}

// All of a file; empty when there is none.
inline std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct ClientRun {
  sim::ExitStatus status;
  std::string output;  // Standard output and standard error.
};

using ClientSettings = std::map<std::string, std::string>;

class ClientProgram {
 public:
  // `command` begins with the name of a program of PostgreSQL's, or is one for a shell. A setting
  // is a variable of its environment, such as PGPASSWORD.
  explicit ClientProgram(std::vector<std::string> command, const ClientSettings& settings = {})
      : output_(own_path()), child_(start(std::move(command), settings, output_)) {}
  ~ClientProgram() { std::filesystem::remove(output_); }
  ClientProgram(const ClientProgram&) = delete;
  ClientProgram& operator=(const ClientProgram&) = delete;

  void signal(int number) const { child_.signal(number); }
  std::string output() const { return text_of_file(output_); }

  ClientRun wait() {
    const auto status = child_.wait_for(limit);
    if (!status) throw std::runtime_error("a client program does not end; it said: " + output());
    return {*status, output()};
  }

 private:
  static constexpr std::chrono::minutes limit{5};

  // Other test programs may run at the same time.
  static std::string own_path() {
    static std::atomic<int> count = 0;
    return std::filesystem::temp_directory_path() /
           ("splitproof-client-output-" + std::to_string(::getpid()) + "-" +
            std::to_string(++count));
  }

  static sim::Child start(std::vector<std::string> command, const ClientSettings& settings,
                          const std::string& output) {
    if (command.front() != "sh") command.front() = postgres_program(command.front());
    sim::ChildOptions options;
    options.command = std::move(command);
    options.environment = sim::server_environment();
    for (const auto& [name, value] : settings) options.environment[name] = value;
    options.output = output;
    auto child = sim::Child::start(options);
    if (!child.ok()) throw std::runtime_error(child.error().message);
    return std::move(child).value();
  }

  std::string output_;
  sim::Child child_;
};

inline ClientRun run_client(std::vector<std::string> command, const ClientSettings& settings = {}) {
  return ClientProgram(std::move(command), settings).wait();
}

}  // namespace splitproof::tests
