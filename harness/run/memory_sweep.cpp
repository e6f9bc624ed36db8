#include "harness/run/memory_sweep.h"

#include "harness/run/program_spec.h"
#include "harness/run/sqlite_disk_world.h"

namespace splitproof::harness {

namespace {

std::vector<FaultPoint> points_of(const RunRecord& counted) {
  std::vector<FaultPoint> points;
  for (int number = 1; number <= counted.allocations; ++number) {
    FaultPoint point;
    point.client = memory_client;
    point.statement = number;
    point.place = PointKind::memory;
    points.push_back(point);
  }
  return points;
}

}  // namespace

bool has_memory_sweep(const Scenario& scenario, Role role, World& world) {
  if (world.dialect() != sim::Dialect::sqlite || runs_programs(scenario)) return false;
  if (sessions_of(scenario).size() > 1) return false;
  if (!scenario.faults.empty()) return refuses_memory(scenario.faults);
  const SqliteDiskWorld* const disk = world.on_disk();
  return role == Role::subject && disk != nullptr && disk->setting().persona == "honest";
}

std::vector<SweepAccount> run_memory(const Bench& bench, Judge& judge, const Case& subject,
                                     SweepOptions options) {
  Experiment& experiment = *bench.experiment;
  if (!has_memory_sweep(*subject.scenario, subject.variant->role, experiment.world())) return {};
  return sweep_memory(experiment, bench.prepared->clean, std::move(options),
                      [&](const RunRecord& run) { judge.note(bench, run, "memory"); });
}

std::vector<SweepAccount> sweep_memory(Experiment& experiment, const CleanRun& clean,
                                       SweepOptions options,
                                       const std::function<void(const RunRecord&)>& judge) {
  RunOptions counting = options.run;
  counting.count_allocations = true;
  const RunRecord counted = experiment.run({}, counting);
  judge(counted);
  SweepBase base = base_of(clean);
  base.record = &counted;
  base.points = points_of(counted);
  options.faults = {RefuseMemory{}};
  return sweep(experiment, base, options, judge);
}

}  // namespace splitproof::harness
