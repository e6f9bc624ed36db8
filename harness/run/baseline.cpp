#include "harness/run/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "harness/run/replay.h"
#include "harness/run/selection.h"

namespace splitproof::harness {

namespace {

constexpr const char* program = "splitproof";
constexpr const char* expected =
    "expected a replay line such as: splitproof run balance-transfer --variant transactional "
    "--target sqlite --plan 'a3=drop'";

// The plan of a line, or why it has none.
sim::Result<KeptPlan, std::string> read_line(const std::string& line) {
  std::vector<std::string> words = shell_words(line);
  if (words.front() != program) return fmt::format("found '{}'; {}", words.front(), expected);
  words.erase(words.begin());
  const auto options = parse_command_line(words, "");
  if (!options.ok()) {
    return fmt::format("{}; {}", options.error().text.substr(0, options.error().text.find('\n')),
                       expected);
  }
  const Options& found = options.value();
  if (found.command != Subcommand::run || !found.plan) {
    return fmt::format("found a line without a plan; {}", expected);
  }
  KeptPlan kept;
  if (!found.scenarios.empty()) kept.scenario = found.scenarios.front();
  kept.programs = found.programs;
  kept.variant = found.variant;
  kept.target = found.targets.front();
  kept.seed = found.seed;
  kept.plan = *found.plan;
  return kept;
}

// Why there is no such case; empty where there is one.
std::string missing_case(const KeptPlan& kept, const std::string& scenarios) {
  const Wanted wanted{{kept.scenario}, kept.variant, {kept.target}, kept.programs};
  const auto selection = select_cases(wanted, scenarios);
  return selection.ok() ? "" : selection.error().message;
}

std::optional<BaselineError> read_file(const std::string& path, std::vector<KeptPlan>& plans) {
  std::ifstream file(path);
  if (!file) return BaselineError{fmt::format("{} cannot be opened", path)};
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos || line[begin] == '#') continue;
    sim::Result<KeptPlan, std::string> kept = read_line(line.substr(begin));
    if (!kept.ok()) return BaselineError{fmt::format("{}:{}: {}", path, number, kept.error())};
    plans.push_back(std::move(kept).value());
    plans.back().place = {path, number, 1};
  }
  return std::nullopt;
}

}  // namespace

sim::Result<std::vector<KeptPlan>, BaselineError> read_baseline(const std::string& folder,
                                                                const std::string& scenarios) {
  std::error_code failure;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (entry.path().extension() == ".plan") files.push_back(entry.path().string());
  }
  if (failure) {
    return BaselineError{
        fmt::format("the folder {} cannot be read: {}", folder, failure.message())};
  }
  if (files.empty()) {
    return BaselineError{
        fmt::format("the folder {} has no file *.plan; expected plans that failed before", folder)};
  }
  std::ranges::sort(files);
  std::vector<KeptPlan> plans;
  for (const std::string& file : files) {
    if (auto error = read_file(file, plans)) return *std::move(error);
  }
  for (const KeptPlan& kept : plans) {
    const std::string why = missing_case(kept, scenarios);
    if (why.empty()) continue;
    return BaselineError{fmt::format("{}:{}: {}", kept.place.file, kept.place.line, why)};
  }
  return plans;
}

}  // namespace splitproof::harness
