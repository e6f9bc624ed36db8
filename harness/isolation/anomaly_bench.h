// Runs the sessions of an anomaly in one mode of an engine, in the order that a strategy chooses,
// and writes down what each was answered.
//
// A session is one transaction on one connection; it ends at its first error, by ROLLBACK where it
// has a transaction. Every statement, BEGIN and the end included, is a step. It judges nothing.
#pragma once

#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/isolation/anomaly.h"
#include "harness/plan/plan.h"
#include "harness/run/world.h"
#include "harness/schedule/scheduler.h"

namespace splitproof::harness {

// A statement with its answer, in the order of the answers.
struct AnomalyLine {
  char session = 'a';
  std::string statement;   // Its name.
  std::string answer;      // Rows as rows_in_words(), "ok", or the error.
  std::string waited_for;  // As in Event.
};

struct AnomalyRecord {
  AnomalyRun run;
  Plan plan;  // Its order is what was chosen.
  std::vector<AnomalyLine> lines;
};

class AnomalyBench {
 public:
  // World, anomaly and column are borrowed. Throws UnusableInput where the database refuses the
  // data or the query on what it holds, and HarnessFailure where it fails otherwise.
  AnomalyBench(World& world, const AnomalyProgram& anomaly, const IsolationColumn& column);

  // Throws UnusableInput where a statement fails by anything but a conflict, for which an anomaly
  // cannot be to blame.
  AnomalyRecord run(Strategy& strategy);

 private:
  struct Course;
  void work(Course& course, const AnomalySession& session);
  // True when all was answered without error.
  bool send_all(Course& course, char letter, sim::Session& connection,
                const std::vector<AnomalyStep>& steps) const;
  // What the session is told.
  sim::Outcome carry_out(Course& course, const AnomalySession& session,
                         sim::Session& connection) const;
  sim::Answer<sim::Rows> send(Course& course, char letter, sim::Session& connection,
                              const AnomalyStep& step) const;
  std::string held() const;

  World& world_;
  const AnomalyProgram& anomaly_;
  const IsolationColumn& column_;
  Scheduler scheduler_;
};

}  // namespace splitproof::harness
