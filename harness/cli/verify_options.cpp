#include "harness/cli/verify_options.h"

#include <fmt/core.h>

#include "harness/cli/option_values.h"

namespace splitproof::harness {

namespace {

constexpr int sample_most = 1'000'000;

bool is_root(const std::string& text) {
  constexpr std::string_view begin = "sha256:";
  constexpr std::size_t digits = 64;
  return text.starts_with(begin) && text.size() == begin.size() + digits &&
         text.find_first_not_of("0123456789abcdef", begin.size()) == std::string::npos;
}

}  // namespace

Grammar verify_grammar() {
  return {.command = "verify",
          .valued = {"--sample", "--seed", "--root", "--signers", "--color"},
          .flags = {"--offline"},
          .takes_words = true};
}

Grammar explain_grammar() {
  return {.command = "explain", .valued = {"--state", "--table", "--out", "--color"}, .flags = {}};
}

void read_explain(const CommandLine& line, Options& options) {
  std::vector<ExplainOptions::Table>& tables = options.explain.tables;
  for (const std::string& file : line.values.at("--state")) tables.push_back({"", file});
  for (const std::string& table : line.values.at("--table")) {
    const std::size_t equals = table.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == table.size()) {
      throw Refused{fmt::format("'--table' is '{}'; expected NAME=FILE.csv", table)};
    }
    tables.push_back({table.substr(0, equals), table.substr(equals + 1)});
  }
  if (tables.empty()) {
    throw Refused{"'explain' is given no rows; expected --state FILE.csv or --table NAME=FILE.csv"};
  }
}

void read_verify(const CommandLine& line, Options& options) {
  VerifyOptions& verify = options.verify;
  verify.folder = one_word(line, "verify", "the folder of a report");
  verify.offline = line.flags.at("--offline");
  if (const std::string* sample = given_once(line, "--sample")) {
    if (verify.offline) {
      throw Refused{"'--sample' is of runs that are run again; expected it without '--offline'"};
    }
    verify.sample = number_of("--sample", *sample, 0, sample_most);
  }
  if (const std::string* seed = given_once(line, "--seed")) {
    options.seed = number_of<std::uint64_t>("--seed", *seed, 0, UINT64_MAX);
  }
  read_text(line, "--root", verify.root);
  if (!verify.root.empty() && !is_root(verify.root)) {
    throw Refused{fmt::format(
        "'--root' is '{}'; expected sha256: and 64 digits, as a run prints it at its end",
        verify.root)};
  }
  read_text(line, "--signers", verify.signers);
}

void read_signing(const CommandLine& line, Options& options) {
  read_text(line, "--sign", options.sign);
  options.redact = without_repetitions(line.values.at("--redact"));
}

}  // namespace splitproof::harness
