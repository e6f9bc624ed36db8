// Holds what the service's clients were told against what the database holds.
//
// The model moves on when a client is told, not when the service is called. What was told to be
// committed is there from then on; what was told to be aborted is not; an operation whose COMMIT
// got no answer, or whose process died, may be either, and which it is, is found by looking.
//
// A clean service is excused for this, and no more: where the disk answered a COMMIT with an error,
// or the process died in it, nothing was promised to be synced. The operation may appear with the
// next recovery, or disappear with the next loss of power, even where the service has found its row
// meanwhile and told so. That ends with the next transaction that changes something and is told to
// be committed, and with a loss of power.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulate/machine.h"
#include "harness/simulate/tables.h"
#include "sim/sql/transaction.h"

namespace splitproof::harness::life {

// Why it may be unknown whether an operation was committed.
enum class Doubt {
  none,
  lost,     // The answer to its COMMIT, or the connection.
  storage,  // The disk failed under its COMMIT.
};

class Judge {
 public:
  using Verdict = std::optional<Difference>;  // Empty: it holds.

  // `machine` is borrowed.
  explicit Judge(Machine& machine) : machine_(machine) {}

  const Model& model() const { return now_; }
  // For what is set up before a life begins.
  Model& setting() { return now_; }

  // A request ended and its client was told so.
  Verdict told(const Request& request, const sim::TransactionEnd& end, Doubt doubt);
  // The process died; `struck` is what the worker was at in whose step that was. What comes back is
  // judged on a copy. Adds to `redo` what was told to be done and is, excusably, not.
  Verdict recovered(const Machine::Restarted& how, const std::optional<Request>& struck,
                    std::vector<Request>& redo);
  // All that the database holds.
  Verdict whole();
  // Whether the database is sound and nobody keeps a lock; no session of the service may be open.
  Verdict at_rest();
  // Gives up the judge's session; to be called before the machine restarts.
  void look_away() { session_.reset(); }

  int whole_checks() const { return whole_checks_; }

 private:
  // What may be the truth instead of the model.
  struct Other {
    Model model;
    std::optional<Request> redo;
  };

  Compared look(const std::function<Compared(sim::Session&)>& question);
  Compared compare(const Model& model, const Request& request);
  Verdict told_committed(const Request& request, Doubt doubt);
  Verdict told_otherwise(const Request& request, const sim::TransactionEnd& end, Doubt doubt);
  // The first of the others that agrees becomes the model.
  bool is_another(const Request& request, bool applied);
  static Verdict unanswered(const sim::Error& error);
  static Verdict sound(sim::Session& session);

  Machine& machine_;
  Model now_;
  std::vector<Other> others_;
  std::unique_ptr<sim::Session> session_;
  int whole_checks_ = 0;
};

}  // namespace splitproof::harness::life
