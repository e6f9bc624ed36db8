// Decides at every fault point of a run whether a fault strikes, counts points and strikes, and
// writes the history. All interposed sessions of a run report to one director.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/plan/plan.h"

namespace splitproof::harness {

// One strike that fired, and where.
struct Fired {
  Fault fault;
  std::size_t event = 0;  // Index in the history.
};

// What came back for a statement, as it is written down.
struct Reply {
  std::string answer;      // As in Event.
  std::string seen;        // As in Event.
  std::string waited_for;  // As in Event.
  bool given_up = false;   // As in Event.
};

class Director {
 public:
  explicit Director(Plan plan, sim::Dialect dialect) : plan_(std::move(plan)), dialect_(dialect) {}

  // Operations and their attempts are announced by the runner. Returns the number of the attempt,
  // from 1. With the first retry, statements are counted anew.
  int begin_operation(char client, int operation, bool retry);
  int next_connection(char client) { return ++clients_[client].connections; }

  // From here on nothing strikes and no point counts.
  void stop_faults() { faults_stopped_ = true; }

  // The point of a statement that is about to be sent on a live session of the client.
  // `behind_a_write`: in one go with a write before it.
  FaultPoint arrive(char client, const sim::Statement& statement,
                    const TransactionState& transaction, PointKind place = PointKind::session,
                    bool behind_a_write = false);
  // The point of an operation on the simulated disk, `what` in words.
  FaultPoint arrive_on_disk(const sim::Statement& what, std::optional<sim::DiskAct> act);
  // So many operations on the disk went by that nobody was shown.
  void pass_on_disk(int count) { clients_[disk_client].statements += count; }
  // SQLite asks for so many bytes of memory; true where they are refused. It is in the middle of
  // its work, so that this is written down when something else is.
  bool refuse_memory(int bytes);
  // How often it has asked in the first attempts, while somebody counted.
  int allocations() const { return allocations_; }

  // The fault that strikes there, or null. Counts as fired.
  const Fault* strike(const FaultPoint& point);

  // Writes down a statement and its answer. `point` is null for a session already lost.
  void record(const FaultPoint* point, char client, int connection, const sim::Statement& statement,
              const Fault* fault, Reply reply);
  void record_told(Told told);

  // Called after each recorded event; for step-by-step views. May be empty.
  void on_event(std::function<void(const Event&)> watcher) { watcher_ = std::move(watcher); }
  // Keep digests of the rows that were answered.
  void keep_what_is_seen() { keeps_seen_ = true; }
  bool keeps_what_is_seen() const { return keeps_seen_; }

  const History& history() const { return history_; }
  // Leaves the director without one.
  History take_history() { return std::move(history_); }
  const std::vector<Fired>& fired() const { return fired_; }
  // The fault points reached before the faults stopped, one per event with a statement number.
  const std::vector<FaultPoint>& points() const { return points_; }

 private:
  Plan plan_;
  sim::Dialect dialect_;
  void place_of(const FaultPoint& point, bool struck, std::size_t index);
  void write_down_refused();

  struct ClientState {
    int operation = 0;
    int attempt = 0;
    bool retry = false;
    int statements = 0;
    int connections = 0;
    std::size_t sent = 0;  // Events written down when its last statement was sent.
  };

  // A piece of memory that was refused, the first of its strike.
  struct Refused {
    const Strike* strike = nullptr;
    FaultPoint point;
    sim::Statement what;
  };

  std::map<char, ClientState> clients_;
  int attempts_ = 0;
  int allocations_ = 0;
  std::string under_way_;  // The statement that a client has sent; empty where none is.
  std::vector<Refused> refused_;
  std::set<const Strike*> refusing_;
  bool faults_stopped_ = false;
  bool keeps_seen_ = false;
  History history_;
  std::vector<Fired> fired_;
  std::vector<FaultPoint> points_;
  std::function<void(const Event&)> watcher_;
};

}  // namespace splitproof::harness
