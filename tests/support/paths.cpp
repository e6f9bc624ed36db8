#include "tests/support/paths.h"

namespace splitproof::tests {

namespace {

std::string below(const std::string& folder, const std::string& path) {
  return path.empty() ? folder : folder + "/" + path;
}

}  // namespace

std::string in_tree(const std::string& path) { return below(SPLITPROOF_ROOT, path); }

std::string built_program(const std::string& name) { return below(SPLITPROOF_BIN, name); }

}  // namespace splitproof::tests
