// The command line as data, and the pure function from the one to the other.
//
// Parsing prints nothing, reads no file, and asks neither the machine nor the environment: whether
// a scenario or a finding exists is for the caller to find out. What can be refused by looking at
// the line alone is refused here, the plan included.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/schedule/exploration.h"
#include "harness/simulate/strike.h"
#include "sim/base/result.h"

namespace splitproof::harness {

enum class Subcommand { list, run, replay, report, simulate, verify, explain };
enum class ColorChoice { automatic, never, always };
enum class ProgressChoice { automatic, never };
enum class AnnotationsChoice { automatic, github, never };
enum class SpecForm { text, isolation };

// A case without a file: programs that are given on the command line.
struct ProgramOptions {
  // Texts for a shell, in order; several are sessions at once. None: scenarios are run.
  std::vector<std::string> commands;
  std::vector<std::string> setups;      // SQL scripts as given, run first and in order.
  std::vector<std::string> invariants;  // Files as given, one query each.
  std::map<std::string, std::string> environment;
  std::set<std::string> passed_on;  // Variables that are taken from our own environment.
  int retry_attempts = 3;           // As in Scenario.
  std::chrono::milliseconds time_limit = std::chrono::seconds(30);  // As in ProgramSpec.
  std::chrono::milliseconds own_timeout{0};                         // As in ProgramSpec.
  bool by_transaction = false;                                      // As in Scenario.
  bool expect_violated = false;  // By any oracle, with any damage; else expected to hold.
};

// Lives of the service in simulated time.
struct SimulateOptions {
  int days = 365;
  int clients = 16;
  std::uint64_t seeds = 1;
  // Further seeds are lived until so much time is over; none: `seeds` is all.
  std::optional<std::chrono::milliseconds> time;
  std::optional<life::Strikes> strikes;  // Instead of those that the seed draws.
};

// A report that is checked.
struct VerifyOptions {
  std::string folder;
  bool offline = false;  // From what is written down alone, without a database.
  int sample = 5;        // So many runs of each case without a finding are run again.
  std::string root;      // The one that was printed; empty: whatever it is.
  std::string signers;   // A file of allowed signers, as ssh-keygen reads it; empty: unchecked.
};

// An incident that is looked up in a report.
struct ExplainOptions {
  struct Table {
    std::string name;  // Empty: any table that has the columns.
    std::string file;
  };
  std::vector<Table> tables;  // CSV files of rows, as given.
};

struct Options {
  Subcommand command = Subcommand::list;

  // run
  std::vector<std::string> scenarios;  // Names or files, each once, as given; empty: all.
  std::string variant;                 // Empty: all.
  std::uint64_t seed = 1;
  std::optional<std::chrono::milliseconds> budget;  // Time for the whole call; none: no bound.
  Exploration exploration;  // Of the orders of sessions, for each case; its seed is not set.
  // A client's statement that runs longer is ended, and its case is inconclusive.
  std::chrono::milliseconds statement_limit = std::chrono::minutes(1);
  std::optional<int> jobs;  // None: as many as the machine has processors.
  bool strict = false;
  std::string sign;  // A private key for ssh-keygen, which signs the MANIFEST; empty: nobody does.
  std::vector<std::string> redact;  // Columns whose values are masked, each once, as given.
  // Given: exactly one scenario and one variant are, too, or commands.
  std::optional<Plan> plan;
  std::string baseline;  // A folder of plans that failed before, run first; empty: none.
  AnnotationsChoice annotations = AnnotationsChoice::automatic;
  ProgressChoice progress = ProgressChoice::automatic;
  bool quiet = false;

  // run: "sqlite", "postgres" or a URL, each once; sqlite when none is given.
  // replay: at most one, where the finding is to be replayed; empty: the target it was found on.
  std::vector<std::string> targets;

  ProgramOptions programs;  // run, of commands instead of scenarios.

  // run, of isolation specs: files as given, each once; none: scenarios are run.
  std::vector<std::string> specs;
  SpecForm spec_form = SpecForm::text;
  std::chrono::milliseconds step_limit = std::chrono::minutes(5);

  // simulate; with `seed` and `variant`. `out` is empty where no folder is given.
  SimulateOptions simulate;

  std::string finding;     // replay: an id, or a path.
  std::string report;      // report: the folder.
  std::string compare;     // report: the folder of an older one; empty: none.
  std::string html;        // report: the file that its page is written to; empty: none.
  VerifyOptions verify;    // With `seed`, which draws the sample.
  ExplainOptions explain;  // In the report of `out`.

  std::string out = "splitproof-report";  // run, replay.
  ColorChoice color = ColorChoice::automatic;
};

// The program ends with this instead of doing anything: help or the version (exit code 0, meant
// for standard output), or what is wrong with the line (exit code 3, for standard error).
struct CommandLineEnd {
  std::string text;  // Ends in a line feed.
  int exit_code = 0;
};

constexpr int exit_usage = 3;

// `arguments` are those after the program's name; `version` is what --version tells.
sim::Result<Options, CommandLineEnd> parse_command_line(const std::vector<std::string>& arguments,
                                                        const std::string& version);

// What --help prints: commands, options, examples, exit codes.
std::string usage();

// "500ms", "60s" and "5m"; a whole number above 0 of at most a year. Empty for anything else.
std::optional<std::chrono::milliseconds> parse_duration(const std::string& text);

// True for postgresql://… and postgres://…
bool is_database_url(const std::string& target);

}  // namespace splitproof::harness
