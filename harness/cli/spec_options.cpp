#include "harness/cli/spec_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/cli/option_values.h"

namespace splitproof::harness {
namespace {

constexpr std::string_view only_with_specs = "--format";
constexpr std::array<std::string_view, 5> also_with_specs{"--target", "--format", "--timeout",
                                                          "--strict", "--quiet"};

bool names_spec(const std::string& word) { return word.ends_with(".spec"); }

void refuse_foreign(const std::string& name) {
  if (std::ranges::find(also_with_specs, name) != also_with_specs.end()) return;
  throw Refused{
      fmt::format("'{}' is given, and a .spec has no use for it; expected --target, "
                  "--format, --timeout, --strict or --quiet",
                  name)};
}

std::string spec_target(const CommandLine& line) {
  const std::string* const target = given_once(line, "--target");
  if (target == nullptr || *target == "postgres") return "postgres";
  if (is_database_url(*target)) return *target;
  throw Refused{
      fmt::format("'--target' is '{}', and a .spec asks what only PostgreSQL tells; expected "
                  "postgres or a URL postgresql://...",
                  *target)};
}

}  // namespace

bool read_spec_run(const CommandLine& line, Options& options) {
  if (std::ranges::none_of(line.words, names_spec)) {
    if (line.values.at(std::string(only_with_specs)).empty()) return false;
    throw Refused{fmt::format("'{}' is given without a FILE.spec; expected one", only_with_specs)};
  }
  for (const std::string& word : line.words) {
    if (names_spec(word)) continue;
    throw Refused{fmt::format("'{}' is given beside a .spec; expected specs alone, or none", word)};
  }
  for (const auto& [name, values] : line.values) {
    if (!values.empty()) refuse_foreign(name);
  }
  for (const auto& [name, given] : line.flags) {
    if (given) refuse_foreign(name);
  }
  for (const std::string& word : line.words) {
    if (std::ranges::find(options.specs, word) == options.specs.end())
      options.specs.push_back(word);
  }
  options.targets = {spec_target(line)};
  options.strict = line.flags.at("--strict");
  options.quiet = line.flags.at("--quiet");
  if (const std::string* const form = given_once(line, "--format")) {
    if (*form != "text" && *form != "isolation") {
      throw Refused{fmt::format("'--format' is '{}'; expected text, isolation{}", *form,
                                did_you_mean(*form, {"text", "isolation"}))};
    }
    options.spec_form = *form == "text" ? SpecForm::text : SpecForm::isolation;
  }
  read_time(line, "--timeout", options.step_limit);
  return true;
}

}  // namespace splitproof::harness
