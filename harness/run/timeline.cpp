#include "harness/run/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/run/finding_stages.h"
#include "harness/run/held_book.h"

namespace splitproof::harness {

namespace {

// Of more statements than are looked at one by one, those near the fault and at the ends are shown.
constexpr std::size_t statements_at_ends = 60;
constexpr std::size_t statements_near_fault = 40;
// A disk does much for one statement.
constexpr std::size_t disk_operations_near_fault = 6;
constexpr std::size_t lanes_of_operations_max = 4;

std::string whom_it_waits_for(const Event& event) {
  std::string text;
  for (const char letter : event.waited_for) {
    if (!text.empty()) text += " and ";
    text += letter == event.client ? std::string("itself") : fmt::format("client {}", letter);
  }
  return text;
}

class TimelineMaker {
 public:
  TimelineMaker(const Shown& shown, const Observation* right, const FindingContext& context)
      : run_(shown.run),
        events_(shown.run.history.events),
        shown_(shown),
        right_(right),
        context_(context),
        held_(dialect()) {}

  Timeline make() {
    lanes();
    const std::set<std::size_t> left_out = statements_left_out();
    before();
    std::size_t skipped = 0;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (events_[i].retry) end_of_first();
      waits(i);
      if (left_out.contains(i)) {
        note_held(events_[i]);
        ++skipped;
      } else {
        flush(skipped);
        statement(events_[i]).stored = stored_since(i);
      }
      tell_behind(i);
    }
    flush(skipped);
    end_of_first();
    tell_behind(events_.size());
    at_the_end();
    stages();
    return std::move(timeline_);
  }

 private:
  sim::Dialect dialect() const {
    return run_.points.empty() ? sim::Dialect::sqlite : run_.points.front().dialect;
  }

  // A lane for each operation where there are few; else one for each client.
  void lanes() {
    const std::vector<std::string>& titles = context_.references->titles;
    const std::vector<char>& clients = context_.references->clients;
    const bool several = std::set<char>(clients.begin(), clients.end()).size() > 1;
    by_operation_ = titles.size() <= lanes_of_operations_max;
    for (std::size_t i = 0; by_operation_ && i < titles.size(); ++i) {
      const bool has_letter = several && i < clients.size();
      timeline_.lanes.push_back(has_letter ? fmt::format("client {}: {}", clients[i], titles[i])
                                           : titles[i]);
    }
    for (const Event& event : events_) lane_of(event.client, event.operation);
  }

  int lane_named(const std::string& name) {
    const auto known = std::ranges::find(timeline_.lanes, name);
    const auto index = known - timeline_.lanes.begin();
    if (known == timeline_.lanes.end()) timeline_.lanes.push_back(name);
    return static_cast<int>(index);
  }

  int lane_of(char client, int operation) {
    if (is_of_machine(client)) return lane_named(name_of_client(client));
    const bool has_lane =
        by_operation_ && operation < static_cast<int>(context_.references->titles.size());
    return has_lane ? operation : lane_named(fmt::format("client {}", client));
  }

