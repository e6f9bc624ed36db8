#include "harness/run/experiment.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/inject/interposed_engine.h"
#include "harness/run/course.h"
#include "harness/run/initial_data.h"
#include "harness/run/postgres_disk_world.h"
#include "harness/run/sqlite_disk_world.h"

namespace splitproof::harness {

namespace {

Comparison as_the_author_says(const Scenario& scenario) {
  Comparison comparison;
  for (const LeaveOut& out : scenario.leave_out) {
    if (out.column.empty()) {
      comparison.tables_left_out.insert(out.table);
    } else {
      comparison.left_out[out.table].insert(out.column);
    }
  }
  return comparison;
}

// "file:line:column: ", or nothing for what comes from no file.
std::string in_words(const SourcePlace& place) {
  if (place.file.empty()) return "";
  return fmt::format("{}:{}:{}: ", place.file, place.line, place.column);
}

// Neighbouring seeds, and the letters of one seed, are kept far apart. A session `a` has the seed
// itself.
std::uint64_t seed_of(char letter, std::uint64_t seed) {
  constexpr std::uint64_t stride = 0x9E3779B97F4A7C15U;
  return seed + stride * static_cast<std::uint64_t>(letter - 'a');
}

bool fills_disk(const Plan& plan) {
  return std::ranges::any_of(plan.strikes, [](const Strike& strike) {
    return std::holds_alternative<FillDisk>(strike.fault);
  });
}

}  // namespace

std::set<char> sessions_of(const Scenario& scenario) {
  std::set<char> letters;
  for (const OperationSpec& operation : scenario.operations) letters.insert(operation.session);
  return letters;
}

std::int64_t strikes_fired(const RunRecord& run) {
  std::set<const Strike*> fired;
  for (const std::vector<FaultPoint>* points : {&run.points, &run.retry_points}) {
    for (const FaultPoint& point : *points) {
      if (run.history.events.at(point.event).struck.empty()) continue;
      if (const Strike* strike = judge(run.plan, point)) fired.insert(strike);
    }
  }
  return static_cast<std::int64_t>(fired.size());
}

Experiment::Experiment(World& world, const Scenario& scenario,
                       std::vector<OperationFactory> operations)
    : world_(world),
      scenario_(scenario),
      operations_(std::move(operations)),
      digests_(as_the_author_says(scenario)),
      whole_(Comparison{}) {
  const sim::Status filled = world.fill([&](sim::Engine& engine) {
    return write_initial_data(scenario.data, engine, world.clock(), world.address());
  });
  if (filled.ok()) {
    try_questions();
    return;
  }
  const sim::ErrorKind kind = filled.error().kind;
  if (kind == sim::ErrorKind::invalid || kind == sim::ErrorKind::constraint) {
    throw UnusableInput(filled.error().message);
  }
  throw HarnessFailure(
      fmt::format("the initial data cannot be written: {}", filled.error().message));
}

void Experiment::try_questions() {
  const auto ask = [&](const char* what, const auto& question) {
    const sim::Answer<sim::Rows> answer = world_.query(question.sql);
    if (answer.ok() || answer.error().kind != sim::ErrorKind::invalid) return;
    throw UnusableInput(
        fmt::format("{}found {} '{}'; expected a query that the database accepts, but it says: {}",
                    in_words(question.place), what, question.name, answer.error().message));
  };
  for (const Invariant& invariant : scenario_.invariants) ask("the invariant", invariant);
  for (const DamageQuery& damage : scenario_.damage) ask("the damage query", damage);
}

Told Experiment::attempt(Course& course, int index, bool retry, Turns* turns) {
  Told told;
  told.operation = index;
  told.client = scenario_.operations[static_cast<std::size_t>(index)].session;
  told.attempt = course.director.begin_operation(told.client, index, retry);
  told.retry = retry;
  if (!course.record.damaged.empty()) {
    told.why = "the database is damaged";
    return told;
  }
  if (needs_process_for(course, told)) return attempt_in_process(course, told, turns);
  told = attempt_in_thread(course, std::move(told), turns);
  if (turns == nullptr && !retry && world_.has_power()) world_.rest();
  if (!world_.has_power()) after_power_loss(course, told);
  course.director.record_told(told);
  if (course.options.on_told) course.options.on_told(told);
  return told;
}

Told Experiment::attempt_in_thread(Course& course, Told told, Turns* turns) {
  const sim::MemoryScope scope(course.memory ? &*course.memory : nullptr);
  InterposedEngine engine(world_, course.director, told.client, turns);
  Actor& actor = course.actors.at(told.client);
  RestingClock resting(actor.own_clock, turns, told.client);
  sim::Clock& own = resting;
  sim::Client client(engine, actor.alone ? world_.clock() : own, actor.rng);
  try {
    const sim::TransactionEnd end =
        course.operations[static_cast<std::size_t>(told.operation)](client);
    told.outcome = end.outcome;
    if (end.error) told.why = fmt::format("{} ({})", end.error->message, end.error->native_code);
  } catch (const HarnessFailure&) {
    throw;
  } catch (const PowerFailed&) {
    told.why = world_.why_dark();
  } catch (const std::exception& exception) {
    told.outcome = sim::Outcome::aborted;
    told.why = exception.what();
  } catch (...) {
    told.outcome = sim::Outcome::aborted;
    told.why = "an exception of an unknown type";
  }
  if (!engine.failure().empty()) throw HarnessFailure(engine.failure());
  const sim::MemoryScope plenty(nullptr);
  told.left_open = engine.held();
  return told;
}

void Experiment::watch_memory(Course& course) {
  const bool strikes = std::ranges::any_of(course.record.plan.strikes, [](const Strike& strike) {
    return strike.client == memory_client;
  });
  if (!strikes && !course.options.count_allocations) return;
  if (world_.dialect() != sim::Dialect::sqlite || sessions_of(scenario_).size() > 1) {
    throw UnusableInput(
        "found a plan in which memory runs out; expected it of one session on SQLite, whose memory "
        "is this process's own");
  }
  if (!sim::install_memory_gate()) {
    throw HarnessFailure("SQLite was used before its memory could be watched");
  }
  world_.forget_sessions();
  course.memory.emplace(course.director);
}

RunRecord Experiment::run(const Plan& plan, const RunOptions& options) {
  ++runs_;
  expect(world_.reset(options.shift), "the database cannot be set back");
  Course course(plan, options, world_.dialect());
  watch_memory(course);
  if (fills_disk(plan)) expect(world_.lay_out(), "the tables cannot be laid out anew");
  if (options.keep_what_is_seen) course.director.keep_what_is_seen();
  for (const OperationFactory& make : operations_) course.operations.push_back(make());
  const bool alone = sessions_of(scenario_).size() == 1;
  for (const char letter : sessions_of(scenario_)) {
    course.actors.emplace(
        letter, Actor{sim::Rng(seed_of(letter, options.shift.seed)), world_.clock(), alone});
  }
  if (SqliteDiskWorld* const storage = world_.on_disk()) {
    storage->watch().report_to(&course.director);
  }
  if (PostgresDiskWorld* const mounted = world_.on_mounted_disk()) mounted->begin(plan);
  const bool at_once = options.strategy != nullptr || !plan.order.empty();
  if (at_once || !options.observers.empty()) {
    run_at_once(course);
  } else {
    course.director.on_event(options.on_event);
    run_one_after_the_other(course);
  }
  RunRecord& record = course.record;
  end_work_on_disk(course);
  record.after = observe_what_is_left(course);
  retry_until_committed(course);
  record.allocations = course.director.allocations();
  record.history = course.director.take_history();
  record.fired = course.director.fired();
  for (const FaultPoint& point : course.director.points()) {
    (point.in_retry ? record.retry_points : record.points).push_back(point);
  }
  return std::move(record);
}

void Experiment::run_one_after_the_other(Course& course) {
  for (const int index : course.options.sequence) {
    course.record.first.push_back(attempt(course, index, false, nullptr));
  }
  if (!course.options.sequence.empty()) return;
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    if ((course.options.operations >> i & 1U) == 0) continue;
    course.record.first.push_back(attempt(course, static_cast<int>(i), false, nullptr));
  }
}

void Experiment::retry_until_committed(Course& course) {
  RunRecord& record = course.record;
  record.last = record.first;
  bool retried = false;
  const auto retry = [&](Told& told, int times) {
    for (int n = 0; n < times && told.outcome != sim::Outcome::committed; ++n) {
      retried = true;
      told = attempt(course, told.operation, true, nullptr);
    }
  };
  for (Told& told : record.last) retry(told, std::min(1, scenario_.retry_attempts));
  // The second of a pair of faults strikes in the first retry of an operation, if at all.
  const auto in_retry = [](const Strike& strike) { return strike.in_retry; };
  if (retried && std::ranges::any_of(record.plan.strikes, in_retry)) {
    record.retried = record.last;
    record.after_retry = observe_what_is_left(course);
  }
  course.director.stop_faults();
  for (Told& told : record.last) retry(told, scenario_.retry_attempts - 1);
  record.finally = retried ? observe_what_is_left(course) : record.after;
}

}  // namespace splitproof::harness
