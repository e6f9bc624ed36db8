#include "harness/run/initial_scripts.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "sim/process/child.h"
#include "sim/server/postgres_programs.h"
#include "sim/sql/postgres/connection_text.h"
#include "sim/sql/sqlite/sqlite_script.h"

extern char** environ;

namespace splitproof::harness {

namespace {

// A script that takes longer waits for something that will not come.
constexpr std::chrono::minutes script_time_max{10};

// psql's exit codes that are not the script's: it could not reach the server, or lost it.
constexpr int psql_lost_connection = 2;

sim::Error not_usable(std::string message) {
  return {sim::ErrorKind::invalid, "", std::move(message)};
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string shortened(const std::string& statement) {
  constexpr std::size_t length_max = 200;
  if (statement.size() <= length_max) return statement;
  return statement.substr(0, length_max) + "…";
}

sim::Status run_on_sqlite(const std::string& path, sim::Engine& engine) {
  const sim::Answer<std::unique_ptr<sim::Session>> session = engine.connect();
  if (!session.ok()) return session.error();
  const auto run = sim::run_sqlite_script(*session.value(), content_of(path));
  if (run.ok()) return sim::Done{};
  const sim::ScriptError& error = run.error();
  return sim::Error{
      error.error.kind, error.error.native_code,
      fmt::format("{}:{}:1: found '{}'; expected a statement that the database accepts, but it "
                  "says: {}",
                  path, error.line, shortened(error.statement), error.error.message)};
}

// What psql needs to find the server is what we were given ourselves, by the caller's environment
// too; its own messages are in English, like ours.
std::map<std::string, std::string> psql_environment(const std::string& password) {
  std::map<std::string, std::string> all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string assignment(*variable);
    const std::size_t equals = assignment.find('=');
    if (equals != std::string::npos) {
      all[assignment.substr(0, equals)] = assignment.substr(equals + 1);
    }
  }
  all["LC_ALL"] = "C.UTF-8";
  all["PGCLIENTENCODING"] = "UTF8";
  if (!password.empty()) all["PGPASSWORD"] = password;
  return all;
}

// From the last complaint on, which is the one that ended the script: each begins with psql's name,
// the rows and hints below it do not.
std::string last_complaint(const std::string& output) {
  constexpr std::string_view mark = "psql:";
  std::string complaint;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const bool begins = line.starts_with(mark);
    if (begins) complaint.clear();
    complaint += (complaint.empty() ? "" : "\n") + (begins ? line.substr(mark.size()) : line);
  }
  return complaint;
}

// Output that nobody finds on a disk, whatever ends us: a file in memory.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("psql", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), descriptor_); }

 private:
  int descriptor_;
};

std::string program_in(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    std::string program = folder + "/psql";
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

}  // namespace

sim::Status run_by_psql(const std::string& path, const std::string& address,
                        const std::vector<std::string>& folders) {
  const std::string program = program_in(folders);
  if (program.empty()) {
    return not_usable(
        fmt::format("{} is run by psql, which was not found; install it: apt-get install "
                    "postgresql-client",
                    path));
  }
  const auto connection = sim::without_its_password(address);
  if (!connection.ok()) return connection.error();
  const MemoryFile output;
  sim::ChildOptions options;
  options.command = {program,
                     "-X",
                     "-q",
                     "-o",
                     "/dev/null",
                     "-v",
                     "ON_ERROR_STOP=1",
                     "-f",
                     path,
                     "-d",
                     connection.value().connection};
  options.environment = psql_environment(connection.value().password);
  options.output = output.path();
  sim::Result<sim::Child, sim::ChildError> child = sim::Child::start(options);
  if (!child.ok()) return sim::Error{sim::ErrorKind::resource, "", child.error().message};
  const std::optional<sim::ExitStatus> ended = child.value().wait_for(script_time_max);
  if (!ended) {
    return not_usable(
        fmt::format("{}: found a script that runs for longer than {} minutes; "
                    "expected one that comes to its end",
                    path, script_time_max.count()));
  }
  if (ended->success()) return sim::Done{};
  const std::string complaint = last_complaint(content_of(output.path()));
  if (ended->signal != 0 || ended->code == psql_lost_connection) {
    return sim::Error{
        sim::ErrorKind::connection_lost, "",
        fmt::format("psql, which ran {}, ended with {}: {}", path, to_string(*ended), complaint)};
  }
  return not_usable(
      fmt::format("{}\nexpected a script that psql runs to its end without an error", complaint));
}

sim::Status run_initial_script(const std::string& path, sim::Engine& engine,
                               const std::string& address) {
  if (engine.dialect() == sim::Dialect::sqlite) return run_on_sqlite(path, engine);
  return run_by_psql(path, address, sim::postgres_folders());
}

}  // namespace splitproof::harness
