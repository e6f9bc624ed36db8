#include "harness/plan/director.h"

namespace splitproof::harness {

int Director::begin_operation(int operation, bool retry) {
  operation_ = operation;
  retry_ = retry;
  return ++attempt_;
}

FaultPoint Director::arrive(const sim::Statement& statement, const TransactionState& transaction) {
  FaultPoint point;
  point.statement = ++statements_;
  point.kind = statement.kind();
  point.immediate = begins_immediate(statement);
  point.dialect = dialect_;
  point.transaction = transaction;
  if (!retry_) points_.push_back(point);
  return point;
}

const Fault* Director::strike(const FaultPoint& point) {
  if (retry_) return nullptr;
  const Strike* strike = judge(plan_, point);
  if (strike == nullptr) return nullptr;
  fired_.push_back({strike->fault, history_.events.size()});
  return &strike->fault;
}

void Director::record(const FaultPoint* point, int connection, const sim::Statement& statement,
                      const Fault* fault, std::string answer) {
  Event event;
  event.statement = point == nullptr ? 0 : point->statement;
  event.operation = operation_;
  event.attempt = attempt_;
  event.retry = retry_;
  event.connection = connection;
  event.name = statement.name();
  event.text = statement.text();
  event.parameters = statement.parameters();
  event.kind = statement.kind();
  if (fault != nullptr) event.struck = to_string(*fault);
  event.answer = std::move(answer);
  history_.events.push_back(std::move(event));
  if (watcher_) watcher_(history_.events.back());
}

}  // namespace splitproof::harness
