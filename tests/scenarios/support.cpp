#include "tests/scenarios/support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "scenarios/catalog.h"
#include "tests/support/paths.h"

namespace splitproof::tests {
namespace {

// "exec" keeps the process, so that signals reach the program and not a shell.
sim::ChildOptions redirected(Texts command, const std::string& folder, const std::string& outputs) {
  command.insert(
      command.begin(),
      {"/bin/sh", "-c", "exec \"$0\" \"$@\" >'" + outputs + "/out' 2>'" + outputs + "/err'"});
  sim::ChildOptions options;
  options.command = std::move(command);
  options.folder = folder;
  options.output = outputs + "/shell";
  for (const char* const name : {"PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) options.environment[name] = value;
  }
  return options;
}

sim::Child start(const sim::ChildOptions& options) {
  sim::Result<sim::Child, sim::ChildError> child = sim::Child::start(options);
  if (!child.ok()) throw std::runtime_error(child.error().message);
  return std::move(child).value();
}

sim::Child start_program(const Texts& arguments, const std::string& folder,
                         const std::string& outputs, const Program::Options& wanted) {
  Texts command = arguments;
  command.insert(command.begin(),
                 wanted.program.empty() ? tests::built_program("splitproof") : wanted.program);
  sim::ChildOptions options = redirected(std::move(command), folder, outputs);
  options.account = wanted.account;
  options.environment.insert(wanted.environment.begin(), wanted.environment.end());
  return start(options);
}

Ended ended(sim::ExitStatus status, const std::string& outputs) {
  return {status, read_file(outputs + "/out"), read_file(outputs + "/err")};
}

}  // namespace

ScratchFolder::ScratchFolder() {
  path_ = (std::filesystem::temp_directory_path() / "splitproof-test-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
  // Open to all, for programs that are run as another account.
  std::filesystem::permissions(path_, std::filesystem::perms::all);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

std::string scenario_folder() { return tests::in_tree("scenarios"); }

Program::Program(const Texts& arguments, const ScratchFolder& folder, const Options& options)
    : child_(start_program(arguments, folder.path(), outputs_.path(), options)) {}

bool Program::has_ended_within(std::chrono::milliseconds duration) {
  return child_.wait_for(duration).has_value();
}

Ended Program::wait() { return ended(child_.wait(), outputs_.path()); }

Ended splitproof(const Texts& arguments, const ScratchFolder& folder) {
  return Program(arguments, folder).wait();
}

Ended shell(const std::string& line, const ScratchFolder& folder) {
  const ScratchFolder outputs;
  sim::ChildOptions options = redirected({"/bin/sh", "-c", line}, folder.path(), outputs.path());
  options.environment["PATH"] = tests::built_program("") + ":" + options.environment["PATH"];
  return ended(start(options).wait(), outputs.path());
}

const SharedRun& shared_run() {
  static const std::unique_ptr<const SharedRun> run = [] {
    auto made = std::make_unique<SharedRun>();
    made->ended = splitproof({"run", "--jobs", "2"}, made->folder);
    return made;
  }();
  return *run;
}

nlohmann::json report_in(const std::string& folder) {
  const std::string text = read_file(folder + "/report.json");
  return text.empty() ? nlohmann::json() : nlohmann::json::parse(text);
}

const Texts& built_cases() { return harness::documented_cases(); }

bool is_generated(const std::string& scenario) {
  return !select({scenario}, "sqlite").scenarios.front()->property.empty();
}

harness::Selection select(const Texts& scenarios, const std::string& target,
                          const std::string& variant) {
  harness::Wanted wanted;
  wanted.scenarios = scenarios;
  wanted.targets = {target};
  wanted.variant = variant;
  sim::Result<harness::Selection, harness::SelectionError> selection =
      harness::select_cases(wanted, scenario_folder());
  if (!selection.ok()) throw std::runtime_error(selection.error().message);
  return std::move(selection).value();
}

harness::RunVerdict run_cases(const std::vector<harness::Case>& cases,
                              const harness::CampaignOptions& options) {
  auto outcome = harness::run_campaign(cases, scenarios::find_operation, &test_guardian(), options);
  if (!outcome.ok()) throw std::runtime_error(outcome.error().message);
  return std::move(outcome).value().verdict;
}

const harness::RunVerdict& all_cases_on(const std::string& target) {
  static std::map<std::string, harness::RunVerdict> runs;
  const auto known = runs.find(target);
  if (known != runs.end()) return known->second;
  const harness::Selection selection = select(built_cases(), target);
  harness::CampaignOptions options;
  options.jobs = 2;
  return runs.emplace(target, run_cases(selection.cases, options)).first->second;
}

std::string name_of(const harness::CaseVerdict& verdict) {
  return verdict.scenario + " / " + verdict.variant;
}

}  // namespace splitproof::tests
