#include "harness/run/command_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/run/program_spec.h"

namespace splitproof::harness {

namespace {

// Longer ones were given by mistake: a query is written by people.
constexpr std::uintmax_t query_size_max = 1024 * 1024;

sim::Result<Invariant, std::string> read_invariant_file(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) {
    return fmt::format("the file {} of '--invariant' is not there; expected an SQL query", path);
  }
  if (std::filesystem::file_size(path, failure) > query_size_max) {
    return fmt::format("{}: found more than 1 MiB; expected one SQL query", path);
  }
  std::ifstream file(path, std::ios::binary);
  const std::string sql{std::istreambuf_iterator<char>(file), {}};
  if (!file.good()) return fmt::format("the file {} of '--invariant' cannot be read", path);
  if (sql.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fmt::format(
        "{}:1:1: found nothing; expected an SQL query that returns the rows which must not be "
        "there",
        path);
  }
  Invariant invariant;
  invariant.name = std::filesystem::path(path).stem().string();
  invariant.sql = sql;
  invariant.place = {path, 1, 1};
  return invariant;
}

std::string title_of(const std::vector<OperationSpec>& operations) {
  if (operations.size() == 1) return operations.front().title;
  std::string title;
  for (const OperationSpec& operation : operations) {
    title += fmt::format("{}{}: {}", title.empty() ? "" : "; ", operation.session, operation.title);
  }
  return title;
}

// Adds what is to be passed on of our own environment. The error is of a variable that we lack.
sim::Result<std::map<std::string, std::string>, std::string> environment_of(
    const ProgramOptions& programs) {
  std::map<std::string, std::string> environment = programs.environment;
  for (const std::string& name : programs.passed_on) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) {
      return fmt::format(
          "'--env {}' passes on a variable, which is not set; expected it set, or '--env "
          "{}=VALUE' (a report keeps no secrets, so that its lines name them alone)",
          name, name);
    }
    environment.emplace(name, value);
  }
  return environment;
}

std::vector<OperationSpec> operations_of_commands(
    const ProgramOptions& programs, const std::map<std::string, std::string>& environment) {
  std::vector<OperationSpec> operations;
  for (const std::string& command : programs.commands) {
    OperationSpec operation;
    operation.session = static_cast<char>('a' + static_cast<int>(operations.size()));
    ProgramSpec program;
    program.command = shell_command(command);
    program.environment = environment;
    program.passed_on = programs.passed_on;
    program.folder = std::filesystem::current_path().string();
    program.time_limit = programs.time_limit;
    program.own_timeout = programs.own_timeout;
    operation.title = in_words(program.command);
    operation.program = std::move(program);
    operations.push_back(std::move(operation));
  }
  return operations;
}

}  // namespace

sim::Result<Scenario, std::string> scenario_of_command(const ProgramOptions& programs) {
  Scenario scenario;
  scenario.name = std::string(command_case_name);
  const auto environment = environment_of(programs);
  if (!environment.ok()) return environment.error();
  scenario.operations = operations_of_commands(programs, environment.value());
  scenario.title = title_of(scenario.operations);
  scenario.story = "A program that was given on the command line.";
  scenario.claim = "Whatever breaks, what the program leaves in the database is whole.";
  scenario.retry_attempts = programs.retry_attempts;
  scenario.by_transaction = programs.by_transaction;
  for (const std::string& setup : programs.setups) {
    scenario.data.scripts.push_back(std::filesystem::absolute(setup).lexically_normal().string());
  }
  for (const std::string& path : programs.invariants) {
    auto invariant = read_invariant_file(path);
    if (!invariant.ok()) return invariant.error();
    if (std::ranges::find(scenario.invariants, invariant.value().name, &Invariant::name) !=
        scenario.invariants.end()) {
      return fmt::format(
          "the invariant '{}' is given a second time, by {}; expected files of "
          "different names",
          invariant.value().name, path);
    }
    scenario.invariants.push_back(std::move(invariant).value());
  }
  Variant variant = only_variant();
  if (programs.expect_violated) {
    variant.role = Role::control;
    for (auto& [target, expected] : variant.expect) expected.observed = Expectation::violated;
  }
  scenario.variants.push_back(std::move(variant));
  return scenario;
}

}  // namespace splitproof::harness
