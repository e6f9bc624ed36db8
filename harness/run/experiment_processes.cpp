// The part of Experiment that lets attempts run in processes of their own.
#include <algorithm>

#include "harness/run/course.h"
#include "harness/run/experiment.h"

namespace splitproof::harness {

// A program is always a process. Of ours, a process dies once; what follows on its strike needs no
// process any more, except where the strike goes on.
bool Experiment::needs_process_for(const Course& course, const Told& told) const {
  if (scenario_.operations[static_cast<std::size_t>(told.operation)].program) return true;
  const bool retry = told.retry;
  const auto struck = std::ranges::count_if(
      course.director.fired(), [](const Fired& fired) { return needs_process(fired.fault); });
  std::ptrdiff_t planned = 0;
  for (const Strike& strike : course.record.plan.strikes) {
    if (!needs_process(strike) || (strike.in_retry && !retry)) continue;
    if (strike.persistent && strike.in_retry == retry) return true;
    ++planned;
  }
  return planned > struck;
}

Told Experiment::attempt_in_process(Course& course, Told told, const Turns* turns) {
  if (processes_ == nullptr) {
    throw HarnessFailure(
        "an attempt needs a process, and clients cannot be processes of their own here");
  }
  processes_->attempt(world_, course.director, told, course.actors.at(told.client).rng.next(),
                      turns);
  course.director.record_told(told);
  if (course.options.on_told) course.options.on_told(told);
  return told;
}

}  // namespace splitproof::harness