  std::set<std::size_t> statements_left_out() const {
    std::set<std::size_t> left_out;
    std::vector<std::size_t> struck;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (!events_[i].struck.empty()) struck.push_back(i);
    }
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const bool machine = is_of_machine(events_[i].client);
      const std::size_t reach = machine ? disk_operations_near_fault : statements_near_fault;
      const bool near = std::ranges::any_of(
          struck, [&](std::size_t at) { return i + reach >= at && i <= at + reach; });
      const bool at_end = i < statements_at_ends || i + statements_at_ends >= events_.size();
      if (!near && (machine || !at_end)) left_out.insert(i);
    }
    return left_out;
  }

  TimelineStep& add(StepKind kind, int lane, std::string label) {
    TimelineStep step;
    step.kind = kind;
    step.lane = lane;
    step.label = std::move(label);
    return timeline_.steps.emplace_back(std::move(step));
  }

  void flush(std::size_t& skipped) {
    if (skipped > 0) {
      add(StepKind::statement, -1, fmt::format("… {} more, all answered …", skipped));
    }
    skipped = 0;
  }

  // Those who sent a statement here that had to wait.
  void waits(std::size_t index) {
    for (const Event& event : events_) {
      if (event.waited_for.empty() || event.sent != index) continue;
      TimelineStep& step = add(StepKind::wait, lane_of(event.client, event.operation), event.name);
      step.statement = event.statement;
      step.retry = event.retry;
      step.sql = event.text;
      step.waits_for = whom_it_waits_for(event);
    }
  }

  // What is on stable storage where that is something else than at the step before.
  std::string stored_since(std::size_t index) {
    const std::vector<std::string>* const stored = context_.stored;
    if (stored == nullptr || stored->size() != events_.size()) return "";
    if (stored->at(index) == stored_) return "";
    return stored_ = stored->at(index);
  }

  TimelineStep& statement(const Event& event) {
    TimelineStep& step =
        add(StepKind::statement, lane_of(event.client, event.operation), event.name);
    step.statement = event.statement;
    step.retry = event.retry;
    if (!is_of_machine(event.client)) step.sql = event.text;
    for (const sim::Value& value : event.parameters) {
      step.parameters.push_back(sim::to_string(value));
    }
    if (!event.struck.empty()) {
      const std::optional<Fault> fault = parse_fault(event.struck);
      step.fault = fault ? in_words(*fault) : event.struck;
    }
    step.answer = event.answer;
    if (event.given_up) step.answer += ", for no session was left that could move";
    step.held = note_held(event);
    return step;
  }

  // What is done to files, by a machine or by a program on SQLite, tells of no transaction.
  std::string note_held(const Event& event) {
    return on_files_ || is_of_machine(event.client) ? "" : held_.note(event);
  }

  // The index of the last event of the attempt; of one that has none, that of the attempt before.
  std::size_t last_event(std::size_t told) const {
    for (std::size_t at = told + 1; at > 0; --at) {
      const Told& one = run_.history.told[at - 1];
      if (one.retry != run_.history.told[told].retry) break;
      const auto last =
          std::ranges::find(events_.rbegin(), events_.rend(), one.attempt, &Event::attempt);
      if (last != events_.rend()) return static_cast<std::size_t>(events_.rend() - last) - 1;
    }
    return events_.size();
  }

  void tell_behind(std::size_t event) {
    for (std::size_t i = 0; i < run_.history.told.size(); ++i) {
      if (last_event(i) != event) continue;
      const Told& told = run_.history.told[i];
      const std::string outcome(sim::to_string(told.outcome));
      std::string text = fmt::format("is told: {}", outcome);
      if (!told.why.empty()) text += fmt::format(" ({})", told.why);
      for (const std::string& open : told.left_open) text += fmt::format("; left behind: {}", open);
      TimelineStep& step =
          add(StepKind::told, lane_of(told.client, told.operation), std::move(text));
      step.retry = told.retry;
      const std::vector<std::string>& titles = context_.references->titles;
      const auto operation = static_cast<std::size_t>(told.operation);
      step.told = titles.size() > 1 && operation < titles.size()
                      ? fmt::format("{}: {}", titles[operation], outcome)
                      : outcome;
    }
  }

  // `seen` is null where nobody could read.
  void read(const Observation* seen, const Observation* right, std::string title,
            const std::string& label) {
    TimelineStep& step = add(StepKind::state, -1, label);
    if (seen == nullptr) return;
    const std::string holds = held_in_words(*seen, context_);
    step.held = holds;
    step.stage = static_cast<int>(timeline_.stages.size());
    timeline_.stages.push_back({std::move(title), holds, {}});
    for (const Damage& damage : seen->damage) timeline_.stages.back().holds += ". " + damage.text;
    moments_.push_back({seen, right});
  }

  const Observation* before_run() const {
    const auto& references = context_.references->by_operations;
    const auto before = references.find(0);
    return before == references.end() ? nullptr : before->second.get();
  }

  const Observation* clean() const {
    const auto& references = context_.references->by_operations;
    const auto clean = references.find(context_.references->all);
    return clean == references.end() ? nullptr : clean->second.get();
  }

  // What was judged is compared with what would have been right.
  const Observation* right_for(const Observation* seen, const Observation* otherwise) const {
    return seen == &judged_state(shown_.violation, run_) ? right_ : otherwise;
  }

  void before() {
    if (before_run() == nullptr) return;
    read(before_run(), nullptr, "before", "before: the tables are read");
    if (context_.stored != nullptr) timeline_.steps.back().stored = "what it held before";
  }

  bool is_whole() const { return run_.damaged.empty(); }

  void end_of_first() {
    if (first_ended_) return;
    first_ended_ = true;
    const std::string label = end_of_first_attempts(run_) + "; the tables are read";
    if (!is_whole()) {
      add(StepKind::state, -1, "the database is damaged: " + run_.damaged).held = "damaged";
      return;
    }
    if (shown_.violation.found != nullptr) {
      read(shown_.violation.found.get(), right_, "what a reader saw",
           "before that, somebody read the tables");
    }
    read(run_.after.get(), right_for(run_.after.get(), nullptr),
         run_.interleaved ? "when the sessions had ended" : "when the faults had stopped", label);
  }

  void at_the_end() {
    if (!is_whole()) return;
    if (run_.after_retry != nullptr) {
      read(run_.after_retry.get(), right_for(run_.after_retry.get(), nullptr),
           "after the first retry", "after the first retry the tables had been read");
    }
    const bool retried = std::ranges::any_of(run_.history.told, &Told::retry);
    if (retried) {
      read(run_.finally.get(), right_for(run_.finally.get(), clean()), "after the retries",
           "after the retries the tables are read");
    }
  }

  void stages() {
    if (moments_.empty()) return;
    const auto tables = stage_tables(moments_, *context_.comparison);
    for (std::size_t i = 0; i < tables.size(); ++i) timeline_.stages[i].tables = tables[i];
  }

  const RunRecord& run_;
  const std::vector<Event>& events_;
  const Shown& shown_;
  const Observation* right_;
  const FindingContext& context_;
  HeldBook held_;
  Timeline timeline_;
  std::vector<StageMoment> moments_;
  bool by_operation_ = false;
  bool first_ended_ = false;
  bool on_files_ = std::ranges::count(run_.points, PointKind::disk, &FaultPoint::place) > 0;
  std::string stored_;
};

}  // namespace

Timeline timeline_of(const Shown& shown, const Observation* right, const FindingContext& context) {
  return TimelineMaker(shown, right, context).make();
}

}  // namespace splitproof::harness
