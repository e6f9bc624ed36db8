// MANIFEST names every way in which a folder can be changed, and is read by sha256sum too.
#include "reports/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "reports/digest.h"
#include "reports/report_folder.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

namespace fs = std::filesystem;
using harness::FileChange;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string text_in(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

// The folder of a report with files of each kind.
class Tampering : public testing::Test {
 protected:
  Tampering()
      : folder_(fs::path(testing::TempDir()) /
                ("splitproof-manifest-" + std::to_string(::getpid()))),
        source_(folder_.string() + "-source.yaml") {
    fs::create_directories(folder_);
    write(source_, "scenario: mine\n");
    harness::RunVerdict verdict = literal_verdict();
    verdict.cases.front().findings.emplace_back().id = "a.b.1";
    verdict.cases.front().findings.back().script = "-- a.b.1\nBEGIN;\n";
    harness::Evidence evidence;
    evidence.cases.emplace_back().scenario = "mine";
    evidence.settings = {{"sqlite", "page_size", "4096"}};
    evidence.sources = {{"evidence/scenarios/mine.yaml", source_}};
    const auto failure =
        write_report_folder(folder_.string(), verdict, {{}, {}}, {.evidence = std::move(evidence)});
    EXPECT_FALSE(failure.has_value()) << failure->message;
  }
  ~Tampering() override {
    fs::remove_all(folder_);
    fs::remove(source_);
  }

  std::vector<FileChange> changed(const std::string& root = "") const {
    return check_folder(folder_.string(), root).changed;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const ManifestFile& file : parse_manifest(text_in(folder_ / "MANIFEST")).files) {
      names.push_back(file.path);
    }
    return names;
  }

  // Runs `spoil` on each file of the folder in turn, which is set right again afterwards.
  void each(const std::function<void(const fs::path&)>& spoil, const std::string& what) const {
    for (const std::string& name : files()) {
      const fs::path file = folder_ / name;
      const std::string before = text_in(file);
      spoil(file);
      EXPECT_THAT(changed(),
                  ElementsAre(testing::AllOf(Field(&FileChange::path, name),
                                             Field(&FileChange::what, HasSubstr(what)))));
      fs::remove_all(file);
      write(file, before);
      EXPECT_THAT(changed(), IsEmpty());
    }
  }

  fs::path folder_;
  std::string source_;
};

TEST_F(Tampering, FindsTheFolderAsItWasWritten) {
  const harness::VerificationVerdict verdict = check_folder(folder_.string(), "");
  EXPECT_THAT(verdict.changed, IsEmpty());
  EXPECT_THAT(verdict.lacks, IsEmpty());
  EXPECT_EQ(root_line(manifest_of(folder_.string())), "manifest: " + verdict.root + "\n");
  EXPECT_THAT(files(), testing::IsSupersetOf({"environment.json", "evidence.jsonl",
                                              "evidence/scenarios/mine.yaml", "findings/a.b.1.sql",
                                              "ledger.jsonl", "report.json"}));
}

TEST_F(Tampering, NamesEachFileThatWasChanged) {
  each([](const fs::path& file) { write(file, text_in(file) + " "); }, "was changed");
}

TEST_F(Tampering, NamesEachFileThatWasRemoved) {
  each([](const fs::path& file) { fs::remove(file); }, "was removed");
}

TEST_F(Tampering, NamesAFileThatIsALinkOrAFolderNow) {
  each(
      [&](const fs::path& file) {
        fs::remove(file);
        fs::create_symlink(source_, file);
      },
      "is no file any more");
}

TEST_F(Tampering, NamesFilesThatWereAdded) {
  write(folder_ / "evidence/scenarios/more.yaml", "x");
  write(folder_ / "zz", "x");
  EXPECT_THAT(changed(), ElementsAre(Field(&FileChange::path, "evidence/scenarios/more.yaml"),
                                     Field(&FileChange::path, "zz")));
}

TEST_F(Tampering, NamesFilesThatWereExchanged) {
  const std::string one = text_in(folder_ / "junit.xml");
  write(folder_ / "junit.xml", text_in(folder_ / "summary.md"));
  write(folder_ / "summary.md", one);
  EXPECT_THAT(changed(), ElementsAre(Field(&FileChange::path, "junit.xml"),
                                     Field(&FileChange::path, "summary.md")));
}

