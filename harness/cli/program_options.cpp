#include "harness/cli/program_options.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "harness/cli/option_values.h"
#include "harness/cli/shell_quote.h"
#include "harness/run/program_spec.h"

namespace splitproof::harness {

namespace {

constexpr std::array<const char*, 7> only_with_commands{
    "--setup", "--invariant", "--env", "--retry", "--own-timeout", "--expect", "--atomic"};

void refuse_without_command(const CommandLine& line) {
  for (const char* const name : only_with_commands) {
    if (line.values.at(name).empty()) continue;
    throw Refused{fmt::format(
        "'{}' is given without '--command'; expected the command that it is for", name)};
  }
}

void refuse_beside_command(const CommandLine& line) {
  for (const std::string& command : line.values.at("--command")) {
    if (command.find_first_not_of(" \t\r\n") != std::string::npos) continue;
    throw Refused{"'--command' is blank; expected a command as a shell takes it"};
  }
  if (!line.words.empty()) {
    throw Refused{
        fmt::format("'{}' is given beside '--command'; expected a command or scenarios, not both "
                    "(a command is one text, in quotes)",
                    line.words.front())};
  }
  const std::string* const variant = given_once(line, "--variant");
  if (variant == nullptr || *variant == command_case_name) return;
  throw Refused{
      fmt::format("'--variant' is '{}' beside '--command'; expected it only with a scenario, for a "
                  "command has the one variant '{}'",
                  *variant, command_case_name)};
}

void read_environment(const CommandLine& line, ProgramOptions& programs) {
  for (const std::string& given : line.values.at("--env")) {
    const std::size_t equals = given.find('=');
    const std::string name = given.substr(0, equals);
    if (!is_variable_name(name)) {
      throw Refused{fmt::format("'--env' is '{}'; expected NAME=VALUE, or NAME", given)};
    }
    if (names_database(name)) {
      throw Refused{
          fmt::format("'--env' sets '{}'; expected another variable, for by this one the program "
                      "is told which database to use",
                      name)};
    }
    const bool is_new = equals == std::string::npos
                            ? programs.passed_on.insert(name).second
                            : programs.environment.emplace(name, given.substr(equals + 1)).second;
    if (!is_new || (programs.environment.contains(name) && programs.passed_on.contains(name))) {
      throw Refused{fmt::format("'--env' sets '{}' a second time; expected it once", name)};
    }
  }
}

std::vector<std::string> files_of(const CommandLine& line, const std::string& name) {
  const std::vector<std::string>& files = line.values.at(name);
  if (without_repetitions(files).size() == files.size()) return files;
  throw Refused{fmt::format("'{}' names a file twice; expected each once", name)};
}

std::string time_text(std::chrono::milliseconds time) {
  if (time.count() % 60'000 == 0) return fmt::format("{}m", time.count() / 60'000);
  if (time.count() % 1'000 == 0) return fmt::format("{}s", time.count() / 1'000);
  return fmt::format("{}ms", time.count());
}

}  // namespace

bool read_program_run(const CommandLine& line, Options& options) {
  ProgramOptions& programs = options.programs;
  programs.commands = line.values.at("--command");
  if (programs.commands.empty()) {
    refuse_without_command(line);
    return false;
  }
  refuse_beside_command(line);
  if (programs.commands.size() > sessions_at_once_max) {
    throw Refused{
        fmt::format("'--command' is given {} times; expected at most {}, each of which is "
                    "a session",
                    programs.commands.size(), sessions_at_once_max)};
  }
  programs.setups = files_of(line, "--setup");
  programs.invariants = files_of(line, "--invariant");
  read_environment(line, programs);
  if (const std::string* const retry = given_once(line, "--retry")) {
    programs.retry_attempts = number_of("--retry", *retry, 1, 100);
  }
  read_time(line, "--timeout", programs.time_limit);
  read_time(line, "--own-timeout", programs.own_timeout);
  if (programs.own_timeout >= programs.time_limit) {
    throw Refused{
        fmt::format("'--own-timeout' is '{}'; expected less than the {} after which the program is "
                    "ended ('--timeout')",
                    time_text(programs.own_timeout), time_text(programs.time_limit))};
  }
  programs.expect_violated = word_of(line, "--expect", {"holds", "violated"}, 0) == 1;
  programs.by_transaction = word_of(line, "--atomic", {"operation", "transaction"}, 0) == 1;
  return true;
}

std::string to_words(const ProgramOptions& programs) {
  const ProgramOptions usual;
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", name, shell_quote(value));
  };
  for (const std::string& setup : programs.setups) add("--setup", setup);
  for (const std::string& invariant : programs.invariants) add("--invariant", invariant);
  for (const auto& [name, value] : programs.environment) {
    add("--env", is_secret(name, value) ? name : name + "=" + value);
  }
  for (const std::string& name : programs.passed_on) add("--env", name);
  if (programs.retry_attempts != usual.retry_attempts) {
    add("--retry", std::to_string(programs.retry_attempts));
  }
  if (programs.time_limit != usual.time_limit) add("--timeout", time_text(programs.time_limit));
  if (programs.own_timeout != usual.own_timeout) {
    add("--own-timeout", time_text(programs.own_timeout));
  }
  if (programs.by_transaction) add("--atomic", "transaction");
  if (programs.expect_violated) add("--expect", "violated");
  for (const std::string& command : programs.commands) add("--command", command);
  return text;
}

}  // namespace splitproof::harness
