#include "harness/program/program_environment.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "sim/sql/postgres/connection_string.h"

namespace splitproof::harness {

namespace {

constexpr std::array passed_on{
    "PATH",        "HOME",      "USER",      "LOGNAME",        "SHELL",      "LANG",
    "LANGUAGE",    "TZ",        "TMPDIR",    "LC_ALL",         "LC_CTYPE",   "LC_TIME",
    "LC_MESSAGES", "JAVA_HOME", "CLASSPATH", "NODE_PATH",      "PYTHONPATH", "VIRTUAL_ENV",
    "RUBYLIB",     "GEM_PATH",  "PERL5LIB",  "LD_LIBRARY_PATH"};

// As RFC 3986 wants it in a URL.
std::string in_url(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace

std::map<std::string, std::string> database_variables(const std::string& connection, int port) {
  std::map<std::string, std::string> known = sim::parameters_in(connection);
  if (known.empty()) return {};
  // Some programs insist on a password, and a server that trusts everybody takes any.
  std::string& password = known["password"];
  if (password.empty()) password = "splitproof";
  const std::string& user = known["user"];
  const std::string& database = known["dbname"];
  return {{"PGHOST", "127.0.0.1"},
          {"PGPORT", std::to_string(port)},
          {"PGUSER", user},
          {"PGPASSWORD", password},
          {"PGDATABASE", database},
          {"PGSSLMODE", "disable"},
          {"DATABASE_URL", fmt::format("postgresql://{}:{}@127.0.0.1:{}/{}?sslmode=disable",
                                       in_url(user), in_url(password), port, in_url(database))}};
}

std::map<std::string, std::string> program_environment(
    const ProgramSpec& program, const std::map<std::string, std::string>& database) {
  std::map<std::string, std::string> environment;
  for (const char* const name : passed_on) {
    if (const char* const value = std::getenv(name)) environment[name] = value;
  }
  for (const auto& [name, value] : program.environment) environment[name] = value;
  for (const auto& [name, value] : database) environment[name] = value;
  return environment;
}

}  // namespace splitproof::harness
