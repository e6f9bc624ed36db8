#include "reports/simulation.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::reports {
namespace {

using harness::SimulatedLife;
using harness::SimulationCounts;
using harness::SimulationFinding;

// "1 crash", "2 crashes"
std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

void write_counts(const SimulationCounts& counts, int clients, std::ostream& out) {
  out << fmt::format("  lived     {} with {}, {}, {} with changed clocks\n",
                     counted(counts.days, "day", "days"), counted(clients, "client", "clients"),
                     counted(counts.leap_days, "leap day", "leap days"),
                     counted(counts.changed_nights, "night", "nights"));
  out << fmt::format(
      "  jobs      {} told committed, {} aborted, {} indeterminate, {} refused; {} "
      "tries again\n",
      counts.committed, counts.aborted, counts.indeterminate, counts.refused, counts.retries);
  out << fmt::format("  work      {} rows collected, {} summed up, {} in {}, {} switches\n",
                     counts.rows_collected, counted(counts.months_aggregated, "month", "months"),
                     counted(counts.transactions, "transaction", "transactions"),
                     counted(counts.statements, "statement", "statements"), counts.switches);
  out << fmt::format("  crashes   {}: {}, {}; {}\n", counts.kills + counts.power_failures,
                     counted(counts.kills, "kill", "kills"),
                     counted(counts.power_failures, "loss of power", "losses of power"),
                     counted(counts.recoveries, "recovery", "recoveries"));
  out << fmt::format("  judged    {} of readers, all that is held {}, each answer\n",
                     counted(counts.reads, "read", "reads"),
                     counted(counts.whole_checks, "time", "times"));
}

void write_faults(const SimulatedLife& life, std::ostream& out) {
  out << fmt::format(
      "  faults    {} planned, {} fired; the disk failed {}, refused were {} and {}\n",
      life.planned(), life.fired(), counted(life.counts.disk_errors, "time", "times"),
      counted(life.counts.locks_refused, "lock", "locks"),
      counted(life.counts.memory_refused, "piece of memory", "pieces of memory"));
  for (const harness::SimulatedFaults& one : life.faults) {
    out << fmt::format("            {:<11}{:>5}{:>5}\n", one.family, one.planned, one.fired);
  }
}

void write_finding(const SimulationFinding& finding, std::ostream& out) {
  out << fmt::format("  FOUND     {}{}: day {}, step {}, {}\n", finding.rule,
                     finding.stable ? "" : " (UNSTABLE: a replay differs)", finding.day,
                     finding.step, finding.job);
  out << fmt::format("            {}\n", finding.what);
  if (!finding.stable) out << fmt::format("  differs   {}\n", finding.differs);
  out << fmt::format("  shortest  {}, {}, of {} lived\n", counted(finding.days, "day", "days"),
                     counted(finding.clients, "client", "clients"),
                     counted(finding.lives, "life", "lives"));
  out << fmt::format("  again     {}\n", finding.replay);
}

std::string conclusion(const SimulatedLife& life) {
  if (life.finding) return life.finding->stable ? "something was lost" : "unstable";
  if (!life.complete) return "stopped before its end";
  if (life.is_vacuous()) return "vacuous: nothing was done, or faults were planned and none fired";
  return "nothing was lost";
}

}  // namespace

void render_life(const SimulatedLife& life, int clients, std::ostream& out) {
  out << fmt::format("seed {}\n", life.seed);
  for (const std::string& line : life.drawn) out << fmt::format("  drawn     {}\n", line);
  write_counts(life.counts, clients, out);
  write_faults(life, out);
  if (life.finding) write_finding(*life.finding, out);
  out << fmt::format("  digest    {:016x}\n", life.digest);
  out << fmt::format("  {}\n", conclusion(life));
}

void render_lives(const harness::SimulationVerdict& verdict, std::ostream& out) {
  std::int64_t days = 0;
  int crashes = 0;
  int recoveries = 0;
  int fired = 0;
  int found = 0;
  for (const SimulatedLife& life : verdict.lives) {
    days += life.counts.days;
    crashes += life.counts.kills + life.counts.power_failures;
    recoveries += life.counts.recoveries;
    fired += life.fired();
    if (life.finding) ++found;
  }
  out << fmt::format(
      "\n{}, {}, {}, {}, {}: {}{}\n", counted(std::ssize(verdict.lives), "life", "lives"),
      counted(days, "day", "days"), counted(crashes, "crash", "crashes"),
      counted(recoveries, "recovery", "recoveries"), counted(fired, "fault", "faults"),
      found == 0 ? "nothing was lost" : counted(found, "life has", "lives have"),
      found == 0 ? "" : " lost something");
}

std::string pace(const SimulatedLife& life, std::chrono::nanoseconds took) {
  constexpr double seconds_per_day = 86'400;
  const double seconds = std::max(std::chrono::duration<double>(took).count(), 1e-9);
  return fmt::format("seed {}: {:.2f} s, {:.0f} simulated seconds per second\n", life.seed, seconds,
                     life.counts.days * seconds_per_day / seconds);
}

}  // namespace splitproof::reports
