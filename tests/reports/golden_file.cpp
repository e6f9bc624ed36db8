#include "tests/reports/golden_file.h"

#include <fstream>
#include <sstream>

#include "tests/support/paths.h"

namespace splitproof::reports {

std::string read_tree_file(const std::string& path_from_root) {
  std::ifstream file(tests::in_tree(path_from_root), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file.good()) << "cannot read " << path_from_root;
  return text.str();
}

testing::AssertionResult equals_golden(const std::string& page, const std::string& name) {
  const std::string golden = "tests/reports/golden/" + name;
  if (page == read_tree_file(golden)) return testing::AssertionSuccess();
  const std::string actual = testing::TempDir() + "splitproof-actual-" + name;
  std::ofstream(actual, std::ios::binary) << page;
  return testing::AssertionFailure()
         << "the page differs from " << golden << "; see diff " << golden << " " << actual << "\n"
         << page;
}

}  // namespace splitproof::reports
