#include <fmt/format.h>

#include "harness/cli/options.h"
#include "harness/cli/shell_quote.h"
#include "harness/isolation/isolation_case.h"
#include "harness/run/case_runner.h"
#include "harness/run/expectation.h"
#include "harness/run/worlds.h"
#include "sim/server/mounted_disk.h"

namespace splitproof::harness {

std::string replay_begin(const Case& subject, std::uint64_t seed) {
  const std::string target = shell_quote(without_password(subject.target));
  std::string line =
      subject.command.empty()
          ? fmt::format("splitproof run {} --variant {} --target {}", shell_quote(subject.argument),
                        shell_quote(subject.variant->name), target)
          : fmt::format("splitproof run --target {} {}", target, subject.command);
  if (seed != 1) line += fmt::format(" --seed {}", seed);
  return line;
}

namespace {

// Empty where no power is to fail, or where it can.
std::string why_no_power_loss(const Variant& variant) {
  if (variant.server->settings.disk.empty()) return "";
  const std::string missing = sim::MountedDisk::objection();
  if (missing.empty()) return "";
  return "the power of a PostgreSQL server cannot fail here: " + missing;
}

}  // namespace

std::string why_not_run(const Case& subject) {
  if (!subject.scenario->not_built.empty()) return subject.scenario->not_built;
  const bool chooses = subject.variant != nullptr && subject.variant->server.has_value();
  if (!chooses || subject.target_kind != "postgres") return "";
  if (!is_database_url(subject.target)) return why_no_power_loss(*subject.variant);
  return "the settings of a server that the harness did not start are not its to choose; --target "
         "postgres runs it";
}

CaseVerdict verdict_header(const Case& subject) {
  if (subject.scenario->anomaly != nullptr) return isolation_header(subject);
  CaseVerdict verdict;
  verdict.scenario = subject.scenario->name;
  verdict.title = subject.scenario->title;
  verdict.target = without_password(subject.target);
  verdict.observed = "unknown";
  if (subject.variant == nullptr) return verdict;
  const Expected& expected = subject.variant->expect.at(subject.target_kind);
  verdict.variant = subject.variant->name;
  verdict.role = std::string(to_string(subject.variant->role));
  verdict.expected = expected.observed == Expectation::violated ? "violated" : "holds";
  return verdict;
}

}  // namespace splitproof::harness
