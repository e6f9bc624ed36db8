// A command line taken apart, but not understood: which command, which options with which values,
// which words. This is the only door to the argument parser behind it.
//
// Every value is kept as often as it was given, so that an option given twice can be refused
// instead of the last one winning in silence.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace splitproof::harness {

// What a command takes.
struct Grammar {
  std::string command;
  std::vector<std::string> valued;  // Options with a value: "--seed".
  std::vector<std::string> flags;   // Options without one: "--strict".
  bool takes_words = false;
};

struct CommandLine {
  std::vector<std::string> words;                          // Arguments of no option.
  std::map<std::string, std::vector<std::string>> values;  // By the option's name.
  std::map<std::string, bool> flags;
};

// What is wrong with a line, as one sentence without a full stop.
struct Refused {
  std::string message;
};

// `arguments` are those after the command. Throws Refused for an option that the command does not
// have, one without its value, and a word where the command takes none.
CommandLine take_apart(const Grammar& grammar, const std::vector<std::string>& arguments);

// "; did you mean 'run'?" where a known word is near; else empty.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace splitproof::harness
