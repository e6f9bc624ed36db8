// The end of what a program has written.
#include "sim/process/output_end.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace splitproof::sim {
namespace {

TEST(OutputEnd, IsTheLastLines) {
  EXPECT_EQ(last_lines("", 2), "");
  EXPECT_EQ(last_lines("one", 2), "one");
  EXPECT_EQ(last_lines("one\ntwo\n", 2), "one\ntwo");
  EXPECT_EQ(last_lines("one\ntwo\nthree\n\n", 2), "two\nthree");
  EXPECT_EQ(last_lines("\n\n", 2), "");
}

TEST(OutputEnd, OfAFileThatIsNotThereIsEmpty) { EXPECT_EQ(last_lines_of("/no/such/file", 3), ""); }

TEST(OutputEnd, OfALongFileIsInItsLastPart) {
  const std::string path = testing::TempDir() + "output-end-" + std::to_string(::getpid());
  {
    std::ofstream file(path);
    for (int line = 0; line < 100'000; ++line) file << "line " << line << '\n';
  }
  EXPECT_EQ(last_lines_of(path, 2), "line 99998\nline 99999");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace splitproof::sim
