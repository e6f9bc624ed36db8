// What is true of anyone's program, wherever it was described: in a scenario file or on the command
// line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/scenario.h"

namespace splitproof::harness {

// The name of a case without a file, and of the one variant of a command that has no others.
inline constexpr std::string_view command_case_name = "command";

// Of eight operations there are 256 sets, each of which is run for comparison.
inline constexpr std::size_t sessions_at_once_max = 8;

// The command that runs a text as a shell does: "/bin/sh", "-c", the text.
std::vector<std::string> shell_command(const std::string& text);

// A command as somebody would type it, in one line: the text of a shell's, else its words, quoted.
std::string in_words(const std::vector<std::string>& command);

// The program in one of its forms: every "{code}" in a word of the command, or in the value of a
// variable, is replaced by `code`. Where `code` is empty there is only one form, and the text stays
// as it is.
ProgramSpec with_code(const ProgramSpec& program, const std::string& code);

// Letters, digits and underlines, the first one no digit: what a shell could set.
bool is_variable_name(std::string_view name);

// Whether a program is told by this variable which database to use (DATABASE_URL, PGHOST, …), so
// that nobody else may set it.
bool names_database(std::string_view variable);

// Whether the value of a variable may be a secret, so that no report shows it: by what its name
// says (PASSWORD, API_KEY, TOKEN, …), or because it is a URL with a password.
bool is_secret(std::string_view name, std::string_view value);

// Whether the operations of the scenario are programs; they all are, or none is.
bool runs_programs(const Scenario& scenario);

// The variant of a scenario of programs that says nothing of variants: as it is, and expected to
// hold on every target.
Variant only_variant();

}  // namespace splitproof::harness
