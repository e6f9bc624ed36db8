#include "harness/run/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/utsname.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "harness/cli/options.h"
#include "harness/isolation/anomaly.h"
#include "harness/property/property_names.h"
#include "harness/run/expectation.h"
#include "harness/run/program_spec.h"
#include "sim/server/mounted_disk.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness {

namespace {

// Whether the scenario of some selected case asks for a family of faults.
bool want(const std::vector<Case>& cases, std::string_view wanted,
          const std::function<bool(const Case&)>& condition) {
  return std::ranges::any_of(cases, [&](const Case& one) {
    const std::vector<std::string>& faults = one.scenario->faults;
    return one.variant != nullptr && one.scenario->property.empty() && condition(one) &&
           (faults.empty() || std::ranges::find(faults, wanted) != faults.end());
  });
}

// Whether faults strike while the sessions of a case are at work at once.
bool strikes_in_orders(const Case& one, const Exploration& exploration) {
  return exploration.faults_max.value_or(faults_by_default(one.target_kind == "sqlite")) > 0;
}

// Oracles are named by their findings; `converges` also finds unsafe retries.
void add_if_objecting(std::vector<std::string>& caught, const std::string& oracle,
                      const CaseVerdict& verdict) {
  const auto objects = [&](const std::string& name) {
    return std::ranges::any_of(verdict.findings,
                               [&](const Finding& finding) { return finding.oracle == name; });
  };
  if (objects(oracle)) caught.push_back(oracle);
  if (oracle == "converges" && objects("unsafe-retry")) caught.emplace_back("unsafe-retry");
}

// The columns of an isolation table that no selected case is in, for each target one sentence.
std::vector<std::string> columns_left_out(const std::vector<Case>& cases) {
  std::map<std::string, std::set<std::string>> left_out;
  std::set<ColumnKey> run;
  for (const Case& one : cases) {
    if (one.scenario->anomaly == nullptr) continue;
    run.emplace(one.target_kind, one.variant->name);
    for (const auto& [key, column] : one.scenario->anomaly->columns) {
      left_out[key.first].insert(key.second);
    }
  }
  std::vector<std::string> sentences;
  for (auto& [target, columns] : left_out) {
    std::erase_if(columns, [&](const std::string& name) { return run.contains({target, name}); });
    if (columns.empty()) continue;
    sentences.push_back(fmt::format("of the isolation table, on {}: {}; --target {} does", target,
                                    fmt::join(columns, ", "), target));
  }
  return sentences;
}

std::vector<std::string> oracle_names() {
  std::vector<std::string> names;
  for (const auto& [name, oracle] : all_oracles()) names.push_back(name);
  names.insert(names.end(), property_oracles().begin(), property_oracles().end());
  return names;
}

}  // namespace

void count(RunVerdict& run) {
  for (const CaseVerdict& verdict : run.cases) {
    const bool counted =
        verdict.result != CaseResult::not_applicable && verdict.result != CaseResult::not_run;
    if (verdict.role == "subject" || verdict.expected != "violated" || !counted) continue;
    ControlCount& counter = verdict.role == "mutant" ? run.mutants : run.controls;
    ++counter.expected;
    if (verdict.result == CaseResult::pass) ++counter.caught;
  }
}

Environment environment(const std::string& postgres) {
  Environment found;
  found.sqlite = sim::sqlite_version();
  found.postgres = postgres;
  found.compiler = fmt::format("gcc {}", __VERSION__);
  utsname name{};
  if (::uname(&name) == 0) found.kernel = fmt::format("{} {}", name.sysname, name.machine);
  return found;
}

std::vector<GradeLine> grades(const std::vector<Case>& cases, const RunVerdict& run) {
  std::vector<GradeLine> lines;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& subject = cases[i];
    const CaseVerdict& verdict = run.cases[i];
    if (subject.variant == nullptr || subject.variant->role == Role::subject) continue;
    // A cell of the isolation table is no code that an oracle could be asked about.
    if (subject.scenario->anomaly != nullptr) continue;
    const Expected& expected = subject.variant->expect.at(subject.target_kind);
    if (verdict.result == CaseResult::not_run) continue;
    // Where any oracle may object, none is asked whether it works.
    if (expected.observed == Expectation::violated && expected.oracle.empty()) continue;
    GradeLine line{verdict.scenario, verdict.variant, verdict.target, expected.oracle, {}, ""};
    if (expected.observed != Expectation::violated) {
      line.not_expressible =
          expected.reason.empty() ? "this engine does not let it happen" : expected.reason;
    }
    for (const std::string& name : oracle_names()) add_if_objecting(line.caught, name, verdict);
    lines.push_back(std::move(line));
  }
  return lines;
}

