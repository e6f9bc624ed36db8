// What the tests of this folder share: the built program, run from outside as its users run it, and
// the documented cases, run once in this process and looked at by many tests.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/campaign.h"
#include "harness/run/selection.h"
#include "sim/process/child.h"
#include "sim/process/guardian.h"

namespace splitproof::tests {

using Texts = std::vector<std::string>;

// The guardian that main() started.
sim::Guardian& test_guardian();

// A folder of the test's own, which every account may enter; removed with everything in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

// The tree's own scenario files.
std::string scenario_folder();

// How a program ended, and what it wrote.
struct Ended {
  sim::ExitStatus status;
  std::string out;
  std::string err;
};

// The program as a process of its own; standard output and standard error are files, so neither is
// a terminal.
class Program {
 public:
  struct Options {
    std::map<std::string, std::string> environment;  // Beside PATH and what sanitizers read.
    std::optional<sim::Account> account;
    std::string program;  // Empty: the one that was built.
  };

  // `folder` is where it works; it must outlive this.
  Program(const Texts& arguments, const ScratchFolder& folder, const Options& options);
  Program(const Texts& arguments, const ScratchFolder& folder)
      : Program(arguments, folder, Options{}) {}

  pid_t pid() const { return child_.pid(); }
  void signal(int number) const { child_.signal(number); }
  bool has_ended_within(std::chrono::milliseconds duration);
  Ended wait();

 private:
  ScratchFolder outputs_;
  sim::Child child_;
};

// `splitproof ARGUMENTS`, to its end.
Ended splitproof(const Texts& arguments, const ScratchFolder& folder);

// A line as a shell understands it, with `splitproof` being the built program.
Ended shell(const std::string& line, const ScratchFolder& folder);

// `splitproof run` of all built cases on sqlite, with two jobs; run by the first call.
struct SharedRun {
  ScratchFolder folder;  // With "splitproof-report".
  Ended ended;
};
const SharedRun& shared_run();

// FOLDER/report.json; a null value when there is none.
nlohmann::json report_in(const std::string& folder);

// The documented cases that are built, in the order of the README's table.
const Texts& built_cases();

// Whether a case's operations are generated, so that there is no one run whose points are swept.
bool is_generated(const std::string& scenario);

// A selection of documented cases; an exception when there is no such.
harness::Selection select(const Texts& scenarios, const std::string& target,
                          const std::string& variant = "");

// The cases with their variants, run in this process; an exception when the environment fails.
harness::RunVerdict run_cases(const std::vector<harness::Case>& cases,
                              const harness::CampaignOptions& options);

// All built cases in all variants on "sqlite" or "postgres"; run by the first call.
const harness::RunVerdict& all_cases_on(const std::string& target);

// "partial-failure / autocommit"
std::string name_of(const harness::CaseVerdict& verdict);

}  // namespace splitproof::tests
