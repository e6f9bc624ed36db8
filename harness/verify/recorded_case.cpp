#include "harness/verify/recorded_case.h"

#include <filesystem>
#include <map>
#include <tuple>

#include "harness/run/scenario_file.h"

namespace splitproof::harness {

namespace {

using Name = std::tuple<std::string, std::string, std::string>;

template <class Part>
Name key_of(const Part& part) {
  return {part.scenario, part.variant, part.target};
}

}  // namespace

std::vector<RecordedCase> recorded_cases(const RunVerdict& run,
                                         const std::vector<LedgerEntry>& ledger,
                                         const std::vector<CaseEvidence>& evidence) {
  std::map<Name, std::size_t> places;
  std::vector<RecordedCase> cases;
  for (const CaseVerdict& verdict : run.cases) {
    places.emplace(key_of(verdict), cases.size());
    cases.push_back({&verdict, {}, {}});
  }
  for (const LedgerEntry& line : ledger) {
    const auto place = places.find(key_of(line));
    if (place != places.end()) cases[place->second].lines.push_back(&line);
  }
  for (const CaseEvidence& one : evidence) {
    const auto place = places.find(key_of(one));
    if (place != places.end()) cases[place->second].evidence.push_back(&one);
  }
  return cases;
}

std::optional<Expected> expected_of(const RecordedCase& subject, const std::string& folder) {
  if (subject.evidence.empty() || subject.evidence.front()->source.empty()) return std::nullopt;
  const std::string file =
      (std::filesystem::path(folder) / subject.evidence.front()->source).string();
  const auto scenario = read_scenario_file(file);
  if (!scenario.ok()) return std::nullopt;
  const std::string kind = subject.verdict->target == "sqlite" ? "sqlite" : "postgres";
  for (const Variant& variant : scenario.value().variants) {
    const auto expected = variant.expect.find(kind);
    if (variant.name == subject.verdict->variant && expected != variant.expect.end()) {
      return expected->second;
    }
  }
  return std::nullopt;
}

}  // namespace splitproof::harness
