// What a scenario runs: `operations`, or one of the two ways to name programs alone, `system` and
// `sessions`.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/cli/options.h"
#include "harness/run/program_spec.h"
#include "harness/run/scenario_parts.h"

namespace splitproof::harness {

namespace {

// What an operation is; it is exactly one of them.
const std::vector<std::string> kinds_of_operation{"run", "steps", "command"};
// What may stand beside a command only.
const std::vector<std::string> beside_command{"environment", "folder", "time-limit", "own-timeout"};

std::vector<std::string> joined(std::vector<std::string> keys,
                                const std::vector<std::string>& further) {
  keys.insert(keys.end(), further.begin(), further.end());
  return keys;
}

std::map<std::string, std::string> read_arguments(const YamlNode& node, const std::string& folder,
                                                  FirstRefusal& refusal) {
  if (node.kind != YamlNode::Kind::mapping) {
    refusal.refuse(node.place, fmt::format("found {} as 'with'; expected a mapping of the "
                                           "operation's arguments",
                                           describe(node)));
  }
  std::map<std::string, std::string> arguments;
  for (const YamlEntry& entry : node.entries) {
    arguments[entry.key] = entry.key == "file"
                               ? file_of(entry.value, folder, refusal)
                               : text_of(entry.value, "the value of an argument", refusal);
  }
  return arguments;
}

char read_session(Fields& fields, FirstRefusal& refusal) {
  const std::string letter = fields.text_or("session", "a");
  if (letter.size() == 1 && letter >= "a" && letter <= "h") return letter.front();
  refusal.refuse(
      fields.place_of("session"),
      fmt::format("found '{}' as 'session'; expected one of the letters a to h", letter));
  return 'a';
}

// The sessions of a scenario are named without a gap, so that a plan's letters can be counted on.
void check_sessions(const std::vector<OperationSpec>& operations, FirstRefusal& refusal) {
  char last = 'a';
  for (const OperationSpec& operation : operations) last = std::max(last, operation.session);
  for (char session = 'a'; session < last; ++session) {
    if (std::ranges::find(operations, session, &OperationSpec::session) != operations.end()) {
      continue;
    }
    const auto beyond = std::ranges::find(operations, last, &OperationSpec::session);
    refusal.refuse(beyond->place,
                   fmt::format("found the session '{}' and no operation of the session '{}'; "
                               "expected the letters from 'a' on, none left out",
                               last, session));
  }
  if (last == 'a' || operations.size() <= sessions_at_once_max) return;
  refusal.refuse(operations[sessions_at_once_max].place,
                 fmt::format("found {} operations of several sessions; expected at most {}, for "
                             "every set of them is run for comparison",
                             operations.size(), sessions_at_once_max));
}

std::vector<std::string> read_command(const YamlNode& node, FirstRefusal& refusal) {
  constexpr const char* what = "a command: a list of words, or one text for a shell";
  if (node.kind != YamlNode::Kind::sequence) return shell_command(text_of(node, what, refusal));
  std::vector<std::string> command;
  for (const YamlNode& word : node.items) {
    // A program may be given an empty argument, but it has a name.
    if (command.empty() || word.kind != YamlNode::Kind::scalar) {
      text_of(word, "a word of the command", refusal);
    }
    command.push_back(word.text);
  }
  if (command.empty()) {
    refusal.refuse(node.place, fmt::format("found an empty list as 'command'; expected {}", what));
  }
  return command;
}

std::map<std::string, std::string> read_environment(const YamlNode& node, FirstRefusal& refusal) {
  if (node.kind != YamlNode::Kind::mapping) {
    refusal.refuse(node.place, fmt::format("found {} as 'environment'; expected a mapping of "
                                           "variables to their values",
                                           describe(node)));
  }
  std::map<std::string, std::string> environment;
  for (const YamlEntry& entry : node.entries) {
    if (!is_variable_name(entry.key)) {
      refusal.refuse(entry.place, fmt::format("found '{}' as the name of a variable; expected "
                                              "letters, digits and underlines, the first no digit",
                                              entry.key));
    }
    if (names_database(entry.key)) {
      refusal.refuse(entry.place,
                     fmt::format("found the variable '{}'; expected another one, for by this one "
                                 "the program is told which database to use",
                                 entry.key));
    }
    if (entry.value.kind != YamlNode::Kind::scalar) {
      refusal.refuse(entry.value.place, fmt::format("found {}; expected the value of a variable",
                                                    describe(entry.value)));
    }
    environment[entry.key] = entry.value.text;
  }
  return environment;
}

std::string read_folder(Fields& fields, const std::string& folder, FirstRefusal& refusal) {
  const std::string given = fields.text_or("folder", ".");
  std::filesystem::path path = (std::filesystem::absolute(folder) / given).lexically_normal();
  if (!path.has_filename() && path.has_parent_path()) path = path.parent_path();
  std::error_code failure;
  if (!std::filesystem::is_directory(path, failure)) {
    refusal.refuse(fields.place_of("folder"),
                   fmt::format("found the folder '{}'; expected one that exists, but there is none "
                               "at {}",
                               given, path.string()));
  }
  return path.string();
}

void read_time(Fields& fields, std::string_view key, std::chrono::milliseconds& time,
               FirstRefusal& refusal) {
  if (!fields.has(key)) return;
  const std::string text = fields.text(key);
  const auto given = parse_duration(text);
  if (!given) {
    refusal.refuse(
        fields.place_of(key),
        fmt::format("found '{}' as '{}'; expected a time such as 500ms, 30s or 5m", text, key));
  }
  time = given.value_or(time);
}

ProgramSpec read_program(Fields& fields, const std::string& folder, FirstRefusal& refusal) {
  ProgramSpec program;
  if (const YamlNode* command = fields.find("command")) {
    program.command = read_command(*command, refusal);
  }
  if (const YamlNode* environment = fields.find("environment")) {
    program.environment = read_environment(*environment, refusal);
  }
  program.folder = read_folder(fields, folder, refusal);
  read_time(fields, "time-limit", program.time_limit, refusal);
  read_time(fields, "own-timeout", program.own_timeout, refusal);
  if (program.own_timeout >= program.time_limit) {
    refusal.refuse(fields.place_of("own-timeout"),
                   fmt::format("found an 'own-timeout' of {} ms; expected less than the "
                               "'time-limit' of {} ms, after which the program is ended",
                               program.own_timeout.count(), program.time_limit.count()));
  }
  return program;
}

void check_kind(const YamlNode& node, const Fields& fields, FirstRefusal& refusal) {
  std::vector<std::string> given;
  for (const std::string& kind : kinds_of_operation) {
    if (fields.has(kind)) given.push_back(fmt::format("'{}'", kind));
  }
  if (given.size() != 1) {
    refusal.refuse(node.place,
                   fmt::format("found an operation with {}; expected exactly one of 'run', 'steps' "
                               "and 'command'",
                               given.empty() ? "none of what it could do"
                                             : fmt::format("{}", fmt::join(given, " and "))));
    return;
  }
  if (fields.has("with") && !fields.has("run")) {
    refusal.refuse(fields.place_of("with"),
                   fmt::format("found 'with' beside {}; expected it beside 'run', whose arguments "
                               "it gives",
                               given.front()));
  }
  for (const std::string& key : beside_command) {
    if (!fields.has(key) || fields.has("command")) continue;
    refusal.refuse(fields.place_of(key), fmt::format("found '{}' beside {}; expected it beside "
                                                     "'command', whose program it is for",
                                                     key, given.front()));
  }
}

OperationSpec read_operation(const YamlNode& node, const std::string& folder,
                             FirstRefusal& refusal) {
  const std::vector<std::string> own{"session", "title", "run", "code", "with", "steps", "command"};
  Fields fields(node, "an operation", joined(own, beside_command), refusal);
  OperationSpec operation;
  operation.place = node.place;
  operation.session = read_session(fields, refusal);
  operation.title = fields.text("title");
  operation.run = fields.text_or("run", "");
  operation.code = fields.text_or("code", "");
  operation.steps = statements_of(fields, "steps", refusal);
  check_kind(node, fields, refusal);
  if (const YamlNode* with = fields.find("with")) {
    operation.with = read_arguments(*with, folder, refusal);
  }
  if (fields.has("command")) operation.program = read_program(fields, folder, refusal);
  return operation;
}

// Programs are watched from outside, and operations of ours from within; a run is one or the other.
void check_all_or_none(const std::vector<OperationSpec>& operations, FirstRefusal& refusal) {
  for (const OperationSpec& operation : operations) {
    if (operation.program.has_value() == operations.front().program.has_value()) continue;
    refusal.refuse(operation.place,
                   "found an operation with a command beside one without; expected a command in "
                   "every operation, or in none");
  }
}

}  // namespace

std::vector<OperationSpec> read_operations(const std::vector<YamlNode>& nodes,
                                           const std::string& folder, FirstRefusal& refusal) {
  std::vector<OperationSpec> operations;
  for (const YamlNode& node : nodes) operations.push_back(read_operation(node, folder, refusal));
  // The letters of a file that was refused already may be anything.
  if (!refusal.error()) check_sessions(operations, refusal);
  check_all_or_none(operations, refusal);
  return operations;
}

OperationSpec read_system(const YamlNode& node, const std::string& title, const std::string& folder,
                          FirstRefusal& refusal) {
  Fields fields(node, "the system", joined({"command"}, beside_command), refusal);
  if (!fields.has("command")) {
    refusal.refuse(node.place, "found no 'command' in the system; expected this key");
  }
  OperationSpec operation;
  operation.place = node.place;
  operation.title = title;
  operation.program = read_program(fields, folder, refusal);
  return operation;
}

std::vector<OperationSpec> read_sessions(const std::vector<YamlNode>& nodes,
                                         const std::string& folder, FirstRefusal& refusal) {
  std::vector<OperationSpec> operations;
  for (const YamlNode& node : nodes) {
    Fields fields(node, "a session", joined({"title", "command"}, beside_command), refusal);
    if (!fields.has("command")) {
      refusal.refuse(node.place, "found no 'command' in a session; expected this key");
    }
    OperationSpec operation;
    operation.place = node.place;
    operation.session = static_cast<char>('a' + std::min<std::size_t>(operations.size(), 25));
    operation.program = read_program(fields, folder, refusal);
    operation.title = fields.text_or("title", in_words(operation.program->command));
    operations.push_back(std::move(operation));
  }
  if (operations.size() > sessions_at_once_max) {
    refusal.refuse(operations[sessions_at_once_max].place,
                   fmt::format("found {} sessions; expected at most {}, for every set of them is "
                               "run for comparison",
                               operations.size(), sessions_at_once_max));
  }
  return operations;
}

}  // namespace splitproof::harness