TEST_F(Tampering, NamesEachLineOfTheManifestThatWasChangedOrMoved) {
  const std::string text = text_in(folder_ / "MANIFEST");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at + 1));
    at = end + 1;
  }
  const auto with = [&](const std::function<void(std::vector<std::string>&)>& spoil) {
    std::vector<std::string> spoilt = lines;
    spoil(spoilt);
    std::string all;
    for (const std::string& line : spoilt) all += line;
    write(folder_ / "MANIFEST", all);
    return changed();
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_THAT(with([&](auto& all) { all.erase(all.begin() + static_cast<long>(i)); }),
                Not(IsEmpty()))
        << lines[i];
    EXPECT_THAT(with([&](auto& all) { all[i][2] = all[i][2] == '0' ? '1' : '0'; }), Not(IsEmpty()))
        << lines[i];
  }
  for (std::size_t i = 1; i + 3 < lines.size(); i += 2) {
    EXPECT_THAT(with([&](auto& all) {
                  std::swap(all[i], all[i + 2]);
                  std::swap(all[i + 1], all[i + 3]);
                }),
                Contains(Field(&FileChange::what, HasSubstr("the files stand in another order"))));
  }
}

// Whoever writes MANIFEST anew cannot have the root that was printed.
TEST_F(Tampering, NamesAnotherRootThanThePrintedOne) {
  const std::string printed = check_folder(folder_.string(), "").root;
  EXPECT_THAT(changed(printed), IsEmpty());
  write(folder_ / "timings.json", "{}");
  std::vector<ManifestFile> files = parse_manifest(text_in(folder_ / "MANIFEST")).files;
  for (ManifestFile& file : files) file.hash = sha256_of(text_in(folder_ / file.path));
  write(folder_ / "MANIFEST", render_manifest(files));
  EXPECT_THAT(changed(), IsEmpty());
  EXPECT_THAT(changed(printed),
              ElementsAre(Field(&FileChange::what, HasSubstr("as it was printed"))));
}

TEST_F(Tampering, SaysWhatAReportOfAnOlderProgramLacks) {
  fs::remove(folder_ / "MANIFEST");
  const harness::VerificationVerdict verdict = check_folder(folder_.string(), "");
  EXPECT_THAT(verdict.lacks, ElementsAre(HasSubstr("MANIFEST, so that nobody can say")));
  EXPECT_THAT(verdict.changed, IsEmpty());
  EXPECT_EQ(harness::exit_code(verdict), 2);
  EXPECT_THAT(changed("sha256:1"), ElementsAre(FileChange{"MANIFEST", "was removed"}));
}

TEST_F(Tampering, IsReadBySha256sumToo) {
  const std::string line = "cd '" + folder_.string() + "' && sha256sum --status -c MANIFEST";
  EXPECT_EQ(std::system(line.c_str()), 0);
  write(folder_ / "report.json", "{}");
  EXPECT_NE(std::system(line.c_str()), 0);
}

TEST_F(Tampering, TheNextRunRemovesTheCopiesOfThisOneAndNoOthers) {
  write(folder_ / "evidence/mine.txt", "x");
  EXPECT_FALSE(write_report_folder(folder_.string(), passing_verdict(), {}, {}).has_value());
  EXPECT_FALSE(fs::exists(folder_ / "evidence/scenarios/mine.yaml"));
  EXPECT_TRUE(fs::exists(folder_ / "evidence/mine.txt"));
}

// Each link is what anybody computes with sha256sum.
TEST(Manifest, HasAChainThatIsComputedFromItsLines) {
  const std::string hash(64, 'a');
  const std::string text = render_manifest({{"b", "sha256:" + hash}, {"a", "sha256:" + hash}});
  const auto hex = [](const std::string& of) { return sha256_of(of).substr(7); };
  const std::string begin = hex("# splitproof manifest 1\n");
  const std::string first = hex(begin + " " + hash + "  a\n");
  const std::string second = hex(first + " " + hash + "  b\n");
  EXPECT_EQ(text, "# splitproof manifest 1\n" + hash + "  a\n# chain " + first + "\n" + hash +
                      "  b\n# chain " + second + "\n# root sha256:" + second + "\n");
}

}  // namespace
}  // namespace splitproof::reports
