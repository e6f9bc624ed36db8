// The composition root: the one file that sees every room. It turns a command line into calls and
// their results into files, output and an exit code; it decides nothing else.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "harness/cli/options.h"
#include "harness/cli/stop_signals.h"
#include "harness/run/campaign.h"
#include "harness/run/initial_data.h"
#include "harness/run/progress.h"
#include "harness/run/replay.h"
#include "harness/run/selection.h"
#include "reports/files.h"
#include "reports/json.h"
#include "reports/ledger.h"
#include "reports/story.h"
#include "reports/terminal.h"
#include "scenarios/catalog.h"

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

// Installed, the scenarios lie beside the program; in a build tree, where they were built from.
std::string scenario_folder() {
  std::error_code failure;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::filesystem::path installed =
      program.parent_path().parent_path() / "share" / "splitproof" / "scenarios";
  if (!failure && std::filesystem::is_directory(installed)) return installed.string();
  return SPLITPROOF_SCENARIOS;
}

bool use_colour(harness::ColorChoice choice) {
  if (choice != harness::ColorChoice::automatic) return choice == harness::ColorChoice::always;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && !dumb;
}

std::vector<std::string> targets_of(const Options& options) {
  return options.targets.empty() ? std::vector<std::string>{"sqlite"} : options.targets;
}

sim::Result<harness::Selection, harness::SelectionError> select(const Options& options) {
  harness::Wanted wanted;
  wanted.scenarios = options.scenarios;
  wanted.variant = options.variant;
  wanted.targets = targets_of(options);
  return harness::select_cases(wanted, scenario_folder());
}

// Why some case cannot be run at all; empty when all can.
std::string unusable(const harness::Selection& selection) {
  for (const auto& scenario : selection.scenarios) {
    std::string problem = harness::unusable_import(scenario->data);
    if (!problem.empty()) return problem;
  }
  for (const harness::Case& one : selection.cases) {
    if (one.variant == nullptr) continue;
    const auto operations = harness::operations_of(one, scenarios::find_operation);
    if (!operations.ok()) return operations.error();
  }
  return "";
}

// The guardian is a fork of this process, so it is made before there are threads.
std::unique_ptr<sim::Guardian> guardian_for(const std::vector<std::string>& targets) {
  const bool server = std::ranges::find(targets, "postgres") != targets.end();
  return server ? sim::Guardian::start() : nullptr;
}

int list() {
  Options everything;
  const auto selection = select(everything);
  if (!selection.ok()) return complain(selection.error().message, harness::exit_usage);
  std::cout << harness::listing(selection.value());
  return 0;
}

// Writes the report's folder; the error is for exit code 4.
std::optional<reports::FileError> write_report(const Options& options,
                                               const harness::CampaignOutcome& outcome,
                                               std::chrono::milliseconds took) {
  std::ostringstream json;
  reports::JsonRenderer().render(outcome.verdict, json);
  std::int64_t runs = 0;
  for (const harness::CaseVerdict& verdict : outcome.verdict.cases) runs += verdict.runs;
  const std::string timings =
      fmt::format("{{\"milliseconds\": {}, \"runs\": {}}}\n", took.count(), runs);
  const std::filesystem::path folder(options.out);
  for (const auto& [name, text] :
       {std::pair{"ledger.jsonl", reports::render_ledger(outcome.ledger)},
        std::pair{"timings.json", timings}, std::pair{"report.json", json.str()}}) {
    if (auto failure = reports::write_file_atomically((folder / name).string(), text)) {
      return failure;
    }
  }
  return std::nullopt;
}

harness::CampaignOptions campaign_options(const Options& options, harness::Progress& progress) {
  harness::CampaignOptions campaign;
  campaign.seed = options.seed;
  campaign.jobs = options.jobs.value_or(static_cast<int>(std::thread::hardware_concurrency()));
  campaign.plan = options.plan;
  campaign.version = SPLITPROOF_VERSION;
  const auto begin = std::chrono::steady_clock::now();
  campaign.stopped = [budget = options.budget, begin] {
    if (harness::stop_signal() != 0) return true;
    return budget && std::chrono::steady_clock::now() - begin > *budget;
  };
  if (options.progress == harness::ProgressChoice::automatic && !options.quiet &&
      ::isatty(STDERR_FILENO) == 1) {
    campaign.progress = [&progress](std::size_t cases, std::int64_t runs, const std::string& name) {
      progress.show(cases, runs, name);
    };
  }
  return campaign;
}

void print_run(const Options& options, const harness::RunVerdict& run) {
  reports::TerminalOptions terminal;
  terminal.colour = use_colour(options.color);
  terminal.strict = options.strict;
  if (!options.quiet) reports::TerminalRenderer(terminal).render(run, std::cout);
  // A single plan is asked for to see what happens: its story is told once, whichever oracles
  // object.
  if (!options.plan || options.quiet) return;
  for (const harness::CaseVerdict& verdict : run.cases) {
    if (verdict.findings.empty()) continue;
    std::cout << '\n';
    reports::render_finding(verdict.findings.front(), std::cout);
  }
}

