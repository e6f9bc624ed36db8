#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "tests/tidy/rules.h"

namespace splitproof::tidy {

namespace {

constexpr std::size_t file_lines_max = 300;
constexpr std::size_t test_file_lines_max = 500;
constexpr std::size_t function_lines_max = 70;
constexpr std::size_t columns_max = 100;

bool is_source(const SourceFile& file) {
  return is_cpp(file) || file.path.ends_with("CMakeLists.txt") || file.path.ends_with(".sh") ||
         file.path == "dev" || file.path == ".ci/run";
}

std::size_t characters_of(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80; }));
}

// The code without its preprocessor lines, whose brackets belong to no function.
std::string without_directives(std::string code) {
  for (std::size_t at = 0; at < code.size();) {
    const std::size_t end = std::min(code.find('\n', at), code.size());
    const std::size_t first = code.find_first_not_of(' ', at);
    if (first < end && code[first] == '#') {
      std::fill(code.begin() + static_cast<std::ptrdiff_t>(at),
                code.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
    at = end + 1;
  }
  return code;
}

// Finds the blocks that are functions: those with a parenthesis before their brace, in no other
// block but namespaces and types.
class FunctionFinder {
 public:
  explicit FunctionFinder(const SourceFile& file)
      : path_(file.path), code_(without_directives(code_of(file.text))) {}

  Complaints run() {
    for (std::size_t at = 0; at < code_.size(); ++at) {
      const char sign = code_[at];
      if (sign == '\n') ++line_;
      if (sign == '{') {
        open();
      } else if (sign == '}') {
        close(at);
      } else if (sign == ';' && depth_ == 0) {
        head_.clear();
      } else if (depth_ == 0) {
        head_ += sign;
      }
    }
    return complaints_;
  }

 private:
  bool opens_container() const {
    static const std::regex pattern(R"(\b(namespace|class|struct|union|enum)\b)");
    return head_.find('(') == std::string::npos && std::regex_search(head_, pattern);
  }

  void open() {
    if (depth_ == 0 && opens_container()) {
      head_.clear();
      return;
    }
    if (depth_++ == 0) first_line_ = line_;
  }

  void close(std::size_t at) {
    if (depth_ == 0 || --depth_ > 0) return;
    const std::size_t lines = line_ - first_line_ + 1;
    if (lines > function_lines_max && head_.find('(') != std::string::npos) {
      complaints_.push_back(
          {"function-size", path_, first_line_,
           fmt::format("a function of {} lines; at most {}", lines, function_lines_max)});
    }
    // The members of a constructor's list may be in braces; its body comes after them.
    const std::size_t next = code_.find_first_not_of(" \n", at + 1);
    const bool goes_on = next != std::string::npos && (code_[next] == ',' || code_[next] == '{');
    if (!goes_on) head_.clear();
  }

  std::string path_;
  std::string code_;
  std::string head_;  // What stands before the next brace.
  std::size_t depth_ = 0;
  std::size_t line_ = 1;
  std::size_t first_line_ = 0;
  Complaints complaints_;
};

}  // namespace

Complaints file_size(const SourceFile& file) {
  if (!is_source(file)) return {};
  const std::size_t max = room_of(file.path) == "tests" ? test_file_lines_max : file_lines_max;
  const std::size_t lines = lines_of(file.text).size();
  if (lines <= max) return {};
  return {{"file-size", file.path, 0, fmt::format("has {} lines; at most {}", lines, max)}};
}

Complaints function_size(const SourceFile& file) {
  return is_cpp(file) ? FunctionFinder(file).run() : Complaints{};
}

Complaints line_length(const SourceFile& file) {
  if (!is_source(file)) return {};
  Complaints complaints;
  std::size_t number = 0;
  for (const std::string& line : lines_of(file.text)) {
    ++number;
    const std::size_t columns = characters_of(line);
    if (columns <= columns_max) continue;
    complaints.push_back({"line-length", file.path, number,
                          fmt::format("has {} characters; at most {}", columns, columns_max)});
  }
  return complaints;
}

}  // namespace splitproof::tidy
