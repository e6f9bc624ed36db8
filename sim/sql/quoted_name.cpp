#include "sim/sql/quoted_name.h"

namespace splitproof::sim {

std::string quoted_name(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace splitproof::sim