int run(const Options& options) {
  auto selection = select(options);
  if (!selection.ok()) return complain(selection.error().message, harness::exit_usage);
  const std::string problem = unusable(selection.value());
  if (!problem.empty()) return complain(problem, harness::exit_usage);
  if (const auto failure = reports::make_folder(options.out)) {
    return complain(failure->message, exit_environment);
  }
  const std::unique_ptr<sim::Guardian> guardian = guardian_for(options.targets);
  harness::Progress progress(selection.value().cases.size(), std::cerr);
  const harness::CampaignOptions campaign = campaign_options(options, progress);
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = harness::run_campaign(selection.value().cases, scenarios::find_operation,
                                             guardian.get(), campaign);
  progress.clear();
  if (!outcome.ok()) {
    return complain(outcome.error().message,
                    outcome.error().input ? harness::exit_usage : exit_environment);
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  if (const auto failure = write_report(options, outcome.value(), took)) {
    return complain(failure->message, exit_environment);
  }
  print_run(options, outcome.value().verdict);
  if (harness::stop_signal() != 0) return 128 + harness::stop_signal();
  const int code = harness::exit_code(outcome.value().verdict, options.strict);
  return code == 0 && !outcome.value().verdict.complete ? exit_undecided : code;
}

// The finding that is meant by an id (in the folder `out`), or by a file and an id: FILE#ID.
sim::Result<harness::Finding, std::string> find_finding(const Options& options) {
  const std::size_t hash = options.finding.find('#');
  const std::string file = hash == std::string::npos
                               ? (std::filesystem::path(options.out) / "report.json").string()
                               : options.finding.substr(0, hash);
  const std::string id =
      hash == std::string::npos ? options.finding : options.finding.substr(hash + 1);
  std::ifstream in(file);
  if (!in)
    return fmt::format("{} cannot be opened; run the cases first, or name it by --out", file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto report = reports::parse_report(text);
  if (const auto* error = std::get_if<reports::ReportError>(&report)) {
    return fmt::format("{}: {}", file, reports::to_string(*error));
  }
  for (const harness::CaseVerdict& verdict : std::get<harness::RunVerdict>(report).cases) {
    for (const harness::Finding& finding : verdict.findings) {
      if (finding.id == id) return finding;
    }
  }
  return fmt::format("{} has no finding '{}'", file, id);
}

int replay_on(const harness::Case& subject, const Options& line, const harness::Finding& finding) {
  const std::unique_ptr<sim::Guardian> guardian = guardian_for({subject.target});
  harness::Worlds worlds(guardian.get());
  auto world = worlds.make(subject.target);
  if (!world.ok()) return complain(world.error().message, exit_environment);
  auto operations = harness::operations_of(subject, scenarios::find_operation);
  if (!operations.ok()) return complain(operations.error(), harness::exit_usage);
  try {
    const harness::ReplayResult result = harness::replay(
        subject, *world.value(), std::move(operations).value(), *line.plan, line.seed, std::cout);
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
  const auto finding = find_finding(options);
  if (!finding.ok()) return complain(finding.error(), harness::exit_usage);
  std::vector<std::string> words = harness::shell_words(finding.value().replay);
  if (!words.empty()) words.erase(words.begin());
  auto line = harness::parse_command_line(words, SPLITPROOF_VERSION);
  if (!line.ok() || !line.value().plan) {
    return complain(
        fmt::format("the finding's replay line cannot be used: {}", finding.value().replay),
        harness::exit_usage);
  }
  if (!options.targets.empty()) line.value().targets = options.targets;
  const auto selection = select(line.value());
  if (!selection.ok()) return complain(selection.error().message, harness::exit_usage);
  std::cout << fmt::format("{}\n  claim: {}\n  {}\n\n", finding.value().id, finding.value().claim,
                           finding.value().because);
  return replay_on(selection.value().cases.front(), line.value(), finding.value());
}

int report(const Options& options) {
  const std::string file = (std::filesystem::path(options.report) / "report.json").string();
  std::ifstream in(file);
  if (!in) return complain(fmt::format("{} cannot be opened", file), harness::exit_usage);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (const auto changed = reports::check_digest(text)) {
    return complain(fmt::format("{}: {}", file, reports::to_string(*changed)), harness::exit_usage);
  }
  const auto parsed = reports::parse_report(text);
  if (const auto* error = std::get_if<reports::ReportError>(&parsed)) {
    return complain(fmt::format("{}: {}", file, reports::to_string(*error)), harness::exit_usage);
  }
  print_run(options, std::get<harness::RunVerdict>(parsed));
  return 0;
}

int dispatch(const Options& options) {
  switch (options.command) {
    case harness::Command::list:
      return list();
    case harness::Command::run:
      return run(options);
    case harness::Command::replay:
      return replay(options);
    case harness::Command::report:
      return report(options);
  }
  return exit_environment;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = harness::parse_command_line({argv + 1, argv + argc}, SPLITPROOF_VERSION);
    if (!options.ok()) {
      (options.error().exit_code == 0 ? std::cout : std::cerr) << options.error().text;
      return options.error().exit_code;
    }
    harness::watch_stop_signals();
    return dispatch(options.value());
  } catch (const std::exception& failure) {
    return complain(fmt::format("a bug of ours, please report it: {}", failure.what()),
                    exit_environment);
  }
}
