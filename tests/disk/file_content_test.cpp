// Bytes in shared pages: read, written, cut, copied and compared.
#include "sim/disk/file_content.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/base/rng.h"
#include "sim/disk/disk_image.h"

namespace splitproof::tests {
namespace {

using sim::FileContent;

void write(FileContent& content, std::string_view text, std::uint64_t offset) {
  content.write(std::as_bytes(std::span(text)), offset);
}

std::string read(const FileContent& content, std::size_t length, std::uint64_t offset) {
  std::string text(length, 'x');
  content.read(std::as_writable_bytes(std::span(text)), offset);
  return text;
}

TEST(FileContent, ReadsZerosWhereNothingWasWritten) {
  FileContent content;
  EXPECT_EQ(content.size(), 0U);
  EXPECT_EQ(read(content, 3, 0), std::string(3, '\0'));
  write(content, "end", 10'000);
  EXPECT_EQ(content.size(), 10'003U);
  EXPECT_EQ(read(content, 3, 4095), std::string(3, '\0'));
  EXPECT_EQ(read(content, 5, 9'999), std::string("\0end\0", 5));
}

TEST(FileContent, TellsHowMuchThereWas) {
  FileContent content;
  write(content, "hello", 0);
  std::array<std::byte, 4> bytes{};
  EXPECT_EQ(content.read(bytes, 0), 4U);
  EXPECT_EQ(content.read(bytes, 3), 2U);
  EXPECT_EQ(content.read(bytes, 5), 0U);
}

TEST(FileContent, ForgetsWhatIsCutOff) {
  FileContent content;
  write(content, "hello", 4094);
  content.resize(4097);
  content.resize(5000);
  EXPECT_EQ(read(content, 5, 4094), std::string("hel\0\0", 5));
}

TEST(FileContent, IsCopiedWithoutBeingShared) {
  FileContent one;
  write(one, std::string(10'000, 'a'), 0);
  const FileContent other = one;
  EXPECT_EQ(one.page(1), other.page(1)) << "a copy costs its bytes";
  write(one, "b", 5000);
  EXPECT_EQ(one.page(0), other.page(0)) << "a write copies more than its page";
  EXPECT_EQ(read(one, 1, 5000), "b");
  EXPECT_EQ(read(other, 1, 5000), "a");
}

TEST(FileContent, IsEqualByWhatItHolds) {
  FileContent written;
  write(written, std::string(5000, '\0'), 0);
  FileContent resized;
  resized.resize(5000);
  EXPECT_EQ(written, resized);
  EXPECT_EQ(written.digest(), resized.digest());
  write(resized, "x", 4999);
  EXPECT_NE(written, resized);
  EXPECT_NE(written.digest(), resized.digest());
}

TEST(FileContent, DigestsWhatItHoldsAndNotWhatItHeld) {
  FileContent content;
  write(content, "one", 0);
  const std::uint64_t one = content.digest();
  write(content, "two", 0);
  EXPECT_NE(content.digest(), one);
  write(content, "one", 0);
  EXPECT_EQ(content.digest(), one);
}

TEST(FileContent, TakesAPageOnlyUpToItsEnd) {
  FileContent source;
  write(source, std::string(4096, 's'), 0);
  FileContent content;
  content.resize(100);
  content.set_page(0, source.page(0));
  EXPECT_EQ(content.size(), 100U);
  content.resize(4096);
  EXPECT_EQ(read(content, 2, 99), std::string("s\0", 2));
  EXPECT_EQ(read(source, 2, 99), "ss");
}

TEST(FileContent, DoesWhatAStringDoes) {
  sim::Rng rng(1);
  FileContent content;
  std::string model;
  std::vector<std::pair<FileContent, std::string>> copies;
  for (int i = 0; i < 3000; ++i) {
    const auto offset = static_cast<std::size_t>(rng.below(20'000));
    if (rng.below(4) == 0) {
      content.resize(offset);
      model.resize(offset);
    } else {
      const std::string text(rng.below(6000), static_cast<char>('a' + rng.below(26)));
      write(content, text, offset);
      if (!text.empty()) model.resize(std::max(model.size(), offset + text.size()));
      std::copy(text.begin(), text.end(),
                model.begin() + static_cast<std::ptrdiff_t>(text.empty() ? 0 : offset));
    }
    if (rng.below(50) == 0) copies.emplace_back(content, model);
    ASSERT_EQ(content.size(), model.size());
  }
  copies.emplace_back(content, model);
  for (const auto& [copy, text] : copies) EXPECT_EQ(read(copy, text.size(), 0), text);
}

TEST(DiskImage, IsToldApartByNamesAndBytes) {
  sim::DiskImage one;
  write(one.files["/a"], "text", 0);
  sim::DiskImage other = one;
  EXPECT_EQ(one, other);
  EXPECT_EQ(one.digest(), other.digest());
  other.files["/b"];
  EXPECT_NE(one, other);
  EXPECT_NE(one.digest(), other.digest());
  sim::DiskImage renamed;
  renamed.files["/b"] = one.files["/a"];
  EXPECT_NE(one.digest(), renamed.digest());
}

}  // namespace
}  // namespace splitproof::tests
