#include "harness/cli/options.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "harness/cli/command_line.h"
#include "harness/cli/option_values.h"
#include "harness/cli/program_options.h"
#include "harness/cli/simulate_options.h"
#include "harness/cli/spec_options.h"
#include "harness/cli/verify_options.h"

namespace splitproof::harness {

namespace {

using Texts = std::vector<std::string>;

const std::vector<Grammar>& grammars() {
  static const std::vector<Grammar> all{
      {.command = "list", .valued = {}, .flags = {}},
      {.command = "run",
       .valued = {"--target",   "--variant",     "--seed",     "--strategy",    "--depth",
                  "--faults",   "--budget",      "--jobs",     "--plan",        "--out",
                  "--progress", "--color",       "--baseline", "--annotations", "--format",
                  "--timeout",  "--command",     "--setup",    "--invariant",   "--env",
                  "--retry",    "--own-timeout", "--expect",   "--atomic",      "--sign",
                  "--redact"},
       .flags = {"--strict", "--quiet"},
       .takes_words = true},
      {.command = "replay",
       .valued = {"--out", "--target", "--color"},
       .flags = {},
       .takes_words = true},
      {.command = "report",
       .valued = {"--color", "--compare", "--html"},
       .flags = {},
       .takes_words = true},
      {.command = "simulate",
       .valued = {"--days", "--clients", "--seed", "--seeds", "--minutes", "--variant", "--plan",
                  "--out"},
       .flags = {}},
      verify_grammar(),
      explain_grammar()};
  return all;
}

Texts targets_of(const CommandLine& line) {
  const Texts targets = without_repetitions(line.values.at("--target"));
  for (const std::string& target : targets) {
    if (target == "sqlite" || target == "postgres" || is_database_url(target)) continue;
    throw Refused{
        fmt::format("'--target' is '{}'; expected sqlite, postgres or a URL "
                    "postgresql://...{}",
                    target, did_you_mean(target, {"sqlite", "postgres"}))};
  }
  return targets;
}

Plan plan_of(const std::string& text) {
  auto plan = parse_plan(text);
  if (plan.ok()) return std::move(plan).value();
  throw Refused{
      fmt::format("'--plan' at character {}: {}", plan.error().column, plan.error().message)};
}

// A plan counts the statements of one variant; on another the same line means another run.
void require_one_case(const Options& options) {
  if (!options.programs.commands.empty()) {
    if (options.targets.size() == 1) return;
    throw Refused{"'--plan' runs one case; expected at most one '--target'"};
  }
  if (options.scenarios.size() == 1 && !options.variant.empty() && options.targets.size() == 1) {
    return;
  }
  throw Refused{
      "'--plan' runs one case; expected one SCENARIO, '--variant' and at most one '--target'"};
}

// A time for the whole call, or a number of orders for each case; one of each at most.
void read_budget(const CommandLine& line, Options& options) {
  constexpr std::int64_t runs_most = 1'000'000'000;
  bool has_runs = false;
  for (const std::string& budget : line.values.at("--budget")) {
    const bool is_number = !budget.empty() && budget.find_first_not_of("0123456789") == budget.npos;
    if (is_number ? has_runs : options.budget.has_value()) {
      throw Refused{
          fmt::format("'--budget' is '{}' after another one of its kind; expected at most "
                      "one time and one number of orders",
                      budget)};
    }
    if (is_number) {
      options.exploration.runs_max = number_of<std::int64_t>("--budget", budget, 1, runs_most);
      has_runs = true;
      continue;
    }
    options.budget = parse_duration(budget);
    if (!options.budget) {
      throw Refused{
          fmt::format("'--budget' is '{}'; expected a time such as 500ms, 60s or 5m, or a "
                      "number of orders such as 20000",
                      budget)};
    }
  }
}

void read_exploration(const CommandLine& line, Options& options) {
  constexpr int depth_most = 20;
  Exploration& exploration = options.exploration;
  exploration.strategy =
      static_cast<StrategyName>(word_of(line, "--strategy", strategy_names(), 0));
  if (const std::string* faults = given_once(line, "--faults")) {
    exploration.faults_max = number_of("--faults", *faults, 0, 2);
  }
  const std::string* const depth = given_once(line, "--depth");
  if (depth == nullptr) return;
  const StrategyName strategy = exploration.strategy;
  if (strategy == StrategyName::bounded) {
    exploration.depth = number_of("--depth", *depth, 0, depth_most);
  } else if (strategy == StrategyName::pct || strategy == StrategyName::automatic) {
    exploration.depth = number_of("--depth", *depth, 1, depth_most);
  } else {
    throw Refused{
        fmt::format("'--depth' is given, and the strategy {} has none; expected it with "
                    "pct, bounded or auto",
                    to_string(strategy))};
  }
}

void read_run(const CommandLine& line, Options& options) {
  if (read_spec_run(line, options)) return;
  options.scenarios = without_repetitions(line.words);
  options.targets = targets_of(line);
  if (options.targets.empty()) options.targets = {"sqlite"};
  read_text(line, "--variant", options.variant);
  if (const std::string* seed = given_once(line, "--seed")) {
    options.seed = number_of<std::uint64_t>("--seed", *seed, 0, UINT64_MAX);
  }
  read_exploration(line, options);
  if (!read_program_run(line, options)) read_time(line, "--timeout", options.statement_limit);
  read_budget(line, options);
  if (const std::string* jobs = given_once(line, "--jobs")) {
    options.jobs = number_of("--jobs", *jobs, 1, 1024);
  }
  options.strict = line.flags.at("--strict");
  options.quiet = line.flags.at("--quiet");
  options.progress = word_of(line, "--progress", {"auto", "never"}, 0) == 0
                         ? ProgressChoice::automatic
                         : ProgressChoice::never;
  read_text(line, "--baseline", options.baseline);
  read_signing(line, options);
  options.annotations = static_cast<AnnotationsChoice>(
      word_of(line, "--annotations", {"auto", "github", "never"}, 0));
  if (const std::string* plan = given_once(line, "--plan")) {
    options.plan = plan_of(*plan);
    require_one_case(options);
    if (!options.baseline.empty()) {
      throw Refused{"'--plan' is one run; expected it without '--baseline', which adds others"};
    }
  }
}

void read_replay(const CommandLine& line, Options& options) {
  options.finding = one_word(line, "replay", "a finding's id, or PATH/report.json#ID");
  options.targets = targets_of(line);
  if (options.targets.size() > 1) {
    throw Refused{"'--target' is given more than once; expected the one to replay on"};
  }
}

Options read(std::size_t command, const CommandLine& line) {
  Options options;
  options.command = static_cast<Subcommand>(command);
  if (options.command == Subcommand::run) read_run(line, options);
  if (options.command == Subcommand::replay) read_replay(line, options);
  if (options.command == Subcommand::report) {
    options.report = one_word(line, "report", "the folder of a report");
    read_text(line, "--compare", options.compare);
    read_text(line, "--html", options.html);
  }
  if (options.command == Subcommand::verify) read_verify(line, options);
  if (options.command == Subcommand::explain) read_explain(line, options);
  if (options.command == Subcommand::simulate) {
    read_simulate(line, options);
    options.out.clear();
  }
  read_text(line, "--out", options.out);
  options.color =
      static_cast<ColorChoice>(word_of(line, "--color", {"auto", "never", "always"}, 0));
  return options;
}

Options read(const Texts& arguments) {
  Texts names;
  for (const Grammar& grammar : grammars()) names.push_back(grammar.command);
  if (arguments.empty()) {
    throw Refused{fmt::format("no command is given; expected one of {}", fmt::join(names, ", "))};
  }
  const auto found = std::ranges::find(names, arguments.front());
  if (found == names.end()) {
    const bool option = arguments.front().starts_with('-');
    throw Refused{fmt::format("unknown {} '{}'{}", option ? "option" : "command", arguments.front(),
                              did_you_mean(arguments.front(), names))};
  }
  const auto command = static_cast<std::size_t>(found - names.begin());
  return read(command,
              take_apart(grammars().at(command), Texts(arguments.begin() + 1, arguments.end())));
}

bool asks_for_help(const Texts& arguments) {
  const auto options_end = std::ranges::find(arguments, "--");
  return std::any_of(arguments.begin(), options_end, [](const std::string& argument) {
    return argument == "--help" || argument == "-h";
  });
}

}  // namespace

sim::Result<Options, CommandLineEnd> parse_command_line(const Texts& arguments,
                                                        const std::string& version) {
  if (asks_for_help(arguments)) return CommandLineEnd{usage(), 0};
  if (arguments == Texts{"--version"}) {
    return CommandLineEnd{fmt::format("splitproof {}\n", version), 0};
  }
  try {
    return read(arguments);
  } catch (const Refused& refused) {
    return CommandLineEnd{
        fmt::format("splitproof: {}\nsplitproof --help tells what there is.\n", refused.message),
        exit_usage};
  }
}

std::optional<std::chrono::milliseconds> parse_duration(const std::string& text) {
  constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, failure] = std::from_chars(text.data(), end, count);
  if (failure != std::errc{} || count < 1 || count > longest.count()) return std::nullopt;
  const std::string_view unit(parsed, static_cast<std::size_t>(end - parsed));
  std::chrono::milliseconds duration{0};
  if (unit == "ms") duration = std::chrono::milliseconds(count);
  if (unit == "s") duration = std::chrono::seconds(count);
  if (unit == "m") duration = std::chrono::minutes(count);
  if (duration.count() == 0 || duration > longest) return std::nullopt;
  return duration;
}

bool is_database_url(const std::string& target) {
  return target.starts_with("postgresql://") || target.starts_with("postgres://");
}

}  // namespace splitproof::harness
