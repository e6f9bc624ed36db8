// The half of Experiment that runs on a simulated disk: power that fails, and what is left then.
#include <fmt/format.h>

#include "harness/inject/client_conversation.h"
#include "harness/run/course.h"
#include "harness/run/postgres_disk_world.h"
#include "harness/run/sqlite_disk_world.h"

namespace splitproof::harness {

namespace {

// Stands for the state of a database that cannot be read, or must not be trusted.
std::shared_ptr<const Observation> no_state() {
  static const auto nothing = std::make_shared<const Observation>(
      Observation{.state = {}, .digest = "damaged", .breaches = {}, .damage = {}});
  return nothing;
}

}  // namespace

// What was answered before the power failed is told. A COMMIT in flight, or one of several, leaves
// the client in doubt.
sim::Outcome Experiment::outcome_of_dead(const History& history, const Told& told) const {
  History answered;
  History sent;
  for (const Event& event : history.events) {
    if (event.attempt != told.attempt || is_of_machine(event.client)) continue;
    answered.events.push_back(event);
    sent.events.push_back(event);
    if (event.answer.starts_with("no answer")) sent.events.back().answer = "ok";
  }
  const auto of_its = [&](const History& part) {
    return durable_statements(part, world_.dialect())[told.operation];
  };
  if (of_its(sent).empty()) return sim::Outcome::aborted;
  const auto clean = durable_.find(told.operation);
  const bool is_whole = clean != durable_.end() && clean->second == of_its(answered);
  return is_whole ? sim::Outcome::committed : sim::Outcome::indeterminate;
}

void Experiment::after_power_loss(Course& course, Told& told) {
  // A client that has ended was told before it went dark, while its connection was closed.
  if (told.why == world_.why_dark()) {
    told.outcome = outcome_of_dead(course.director.history(), told);
  }
  turn_on_again(course);
}

void Experiment::turn_on_again(Course& course) {
  if (PostgresDiskWorld* const mounted = world_.on_mounted_disk()) {
    mounted->show(course.director);
    const std::string cannot_be = mounted->turn_on_again();
    if (!cannot_be.empty()) throw UnusableInput(cannot_be);
    course.record.damaged = mounted->damage();
    return;
  }
  SqliteDiskWorld& storage = *world_.on_disk();
  const std::string& unfit = storage.watch().failure();
  const std::string impossible = unfit.empty() ? storage.turn_on_again() : unfit;
  if (!impossible.empty()) throw UnusableInput(impossible);
  course.record.damaged = storage.damage();
}

void Experiment::end_work_on_disk(Course& course) {
  if (PostgresDiskWorld* const mounted = world_.on_mounted_disk()) {
    mounted->end();
    if (!world_.has_power()) turn_on_again(course);
    return;
  }
  SqliteDiskWorld* const storage = world_.on_disk();
  if (storage == nullptr || !course.record.damaged.empty()) return;
  storage->watch().end();
  if (!world_.has_power() || storage->watch().take_has_lost()) turn_on_again(course);
}

std::shared_ptr<const Observation> Experiment::observe_what_is_left(Course& course) {
  SqliteDiskWorld* const storage = world_.on_disk();
  if (!course.record.damaged.empty()) return no_state();
  if (storage == nullptr || course.director.fired().empty()) return observe();
  SqliteDiskWorld::Found found = storage->find(storage->disk().state().seen());
  course.record.damaged = std::move(found.damage);
  if (!course.record.damaged.empty()) return no_state();
  return known_or_asked(std::move(found.state),
                        [&](const std::string& sql) { return world_.query(sql); });
}

}  // namespace splitproof::harness
