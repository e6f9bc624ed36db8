// Calibration, the clean run and the reference states of a case.
#include <fmt/format.h>

#include <algorithm>

#include "harness/oracle/calibration.h"
#include "harness/run/case_runner.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t operations_max = 6;

// Different enough that a date, an hour, a minute and a second all differ.
Shift shifted(std::uint64_t seed) {
  using namespace std::chrono_literals;
  return {.clock = 24h * 40 + 3h + 7min + 11s, .sequences = 1000, .seed = seed + 1};
}

bool all_committed(const std::vector<Told>& told) {
  return std::ranges::all_of(
      told, [](const Told& one) { return one.outcome == sim::Outcome::committed; });
}

References reference_states(Experiment& experiment, const Shift& shift,
                            const std::function<void(const RunRecord&, const char*)>& note) {
  References references;
  const std::vector<OperationSpec>& operations = experiment.scenario().operations;
  for (const OperationSpec& operation : operations) references.titles.push_back(operation.title);
  references.all = (1U << operations.size()) - 1;
  references.by_operations.emplace(0, experiment.initial());
  for (unsigned set = 1; set < references.all; ++set) {
    RunOptions options;
    options.operations = set;
    options.shift = shift;
    const RunRecord run = experiment.run({}, options);
    note(run, "reference");
    if (all_committed(run.last)) references.by_operations.emplace(set, run.finally);
  }
  return references;
}

}  // namespace

Prepared prepare(Experiment& experiment, std::uint64_t seed,
                 const std::function<void(const RunRecord&, const char*)>& note) {
  if (experiment.scenario().operations.size() > operations_max) {
    throw HarnessFailure(fmt::format("a scenario has at most {} operations", operations_max));
  }
  Prepared prepared;
  RunOptions usual;
  usual.shift.seed = seed;
  RunOptions unusual;
  unusual.shift = shifted(seed);
  const RunRecord first = experiment.run({}, usual);
  note(first, "calibration");
  const RunRecord second = experiment.run({}, unusual);
  note(second, "calibration");
  const Shape shape = expect(experiment.world().shape(), "the tables cannot be described");
  const Calibration calibration =
      calibrate(first.finally->state, second.finally->state, shape, experiment.comparison());
  prepared.compared_with_care = calibration.notes;
  prepared.unstable = calibration.unexplained;
  experiment.compare_by(calibration.comparison);
  RunRecord clean = experiment.run({}, usual);
  note(clean, "clean");
  prepared.references = reference_states(experiment, usual.shift, note);
  prepared.references.by_operations.emplace(prepared.references.all, clean.finally);
  prepared.clean = clean_run(std::move(clean), second, prepared.unstable);
  return prepared;
}

}  // namespace splitproof::harness
