// Decides at every fault point of a run whether a fault strikes, counts points and strikes, and
// writes the history. All interposed sessions of a run report to one director.
#pragma once

#include <functional>
#include <vector>

#include "harness/history/history.h"
#include "harness/plan/plan.h"

namespace splitproof::harness {

// One strike that fired, and where.
struct Fired {
  Fault fault;
  std::size_t event = 0;  // Index in the history.
};

class Director {
 public:
  explicit Director(Plan plan, sim::Dialect dialect) : plan_(std::move(plan)), dialect_(dialect) {}

  // Operations and their attempts are announced by the runner. Faults strike only in first
  // attempts; in retries the director only records.
  // Returns the number of the attempt, from 1.
  int begin_operation(int operation, bool retry);
  int next_connection() { return ++connections_; }

  // The point of a statement that is about to be sent on a live session.
  FaultPoint arrive(const sim::Statement& statement, const TransactionState& transaction);
  // The fault that strikes there, or null. Counts as fired.
  const Fault* strike(const FaultPoint& point);

  // Writes down a statement and its answer. `point` is null for a session already lost.
  void record(const FaultPoint* point, int connection, const sim::Statement& statement,
              const Fault* fault, std::string answer);
  void record_told(Told told) { history_.told.push_back(std::move(told)); }

  // Called after each recorded event; for step-by-step views. May be empty.
  void on_event(std::function<void(const Event&)> watcher) { watcher_ = std::move(watcher); }

  const History& history() const { return history_; }
  const std::vector<Fired>& fired() const { return fired_; }
  // The fault points reached in first attempts, one per event with a statement number.
  const std::vector<FaultPoint>& points() const { return points_; }

 private:
  Plan plan_;
  sim::Dialect dialect_;
  int operation_ = 0;
  int attempt_ = 0;
  bool retry_ = false;
  int statements_ = 0;
  int connections_ = 0;
  History history_;
  std::vector<Fired> fired_;
  std::vector<FaultPoint> points_;
  std::function<void(const Event&)> watcher_;
};

}  // namespace splitproof::harness
