// The fuzzers' corpus, without a fuzzer: each file as it is, cut short, and with bytes changed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/fuzz/targets.h"
#include "tests/support/paths.h"

namespace splitproof::tests {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> corpus_of(const std::string& name) {
  std::vector<fs::path> paths;
  const fs::path folder = in_tree("tests/fuzz/corpus/" + name);
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return texts;
}

class FuzzCorpus : public testing::TestWithParam<FuzzTarget> {};

TEST_P(FuzzCorpus, IsReadAsItIs) {
  const std::vector<std::string> corpus = corpus_of(GetParam().name);
  EXPECT_FALSE(corpus.empty());
  for (const std::string& text : corpus) GetParam().read(text);
}

TEST_P(FuzzCorpus, IsReadCutShort) {
  for (const std::string& text : corpus_of(GetParam().name)) {
    const std::size_t step = std::max<std::size_t>(1, text.size() / 200);
    for (std::size_t size = 0; size < text.size(); size += step) {
      GetParam().read(std::string_view(text).substr(0, size));
    }
  }
}

TEST_P(FuzzCorpus, IsReadWithBytesChanged) {
  std::mt19937 rng(1);
  for (const std::string& text : corpus_of(GetParam().name)) {
    for (int i = 0; i < 200 && !text.empty(); ++i) {
      std::string changed = text;
      for (int byte = 0; byte < 3; ++byte) {
        changed[rng() % changed.size()] = static_cast<char>(rng() % 256);
      }
      GetParam().read(changed);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(fuzz_targets()),
                         [](const auto& target) { return target.param.name; });

}  // namespace
}  // namespace splitproof::tests
