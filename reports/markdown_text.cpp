#include "reports/markdown_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text.h"

namespace splitproof::reports {

namespace {

// Signs with a meaning inside a line; the dollar starts a formula.
constexpr std::string_view signs = "\\`*_[]|~$";

std::size_t longest_run_of_backticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char one : text) {
    run = one == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// Where the sign stands that would begin a list, a heading or a line below one; npos if nowhere.
std::size_t block_sign(std::string_view text) {
  constexpr std::size_t nowhere = std::string_view::npos;
  const std::size_t at = text.find_first_not_of("0123456789");
  if (at == nowhere) return nowhere;
  if (at == 0) return std::string_view("-+#=").find(text[0]) == nowhere ? nowhere : 0;
  const bool number = text[at] == '.' || text[at] == ')';
  const bool ends = at + 1 == text.size() || text[at + 1] == ' ';
  return number && ends ? at : nowhere;
}

}  // namespace

std::string markdown_text(std::string_view text) {
  const std::string shown = printable(text);
  const std::size_t begins_block = block_sign(shown);
  std::string result;
  for (std::size_t at = 0; at < shown.size(); ++at) {
    const char one = shown[at];
    if (one == '<') {
      result += "&lt;";
    } else if (one == '>') {
      result += "&gt;";
    } else if (one == '&') {
      result += "&amp;";
    } else {
      if (at == begins_block || signs.find(one) != std::string_view::npos) result += '\\';
      result += one;
    }
  }
  return result;
}

std::string markdown_code(std::string_view text) {
  const std::string shown = printable(text);
  const std::string fence(longest_run_of_backticks(shown) + 1, '`');
  const bool touches = shown.empty() || shown.front() == '`' || shown.back() == '`';
  return touches ? fmt::format("{0} {1} {0}", fence, shown) : fence + shown + fence;
}

std::string markdown_block(std::string_view language, std::string_view text) {
  const std::string fence(std::max<std::size_t>(3, longest_run_of_backticks(text) + 1), '`');
  std::string block = fmt::format("{}{}\n", fence, language);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    block += printable(text.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return block + fence + "\n";
}

}  // namespace splitproof::reports
