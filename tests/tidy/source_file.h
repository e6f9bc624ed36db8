// A file of the tree as the rules see it: its path from the root, its text, and for C++ its code
// without comments and literals, so that a word in a sentence is not taken for a call.
//
// It is no parser. It knows comments, string and character literals and raw strings, nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace splitproof::tidy {

struct SourceFile {
  std::string path;  // From the root, "sim/base/clock.cpp".
  std::string text;
};

// What a rule found wrong.
struct Complaint {
  std::string rule;  // "line-length"
  std::string path;
  std::size_t line = 0;  // From 1; 0 where the whole file is meant.
  std::string message;
};

// "path:line: message [rule]"
std::string to_string(const Complaint& complaint);

// The text with comments and the insides of literals blanked out; lines keep their numbers.
std::string code_of(std::string_view text);

std::vector<std::string> lines_of(std::string_view text);

bool is_cpp(const SourceFile& file);
bool is_header(const SourceFile& file);

// The first part of the path: "sim". Empty for a file in the root.
std::string room_of(std::string_view path);

}  // namespace splitproof::tidy
