#include "sim/process/output_end.h"

#include <fstream>
#include <sstream>

namespace splitproof::sim {

std::string last_lines(std::string_view text, int count) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  std::size_t begin = text.size();
  for (int lines = 0; lines < count && begin != std::string_view::npos && begin > 0; ++lines) {
    begin = text.rfind('\n', begin - 1);
  }
  if (begin == std::string_view::npos) return std::string(text);
  if (begin < text.size() && text[begin] == '\n') ++begin;
  return std::string(text.substr(begin));
}

std::string last_lines_of(const std::string& path, int count) {
  // A program may write for hours.
  constexpr std::streamoff part_max = 64 * 1024;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const std::streamoff size = file.tellg();
  file.seekg(size > part_max ? size - part_max : 0);
  std::ostringstream text;
  text << file.rdbuf();
  return last_lines(text.str(), count);
}

}  // namespace splitproof::sim