namespace {

// What is left out of programs of others.
void add_programs(const std::vector<Case>& cases, std::vector<std::string>& all) {
  const auto of_programs = [](const Case& one) { return runs_programs(*one.scenario); };
  if (std::ranges::none_of(cases, of_programs)) return;
  const auto is_patient = [](const OperationSpec& operation) {
    return operation.program && operation.program->own_timeout.count() == 0;
  };
  for (const Case& one : cases) {
    if (one.target_kind != "postgres" || std::ranges::none_of(one.scenario->operations, is_patient))
      continue;
    all.emplace_back(
        "answers that are withheld until a program's own time-out: --own-timeout, or own-timeout, "
        "says how long it waits");
    break;
  }
  const auto by_transaction = [](const Case& one) { return one.scenario->by_transaction; };
  if (std::ranges::any_of(cases, by_transaction)) {
    all.emplace_back("atomicity across transactions is not claimed where a case says so");
  }
}

// Power that fails below PostgreSQL: why it does not, and how much of it is left out where it does.
// Where no disk can be mounted every report says so, whatever was run.
void add_power_of_servers(const std::vector<Case>& cases, std::vector<std::string>& all) {
  const std::string missing = sim::MountedDisk::objection();
  const auto on_disk = [&](const Case& one) {
    return one.target_kind == "postgres" && one.variant != nullptr && one.variant->server &&
           !one.variant->server->settings.disk.empty() && why_not_run(one).empty();
  };
  const auto off_disk = [&](const Case& one) {
    return one.target_kind == "postgres" && !on_disk(one);
  };
  const bool any_on_disk = std::ranges::any_of(cases, on_disk);
  const bool any_off_disk = std::ranges::any_of(cases, off_disk);
  const std::string line = "power loss below PostgreSQL";
  if (!missing.empty()) {
    all.push_back(line + ": " + missing);
  } else if (any_on_disk && any_off_disk) {
    all.push_back(line + " of the cases that are on no simulated disk");
  } else if (any_off_disk) {
    all.push_back(line +
                  ": no case of this run is on a simulated disk; power-loss-transfer "
                  "--target postgres has some");
  }
  if (!any_on_disk) return;
  all.emplace_back(
      "on a simulated disk below PostgreSQL: more than chosen images at chosen moments, torn "
      "sectors, power that fails again in more than one recovery, errors of the disk, faults of "
      "single statements, and sessions at once");
}

// Power that fails, and a disk, below SQLite and below PostgreSQL.
void add_storage(const std::vector<Case>& cases, std::vector<std::string>& all) {
  const auto any = [&](const auto& condition) { return std::ranges::any_of(cases, condition); };
  const auto on_disk = [](const Case& one) {
    return one.variant != nullptr && one.variant->storage && one.target_kind == "sqlite";
  };
  if (any([&](const Case& one) { return one.target_kind == "sqlite" && !on_disk(one); })) {
    all.emplace_back(
        any(on_disk) ? "power loss, failing storage and memory that runs out of the cases that are "
                       "on no simulated disk"
                     : "power loss, failing storage and memory that runs out: the cases on a "
                       "simulated disk show them");
  }
  if (any(on_disk)) {
    all.emplace_back(
        "on a simulated disk: pairs of faults beside power that fails again in a recovery, faults "
        "of "
        "single statements, and sessions at once");
  }
  add_power_of_servers(cases, all);
  if (any([](const Case& one) {
        return one.target_kind == "postgres" && one.variant != nullptr && one.variant->server &&
               one.variant->server->settings.disk.empty();
      })) {
    all.emplace_back(
        "after a crash of PostgreSQL, what is not read: its indexes, its files beside the tables "
        "under test");
  }
}

}  // namespace

std::vector<std::string> not_tested(const std::vector<Case>& cases, const Means& means,
                                    const Exploration& exploration) {
  std::vector<std::string> all{
      "more than two faults in a run, and pairs of which one ends a process, a backend or a server",
      "a fault while an observer reads, and a process, a backend or a server that ends while "
      "sessions are at work at once",
  };
  add_storage(cases, all);
  const auto without_faults = [&](const Case& one) {
    return one.variant != nullptr && sessions_of(*one.scenario).size() > 1 &&
           !strikes_in_orders(one, exploration);
  };
  const auto skipping = std::ranges::find_if(cases, without_faults);
  if (skipping != cases.end()) {
    all.push_back(fmt::format("any fault while sessions are at work at once on {}: --faults 1 does",
                              skipping->target_kind));
  }
  if (!means.can_kill && want(cases, "kill", [](const Case&) { return true; })) {
    all.emplace_back("SIGKILL of a client's process: none can be started here");
  }
  add_programs(cases, all);
  const auto elsewhere = [](const Case& one) { return is_database_url(one.target); };
  if (want(cases, "crash", elsewhere)) {
    all.emplace_back("SIGKILL of a server that the harness did not start");
  }
  const auto on_server = [](const Case& one) { return one.target_kind == "postgres"; };
  if (!means.can_fill_disks && want(cases, "full-disk", on_server)) {
    all.emplace_back(
        "a disk that is really full below the server, for which a file system must be mounted: "
        "root "
        "may do it on a server that the harness starts; its error, 53100, is raised all the same");
  }
  for (const std::string& columns : columns_left_out(cases)) all.push_back(columns);
  return all;
}

}  // namespace splitproof::harness
