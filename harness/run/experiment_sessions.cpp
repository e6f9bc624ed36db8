// The half of Experiment that lets the sessions of a run move at once.
#include <algorithm>
#include <optional>

#include "harness/run/course.h"

namespace splitproof::harness {

namespace {

// One operation after the other, in the order of the list.
class OneAfterTheOther final : public Strategy {
 public:
  // `told` is borrowed, by operation; empty until its client was told an outcome.
  OneAfterTheOther(const Scenario& scenario, const std::vector<std::optional<Told>>& told,
                   unsigned operations)
      : scenario_(scenario), told_(told), operations_(operations) {}

  std::size_t choose(const std::vector<Move>& options) override {
    for (std::size_t i = 0; i < told_.size(); ++i) {
      if (told_[i] || (operations_ >> i & 1U) == 0) continue;
      const auto next = std::ranges::find(options, scenario_.operations[i].session, &Move::session);
      if (next != options.end()) return static_cast<std::size_t>(next - options.begin());
    }
    return 0;
  }

 private:
  const Scenario& scenario_;
  const std::vector<std::optional<Told>>& told_;
  unsigned operations_;
};

}  // namespace

void Experiment::run_at_once(Course& course) {
  const RunOptions& options = course.options;
  ClientSessions sessions(world_);
  Turns turns{scheduler_, sessions, options.watch};
  std::vector<std::optional<Told>> told(operations_.size());
  Scheduler::Jobs jobs;
  for (const char letter : sessions_of(scenario_)) {
    jobs[letter] = [&, letter] {
      for (std::size_t i = 0; i < told.size(); ++i) {
        if (scenario_.operations[i].session != letter || (options.operations >> i & 1U) == 0) {
          continue;
        }
        told[i] = attempt(course, static_cast<int>(i), false, &turns);
      }
    };
  }
  const auto events = [&] { return course.director.history().events.size(); };
  course.director.on_event([&](const Event& event) {
    if (options.on_event) options.on_event(event);
    for (Observer* observer : options.observers) observer->after(event, events());
  });
  for (Observer* observer : options.observers) observer->begin(sessions);
  const Plan& plan = course.record.plan;
  Replay written(plan.order);
  OneAfterTheOther serial(scenario_, told, options.operations);
  Strategy* const by_plan = plan.order.empty() ? static_cast<Strategy*>(&serial) : &written;
  Strategy* const strategy = options.strategy != nullptr ? options.strategy : by_plan;
  std::vector<Chosen> chosen = scheduler_.run(jobs, *strategy, sessions);
  course.record.interleaved = strategy != &serial;
  if (course.record.interleaved) course.record.plan.order = shortest_order(chosen);
  course.record.choices = std::move(chosen);
  for (Observer* observer : options.observers) {
    observer->end(events());
    std::ranges::move(observer->take(), std::back_inserter(course.record.sights));
  }
  course.director.on_event(options.on_event);
  for (std::optional<Told>& one : told) {
    if (one) course.record.first.push_back(*std::move(one));
  }
}

}  // namespace splitproof::harness
