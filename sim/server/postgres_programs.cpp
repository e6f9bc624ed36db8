#include "sim/server/postgres_programs.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>
#include <system_error>
#include <utility>

namespace splitproof::sim {
namespace {

// "/usr/lib/postgresql/15/bin" and its like, newest version first.
std::vector<std::string> debian_folders() {
  std::vector<std::pair<int, std::string>> versions;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    const std::string name = entry.path().filename().string();
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    if (version > 0) versions.emplace_back(version, (entry.path() / "bin").string());
  }
  std::ranges::sort(versions, std::ranges::greater());
  std::vector<std::string> folders;
  for (auto& [version, folder] : versions) folders.push_back(std::move(folder));
  return folders;
}

// Empty when there is no pg_config.
std::string pg_config_folder() {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen("pg_config --bindir 2>/dev/null", "re"),
                                                   &::pclose);
  std::array<char, 4096> line{};
  if (!pipe || std::fgets(line.data(), line.size(), pipe.get()) == nullptr) return "";
  const std::string folder(line.data());
  return folder.substr(0, folder.find('\n'));
}

bool is_program(const std::string& path) {
  return std::filesystem::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::vector<std::string> postgres_folders() {
  std::vector<std::string> folders = debian_folders();
  if (std::string folder = pg_config_folder(); !folder.empty()) folders.push_back(folder);
  const char* const path = std::getenv("PATH");
  std::istringstream parts(path != nullptr ? path : "");
  for (std::string part; std::getline(parts, part, ':');) {
    if (!part.empty()) folders.push_back(part);
  }
  return folders;
}

Result<PostgresPrograms, ServerError> find_postgres(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    PostgresPrograms programs{.initdb = folder + "/initdb", .postgres = folder + "/postgres"};
    if (is_program(programs.initdb) && is_program(programs.postgres)) return programs;
  }
  std::string searched;
  for (const std::string& folder : folders) searched += (searched.empty() ? "" : ", ") + folder;
  return ServerError{
      "PostgreSQL's server programs `initdb` and `postgres` were not found (looked in: " +
      (searched.empty() ? "nowhere" : searched) + "). Install them: apt-get install postgresql"};
}

Result<std::optional<Account>, ServerError> server_account() {
  if (::geteuid() != 0) return std::optional<Account>();
  for (const char* const name : {"postgres", "nobody"}) {
    const passwd* const entry = ::getpwnam(name);
    if (entry == nullptr) continue;
    return std::optional<Account>(
        Account{.name = name, .user = entry->pw_uid, .group = entry->pw_gid});
  }
  return ServerError{
      "A PostgreSQL server cannot run as root, and this machine has neither a user `postgres` nor "
      "`nobody` to run it as. Add one (adduser --system postgres), or call this program as an "
      "ordinary user."};
}

}  // namespace splitproof::sim
