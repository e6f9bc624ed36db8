#include "harness/plan/director.h"

#include <fmt/format.h>

#include <utility>

#include "harness/history/file_names.h"

namespace splitproof::harness {

namespace {

// "write app.db-journal" begins with the name of what is done.
void describe_call(FaultPoint& point, const std::string& text) {
  point.takes_lock = text.starts_with("lock ");
  point.needs_room =
      text.starts_with("write ") || text.starts_with("fsync ") || text.starts_with("rename ");
}

}  // namespace

int Director::begin_operation(char client, int operation, bool retry) {
  ClientState& state = clients_[client];
  if (retry && !state.retry) state.statements = 0;
  state.operation = operation;
  state.retry = retry;
  state.attempt = ++attempts_;
  // The disk and the memory are everybody's.
  for (const char letter : {disk_client, memory_client}) {
    ClientState& machine = clients_[letter];
    if (retry && !machine.retry) machine.statements = 0;
    machine.operation = operation;
    machine.retry = retry;
    machine.attempt = state.attempt;
  }
  under_way_.clear();
  return state.attempt;
}

FaultPoint Director::arrive_on_disk(const sim::Statement& what, std::optional<sim::DiskAct> act) {
  FaultPoint point = arrive(disk_client, what, {}, PointKind::storage);
  point.act = act;
  if (!faults_stopped_) points_.back().act = act;
  return point;
}

bool Director::refuse_memory(int bytes) {
  ClientState& memory = clients_[memory_client];
  FaultPoint point;
  point.client = memory_client;
  point.statement = ++memory.statements;
  point.in_retry = memory.retry;
  point.dialect = dialect_;
  point.place = PointKind::memory;
  if (faults_stopped_) return false;
  if (!memory.retry) ++allocations_;
  const Strike* const strike = judge(plan_, point);
  if (strike == nullptr) return false;
  if (refusing_.insert(strike).second) {
    const std::string purpose = under_way_.empty() ? "a connection" : under_way_;
    const std::string text = fmt::format("/* allocate for {} */ {} bytes", purpose, bytes);
    refused_.push_back({strike, point, sim::Statement::of_kind(sim::StatementKind::read, text)});
  }
  return true;
}

void Director::write_down_refused() {
  for (const Refused& refused : std::exchange(refused_, {})) {
    points_.push_back(refused.point);
    fired_.push_back({refused.strike->fault, history_.events.size()});
    clients_[memory_client].sent = history_.events.size();
    record(&refused.point, memory_client, 0, refused.what, &refused.strike->fault,
           {"there is none", "", ""});
  }
}

void Director::record_told(Told told) {
  write_down_refused();
  history_.told.push_back(std::move(told));
}

FaultPoint Director::arrive(char client, const sim::Statement& statement,
                            const TransactionState& transaction, PointKind place,
                            bool behind_a_write) {
  write_down_refused();
  if (!is_of_machine(client)) under_way_ = statement.name();
  ClientState& state = clients_[client];
  FaultPoint point;
  point.client = client;
  point.statement = ++state.statements;
  point.in_retry = state.retry;
  point.kind = statement.kind();
  point.immediate = begins_immediate(statement);
  point.dialect = dialect_;
  point.place = place;
  point.transaction = transaction;
  point.needs_room = point.kind == sim::StatementKind::write && !behind_a_write;
  if (place == PointKind::disk) describe_call(point, statement.text());
  state.sent = history_.events.size();
  if (!faults_stopped_) points_.push_back(point);
  return point;
}

const Fault* Director::strike(const FaultPoint& point) {
  const Strike* strike = faults_stopped_ ? nullptr : judge(plan_, point);
  if (strike == nullptr) return nullptr;
  fired_.push_back({strike->fault, history_.events.size()});
  return &strike->fault;
}

void Director::record(const FaultPoint* point, char client, int connection,
                      const sim::Statement& statement, const Fault* fault, Reply reply) {
  write_down_refused();
  if (!is_of_machine(client)) under_way_.clear();
  const ClientState& state = clients_[client];
  const std::size_t index = history_.events.size();
  Event event;
  event.client = client;
  event.statement = point == nullptr ? 0 : point->statement;
  event.operation = state.operation;
  event.attempt = state.attempt;
  event.retry = state.retry;
  event.connection = connection;
  event.name = statement.name();
  event.text = statement.text();
  event.parameters = statement.parameters();
  event.kind = statement.kind();
  if (fault != nullptr) event.struck = to_string(*fault);
  event.answer = without_file_names(std::move(reply.answer));
  event.seen = std::move(reply.seen);
  event.waited_for = std::move(reply.waited_for);
  event.given_up = reply.given_up;
  event.sent = point == nullptr ? index : state.sent;
  history_.events.push_back(std::move(event));
  if (point != nullptr) place_of(*point, fault != nullptr, index);
  if (watcher_) watcher_(history_.events.back());
}

// A statement may have waited while others were answered, so its place is known only with its own
// answer.
void Director::place_of(const FaultPoint& point, bool struck, std::size_t index) {
  for (auto known = points_.rbegin(); known != points_.rend(); ++known) {
    const bool same = known->client == point.client && known->statement == point.statement &&
                      known->in_retry == point.in_retry;
    if (!same) continue;
    known->event = index;
    break;
  }
  if (struck) fired_.back().event = index;
}

}  // namespace splitproof::harness
