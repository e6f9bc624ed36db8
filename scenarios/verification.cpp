#include "scenarios/verification.h"

#include <memory>
#include <utility>

#include "harness/cli/stop_signals.h"
#include "harness/verify/derivation.h"
#include "harness/verify/explanation.h"
#include "harness/verify/rerun.h"
#include "scenarios/catalog.h"
#include "scenarios/chosen_cases.h"
#include "sim/process/guardian.h"

namespace splitproof::scenarios {

namespace {

sim::Result<harness::ChosenCase, std::string> choose(const std::vector<std::string>& words,
                                                     const std::string& folder,
                                                     const std::string& version) {
  const auto line = harness::parse_command_line(words, version);
  if (!line.ok()) return "its line cannot be read: " + line.error().text;
  auto selection = select_cases(line.value(), folder);
  if (!selection.ok()) return selection.error().message;
  std::string problem = why_unusable(selection.value());
  if (problem.empty() && selection.value().cases.size() != 1) {
    problem = "its line leads to more than one case";
  }
  if (problem.empty()) problem = harness::why_not_run(selection.value().cases.front());
  if (!problem.empty()) return problem;
  harness::ChosenCase chosen;
  chosen.selection = std::make_unique<harness::Selection>(std::move(selection).value());
  chosen.seed = line.value().seed;
  return chosen;
}

}  // namespace

std::vector<harness::CaseCheck> check_cases(const harness::Options& options,
                                            const ReportToCheck& report, const std::string& folder,
                                            const std::string& version) {
  if (options.verify.offline) {
    return harness::derive_all(report.verdict, report.ledger, report.evidence,
                               options.verify.folder);
  }
  // The guardian is a fork of this process, so it is made before there are threads.
  const std::unique_ptr<sim::Guardian> guardian = sim::Guardian::start();
  harness::Worlds worlds(guardian.get());
  harness::RerunOptions rerun;
  rerun.sample = options.verify.sample;
  rerun.seed = options.seed;
  rerun.stopped = [] { return harness::stop_signal() != 0; };
  rerun.choose = [&](const std::vector<std::string>& words) {
    return choose(words, folder, version);
  };
  return harness::rerun_all(harness::recorded_cases(report.verdict, report.ledger, report.evidence),
                            options.verify.folder, worlds, find_operation, true, rerun);
}

sim::Result<harness::Explanation, std::string> explain_incident(
    const harness::ExplainOptions& options, const ReportToCheck& report) {
  std::vector<harness::IncidentTable> incident;
  for (const harness::ExplainOptions::Table& table : options.tables) {
    auto read = harness::read_incident(table.file, table.name);
    if (!read.ok()) return read.error();
    incident.push_back(std::move(read).value());
  }
  return harness::explain(incident,
                          harness::recorded_cases(report.verdict, report.ledger, report.evidence));
}

}  // namespace splitproof::scenarios
