// The composition root: the one file that sees every room. It turns a command line into calls and
// their results into files, output and an exit code; it decides nothing else.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "harness/cli/options.h"
#include "harness/cli/stop_signals.h"
#include "harness/cli/surroundings.h"
#include "harness/run/campaign.h"
#include "harness/run/client_program.h"
#include "harness/run/progress.h"
#include "harness/run/replay.h"
#include "harness/run/selection.h"
#include "harness/run/source_copies.h"
#include "harness/simulate/lives.h"
#include "harness/spec/spec_program.h"
#include "harness/verify/signature.h"
#include "reports/annotations.h"
#include "reports/comparison.h"
#include "reports/explanation.h"
#include "reports/files.h"
#include "reports/manifest.h"
#include "reports/opened_report.h"
#include "reports/page_again.h"
#include "reports/report_folder.h"
#include "reports/simulation.h"
#include "reports/story.h"
#include "reports/terminal.h"
#include "reports/verification.h"
#include "scenarios/campaign_options.h"
#include "scenarios/catalog.h"
#include "scenarios/chosen_cases.h"
#include "scenarios/life_forms.h"
#include "scenarios/replay_case.h"
#include "scenarios/verification.h"
#include "sim/disk/memory_faults.h"

namespace {
using namespace splitproof;
using harness::Options;
constexpr int exit_failed = 1;
constexpr int exit_undecided = 2;
constexpr int exit_environment = 4;

int complain(const std::string& message, int exit_code) {
  std::cerr << "splitproof: " << message << '\n';
  return exit_code;
}

// What was read from a report, or the end of the program with what is wrong with it.
template <class Read>
Read usable(std::variant<Read, reports::OpenError> read) {
  if (auto* const problem = std::get_if<reports::OpenError>(&read)) throw std::move(*problem);
  return std::get<Read>(std::move(read));
}

sim::Result<harness::Selection, harness::SelectionError> select(const Options& options) {
  return scenarios::select_cases(options, harness::scenario_folder(SPLITPROOF_SCENARIOS));
}

int list() {
  Options everything;
  everything.scenarios = harness::listed_cases();
  const auto selection = select(everything);
  if (!selection.ok()) return complain(selection.error().message, harness::exit_usage);
  std::cout << harness::listing(selection.value());
  return 0;
}

// Names the page in the folder, which an older program has not written.
void print_run(const Options& options, const harness::RunVerdict& run, const std::string& folder) {
  reports::TerminalOptions terminal;
  const std::filesystem::path page = std::filesystem::path(folder) / "report.html";
  if (std::filesystem::exists(page)) terminal.page = page.string();
  terminal.colour = harness::use_colour(options.color);
  terminal.strict = options.strict;
  terminal.stories = !options.plan;
  if (!options.quiet) reports::TerminalRenderer(terminal).render(run, std::cout);
  // A single plan is asked for to see what happens: its story is told once, whoever objects.
  if (!options.plan || options.quiet) return;
  for (const harness::CaseVerdict& verdict : run.cases) {
    if (verdict.findings.empty()) continue;
    std::cout << '\n';
    reports::render_finding(verdict.findings.front(), std::cout);
  }
}

// A page points at the variant in the scenario's file where that lies in a repository.
reports::PlaceOf places_of(const harness::Selection& selection) {
  return [&selection](const harness::CaseVerdict& verdict) {
    const harness::SourcePlace place = harness::place_of(selection, verdict);
    return reports::CasePlace{harness::in_repository(place.file), place.line};
  };
}

int run(const Options& options) {
  if (!options.specs.empty()) return harness::run_spec_files(options, SPLITPROOF_VERSION);
  auto selection = select(options);
  if (!selection.ok()) return complain(selection.error().message, harness::exit_usage);
  const std::string problem = scenarios::why_unusable(selection.value());
  if (!problem.empty()) return complain(problem, harness::exit_usage);
  if (const auto failure = reports::make_folder(options.out))
    return complain(failure->message, exit_environment);
  // The guardian is a fork of this process, so it is made before there are threads.
  const std::unique_ptr<sim::Guardian> guardian = sim::Guardian::start();
  harness::Progress progress(selection.value().cases.size(), std::cerr);
  harness::CampaignOptions campaign =
      scenarios::campaign_options(options, progress, SPLITPROOF_VERSION);
  if (!options.baseline.empty()) {
    auto kept =
        harness::read_baseline(options.baseline, harness::scenario_folder(SPLITPROOF_SCENARIOS));
    if (!kept.ok()) return complain(kept.error().message, harness::exit_usage);
    campaign.baseline = std::move(kept).value();
  }
  const auto begin = std::chrono::steady_clock::now();
  auto outcome = harness::run_campaign(selection.value().cases, scenarios::find_operation,
                                       guardian.get(), campaign);
  progress.clear();
  if (!outcome.ok())
    return complain(outcome.error().message,
                    outcome.error().input ? harness::exit_usage : exit_environment);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  const harness::RunVerdict& verdict = outcome.value().verdict;
  harness::Evidence& evidence = outcome.value().evidence;
  // Copies of what the cases were made of hold what is to be masked.
  if (options.redact.empty()) harness::add_sources(selection.value(), evidence);
  const reports::PlaceOf places = places_of(selection.value());
  if (const auto failure = reports::write_report_folder(
          options.out, verdict, outcome.value().ledger, {options.strict, places, took, evidence}))
    return complain(failure->message, exit_environment);
  const std::string manifest = reports::manifest_of(options.out);
  if (!options.sign.empty()) {
    if (const auto refused = harness::sign_file(manifest, options.sign))
      return complain(*refused, exit_environment);
  }
  print_run(options, verdict, options.out);
  if (harness::wants_annotations(options))
    reports::AnnotationRenderer({options.strict, places}).render(verdict, std::cout);
  if (!options.quiet) std::cout << reports::root_line(manifest);
  if (harness::stop_signal() != 0) return 128 + harness::stop_signal();
  const int code = harness::exit_code(outcome.value().verdict, options.strict);
  return code == 0 && !outcome.value().verdict.complete ? exit_undecided : code;
}

int replay_on(const harness::Case& subject, const Options& line, const harness::Finding& finding) {
  // The guardian is a fork of this process, so it is made before there are threads.
  const std::unique_ptr<sim::Guardian> guardian = sim::Guardian::start();
  harness::Worlds worlds(guardian.get());
  try {
    const harness::ReplayResult result = scenarios::replay_case(subject, line, worlds, std::cout);
    for (const harness::Violation& violation : result.violations) {
      if (violation.oracle != finding.oracle) continue;
      std::cout << fmt::format("reproduced: {} is broken, as in {}\n", finding.oracle, finding.id);
      return 0;
    }
    std::cout << fmt::format("not reproduced: {} holds in this run\n", finding.oracle);
    return exit_failed;
  } catch (const harness::UnusableInput& unusable) {
    return complain(unusable.what(), harness::exit_usage);
  } catch (const harness::HarnessFailure& failure) {
    return complain(failure.what(), exit_environment);
  }
}

// A finding's own replay line says everything that is needed to see it again.
int replay(const Options& options) {
  const harness::Finding finding = usable(reports::find_finding(options.out, options.finding));
  std::vector<std::string> words = harness::shell_words(finding.replay);
  if (!words.empty()) words.erase(words.begin());
  auto line = harness::parse_command_line(words, SPLITPROOF_VERSION);
  if (!line.ok() || !line.value().plan)
    return complain(
        fmt::format("the finding has no plan to follow step by step; run: {}", finding.replay),
        harness::exit_usage);
  if (!options.targets.empty()) line.value().targets = options.targets;
  const auto selection = select(line.value());
  if (!selection.ok()) return complain(selection.error().message, harness::exit_usage);
  std::cout << fmt::format("{}\n  claim: {}\n  {}\n\n", finding.id, finding.claim, finding.because);
  return replay_on(selection.value().cases.front(), line.value(), finding);
}

int report(const Options& options) {
  const std::string& folder = options.report;
  const std::string file = (std::filesystem::path(folder) / "report.json").string();
  const harness::RunVerdict run = usable(reports::read_report(file, options.compare.empty()));
  std::optional<harness::ReportComparison> comparison;
  if (!options.compare.empty()) {
    comparison = usable(reports::compare_folders(options.compare, folder));
  }
  if (!options.html.empty()) {
    if (const auto failure = reports::write_page_again(options.html, folder, run, comparison))
      return complain(failure->message, failure->input ? harness::exit_usage : exit_environment);
  }
  if (comparison) {
    reports::render_comparison(*comparison, std::cout);
    return harness::exit_code(*comparison);
  }
  print_run(options, run, folder);
  std::cout << reports::root_line(reports::manifest_of(folder));
  return 0;
}

int verify(const Options& options) {
  const std::string& folder = options.verify.folder;
  const reports::OpenedReport report = usable(reports::open_report(folder));
  harness::VerificationVerdict verdict = reports::check_folder(folder, options.verify.root);
  verdict.offline = options.verify.offline;
  harness::note_signature(options.verify, verdict);
  for (const std::string& line : report.changed) verdict.changed.push_back({"ledger.jsonl", line});
  std::ranges::copy(report.lacks, std::back_inserter(verdict.lacks));
  verdict.cases =
      scenarios::check_cases(options, {report.verdict, report.ledger, report.evidence},
                             harness::scenario_folder(SPLITPROOF_SCENARIOS), SPLITPROOF_VERSION);
  reports::render_verification(verdict, std::cout);
  return harness::stop_signal() != 0 ? 128 + harness::stop_signal() : harness::exit_code(verdict);
}

int explain(const Options& options) {
  const reports::OpenedReport report = usable(reports::open_report(options.out));
  const auto explanation = scenarios::explain_incident(
      options.explain, {report.verdict, report.ledger, report.evidence});
  if (!explanation.ok()) return complain(explanation.error(), harness::exit_usage);
  reports::render_explanation(explanation.value(), std::cout);
  return explanation.value().plans.empty() ? exit_failed : 0;
}

int simulate(const Options& options) {
  const auto service = scenarios::find_life_forms(options.variant);
  if (!service.ok()) return complain(service.error(), harness::exit_usage);
  const harness::SimulateOptions& wanted = options.simulate;
  using std::chrono::steady_clock;
  const auto begin = steady_clock::now();
  auto last = begin;
  harness::life::LivesSpec spec = scenarios::lives_of(options, SPLITPROOF_VERSION);
  spec.first.stopped = [] { return harness::stop_signal() != 0; };
  spec.more = [&](std::uint64_t lives) {
    return lives < wanted.seeds || (wanted.time && steady_clock::now() - begin < *wanted.time);
  };
  spec.lived = [&](const harness::SimulatedLife& life) {
    reports::render_life(life, wanted.clients, std::cout);
    std::cout.flush();
    const auto now = steady_clock::now();
    std::cerr << reports::pace(life, now - std::exchange(last, now));
  };
  const harness::SimulationVerdict verdict = harness::life::live_all(spec, service.value());
  if (verdict.lives.size() != 1) reports::render_lives(verdict, std::cout);
  const auto failure = reports::write_simulation(options.out, verdict);
  if (failure) return complain(failure->message, exit_environment);
  return harness::stop_signal() != 0 ? 128 + harness::stop_signal() : harness::exit_code(verdict);
}

int dispatch(const Options& options) {
  switch (options.command) {
    case harness::Subcommand::list:
      return list();
    case harness::Subcommand::run:
      return run(options);
    case harness::Subcommand::replay:
      return replay(options);
    case harness::Subcommand::report:
      return report(options);
    case harness::Subcommand::simulate:
      return simulate(options);
    case harness::Subcommand::verify:
      return verify(options);
    case harness::Subcommand::explain:
      return explain(options);
  }
  return exit_environment;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (const auto socket = harness::client_process_socket({argv + 1, argv + argc})) {
      return harness::serve_clients(*socket, scenarios::find_operation);
    }
    const auto options = harness::parse_command_line({argv + 1, argv + argc}, SPLITPROOF_VERSION);
    if (!options.ok()) {
      (options.error().exit_code == 0 ? std::cout : std::cerr) << options.error().text;
      return options.error().exit_code;
    }
    harness::watch_stop_signals();
    // Before SQLite is used; who needs it and comes too late says so.
    static_cast<void>(sim::install_memory_gate());
    return dispatch(options.value());
  } catch (const reports::OpenError& problem) {
    return complain(problem.message, harness::exit_usage);
  } catch (const std::exception& failure) {
    return complain(fmt::format("a bug of ours, please report it: {}", failure.what()),
                    exit_environment);
  }
}
