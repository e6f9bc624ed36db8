#include "harness/cli/command_line.h"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "harness/run/scenario_file.h"

namespace splitproof::harness {

namespace {

using Texts = std::vector<std::string>;

Texts options_of(const Grammar& grammar) {
  Texts names = grammar.valued;
  names.insert(names.end(), grammar.flags.begin(), grammar.flags.end());
  names.emplace_back("--help");
  return names;
}

// Sorts what belongs to no option into words and options that the command does not have.
void add_extras(const Texts& extras, const Grammar& grammar, CommandLine& line) {
  for (const std::string& extra : extras) {
    if (extra.starts_with('-') && extra.size() > 1) {
      const std::string name = extra.substr(0, extra.find('='));
      throw Refused{fmt::format("'{}' has no option '{}'{}", grammar.command, name,
                                did_you_mean(name, options_of(grammar)))};
    }
    line.words.push_back(extra);
  }
}

void refuse_words(const CommandLine& line, const Grammar& grammar) {
  for (const std::string& word : line.words) {
    if (!grammar.takes_words) {
      throw Refused{
          fmt::format("'{}' takes no argument, but '{}' is given", grammar.command, word)};
    }
    if (word.empty()) {
      throw Refused{fmt::format("'{}' is given an empty argument", grammar.command)};
    }
  }
}

void refuse_valued_flags(const Texts& arguments, const Grammar& grammar) {
  for (const std::string& argument : arguments) {
    const std::string name = argument.substr(0, argument.find('='));
    if (name == argument || std::ranges::find(grammar.flags, name) == grammar.flags.end()) continue;
    throw Refused{fmt::format("'{}' takes no value", name)};
  }
}

// An option eats whatever follows it, so that a forgotten value shows as the next option's name.
void refuse_missing_values(const CommandLine& line) {
  for (const auto& [name, values] : line.values) {
    const bool missing = std::ranges::any_of(
        values, [](const std::string& value) { return value.empty() || value.starts_with("--"); });
    if (missing) throw Refused{fmt::format("'{}' needs a value", name)};
  }
}

}  // namespace

CommandLine take_apart(const Grammar& grammar, const Texts& arguments) {
  // What stands behind "--" is words, whatever it looks like.
  const auto options_end = std::ranges::find(arguments, "--");
  const Texts options(arguments.begin(), options_end);
  refuse_valued_flags(options, grammar);
  CommandLine line;
  CLI::App parser;
  parser.set_help_flag("");
  parser.allow_extras();
  for (const std::string& name : grammar.valued) {
    parser.add_option(name, line.values[name])->allow_extra_args(false);
  }
  for (const std::string& name : grammar.flags) parser.add_flag(name, line.flags[name]);
  try {
    parser.parse(Texts(options.rbegin(), options.rend()));  // It takes them from the back.
  } catch (const CLI::ArgumentMismatch&) {
    const std::string& last = options.back();
    throw Refused{fmt::format("'{}' needs a value", last.substr(0, last.find('=')))};
  } catch (const CLI::ParseError& error) {
    throw Refused{error.what()};
  }
  add_extras(parser.remaining(), grammar, line);
  if (options_end != arguments.end()) {
    line.words.insert(line.words.end(), options_end + 1, arguments.end());
  }
  refuse_words(line, grammar);
  refuse_missing_values(line);
  return line;
}

std::string did_you_mean(const std::string& word, const Texts& known) {
  const std::string near = nearest(word, known);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

}  // namespace splitproof::harness
