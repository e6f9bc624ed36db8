#include "harness/run/source_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace splitproof::harness {

namespace {

namespace fs = std::filesystem;

std::string plain(const std::string& file) {
  std::error_code failure;
  return fs::absolute(file, failure).lexically_normal().string();
}

class Copies {
 public:
  // `home` is the folder whose inner order is kept.
  void add(const std::string& file, const std::string& home) {
    if (file.empty()) return;
    SourceCopy copy;
    copy.file = plain(file);
    if (std::ranges::find(copies_, copy.file, &SourceCopy::file) != copies_.end()) return;
    const fs::path inside = fs::path(copy.file).lexically_relative(home);
    const bool is_inside = !inside.empty() && *inside.begin() != "..";
    const std::string place = folder_for(home);
    copy.path = is_inside ? fmt::format("{}/{}", place, inside.generic_string())
                          : fmt::format("{}/elsewhere-{}/{}", place, copies_.size(),
                                        fs::path(copy.file).filename().string());
    copies_.push_back(std::move(copy));
  }

  std::vector<SourceCopy> take() { return std::move(copies_); }

 private:
  std::string folder_for(const std::string& home) {
    auto known = std::ranges::find(homes_, home);
    if (known == homes_.end()) known = homes_.insert(known, home);
    const auto number = known - homes_.begin();
    return number == 0 ? "evidence/scenarios" : fmt::format("evidence/scenarios-{}", number + 1);
  }

  std::vector<SourceCopy> copies_;
  std::vector<std::string> homes_;
};

std::string home_of(const std::string& file) {
  return fs::path(plain(file)).parent_path().string();
}

std::vector<SourceCopy> source_copies(const Selection& selection) {
  Copies copies;
  for (const auto& scenario : selection.scenarios) {
    const std::string& file = scenario->place.file;
    const bool has_file = !file.empty() && fs::is_regular_file(file);
    if (has_file) copies.add(file, home_of(file));
    const auto add = [&](const std::string& other) {
      copies.add(other, home_of(has_file ? file : other));
    };
    for (const CsvImport& import : scenario->data.imports) add(import.path);
    for (const std::string& script : scenario->data.scripts) add(script);
  }
  return copies.take();
}

void name_sources(const Selection& selection, const std::vector<SourceCopy>& copies,
                  std::vector<CaseEvidence>& evidence) {
  for (CaseEvidence& one : evidence) {
    const auto scenario = std::ranges::find_if(
        selection.scenarios, [&](const auto& known) { return known->name == one.scenario; });
    if (scenario == selection.scenarios.end() || (*scenario)->place.file.empty()) continue;
    const auto copy = std::ranges::find(copies, plain((*scenario)->place.file), &SourceCopy::file);
    if (copy == copies.end()) continue;
    one.source = copy->path;
    if ((*scenario)->anomaly != nullptr) one.source += "#" + (*scenario)->name;
  }
}

}  // namespace

void add_sources(const Selection& selection, Evidence& evidence) {
  evidence.sources = source_copies(selection);
  name_sources(selection, evidence.sources, evidence.cases);
}

}  // namespace splitproof::harness
