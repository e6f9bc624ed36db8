#include "harness/history/file_names.h"

#include <string_view>

namespace splitproof::harness {

std::string without_file_names(std::string text) {
  for (const std::string_view folder : {"\"pg_tblspc/", "\"base/"}) {
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
      const std::size_t end = text.find('"', at + 1);
      if (end == std::string::npos) break;
      text.replace(at, end + 1 - at, "of a table");
    }
  }
  return text;
}

}  // namespace splitproof::harness
