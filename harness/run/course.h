// A run while it goes on; what the two halves of Experiment share. Private to them.
//
// Each session has chance and time of its own where there are several, so that what one does never
// depends on how far another one is.
#pragma once

#include <map>

#include "harness/inject/memory_watch.h"
#include "harness/run/experiment.h"

namespace splitproof::harness {

// Time of a session among others: whoever waits lets another one go first.
class RestingClock final : public sim::Clock {
 public:
  // Both are borrowed; `turns` is null where sessions do not move at once.
  RestingClock(sim::Clock& clock, Turns* turns, char session)
      : clock_(clock), turns_(turns), session_(session) {}

  sim::Instant now() const override { return clock_.now(); }
  void wait(std::chrono::milliseconds duration) override {
    clock_.wait(duration);
    if (turns_ != nullptr) turns_->scheduler.rest(session_);
  }

 private:
  sim::Clock& clock_;
  Turns* turns_;
  char session_;
};

// A client of the run.
struct Experiment::Actor {
  sim::Rng rng;
  sim::ManualClock own_clock;
  bool alone = true;  // Time is then the database's.
};

struct Experiment::Course {
  Course(const Plan& plan, const RunOptions& given, sim::Dialect dialect)
      : options(given), director(plan, dialect) {
    record.plan = plan;
  }

  const RunOptions& options;
  Director director;
  std::vector<Operation> operations;
  std::map<char, Actor> actors;
  std::optional<MemoryWatch> memory;  // None where nobody counts.
  RunRecord record;
};

}  // namespace splitproof::harness
