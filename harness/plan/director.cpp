#include "harness/plan/director.h"

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
  // The disk is everybody's.
  ClientState& disk = clients_[disk_client];
  if (retry && !disk.retry) disk.statements = 0;
  disk.operation = operation;
  disk.retry = retry;
  disk.attempt = state.attempt;
  return state.attempt;
}

FaultPoint Director::arrive_on_disk(const sim::Statement& what, std::optional<sim::DiskAct> act) {
  FaultPoint point = arrive(disk_client, what, {}, PointKind::storage);
  point.act = act;
  if (!faults_stopped_) points_.back().act = act;
  return point;
}

FaultPoint Director::arrive(char client, const sim::Statement& statement,
                            const TransactionState& transaction, PointKind place,
                            bool behind_a_write) {
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
