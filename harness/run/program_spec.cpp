#include "harness/run/program_spec.h"

#include <algorithm>
#include <array>

#include "harness/cli/shell_quote.h"

namespace splitproof::harness {

namespace {

constexpr std::string_view shell = "/bin/sh";
constexpr std::array<std::string_view, 8> database_variables{
    "DATABASE_URL", "PGHOST",     "PGPORT",    "PGUSER",
    "PGPASSWORD",   "PGDATABASE", "PGSSLMODE", "SQLITE_PATH"};

bool is_shell_command(const std::vector<std::string>& command) {
  return command.size() == 3 && command[0] == shell && command[1] == "-c";
}

// Blanks and line ends between words become one blank each.
std::string one_line_of(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line.ends_with(' ') ? line.substr(0, line.size() - 1) : line;
}

std::string replaced(std::string text, const std::string& code) {
  constexpr std::string_view mark = "{code}";
  for (std::size_t at = text.find(mark); at != std::string::npos;
       at = text.find(mark, at + code.size())) {
    text.replace(at, mark.size(), code);
  }
  return text;
}

}  // namespace

std::vector<std::string> shell_command(const std::string& text) {
  return {std::string(shell), "-c", text};
}

std::string in_words(const std::vector<std::string>& command) {
  if (is_shell_command(command)) return one_line_of(command[2]);
  std::string text;
  for (const std::string& word : command) text += (text.empty() ? "" : " ") + shell_quote(word);
  return one_line_of(text);
}

ProgramSpec with_code(const ProgramSpec& program, const std::string& code) {
  if (code.empty()) return program;
  ProgramSpec formed = program;
  for (std::string& word : formed.command) word = replaced(word, code);
  for (auto& [name, value] : formed.environment) value = replaced(value, code);
  return formed;
}

bool is_secret(std::string_view name, std::string_view value) {
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(), [](char sign) {
    return sign >= 'a' && sign <= 'z' ? static_cast<char>(sign - 'a' + 'A') : sign;
  });
  for (const char* const word : {"PASS", "PWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "AUTH"}) {
    if (upper.find(word) != std::string::npos) return true;
  }
  const std::size_t host = value.find("://");
  if (host == std::string_view::npos) return false;
  const std::string_view user = value.substr(host + 3, value.find('/', host + 3) - host - 3);
  return user.find('@') != std::string_view::npos && user.find(':') < user.find('@');
}

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_digit(c); });
}

bool names_database(std::string_view variable) {
  return std::ranges::find(database_variables, variable) != database_variables.end();
}

bool runs_programs(const Scenario& scenario) {
  return !scenario.operations.empty() && scenario.operations.front().program.has_value();
}

Variant only_variant() {
  Variant variant;
  variant.name = std::string(command_case_name);
  variant.title = "the command as it is";
  for (const char* const target : {"sqlite", "postgres"}) variant.expect[target] = Expected{};
  return variant;
}

}  // namespace splitproof::harness
