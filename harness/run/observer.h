// Somebody who looks at the database while the sessions of a run move.
//
// Observers belong to the harness, not to the scenario: they are no sessions of it, take no steps,
// and never make a session fail or wait. All calls come from whoever holds the scheduler's token.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "harness/inject/client_sessions.h"

namespace splitproof::harness {

struct Observation;

// What an observer saw of the committed content at one point of a run.
struct Sight {
  std::string kind;        // "fresh", "older-snapshot" or "split-read"
  std::size_t opened = 0;  // How many events had been written down when its snapshot was taken,
  std::size_t looked = 0;  // and when it read (the rest of) the tables.
  std::string table;       // The one that a split read read when its snapshot was taken.
  // Null where a lock kept it from seeing anything, or where it let go because a session waited.
  std::shared_ptr<const Observation> seen;
};

class Observer {
 public:
  virtual ~Observer() = default;
  // The database is set back, and nobody has moved. `sessions` is borrowed for the run.
  virtual void begin(ClientSessions& sessions) = 0;
  // After the statement that was written down as the `events`-th, from 1.
  virtual void after(const Event& event, std::size_t events) = 0;
  // Every operation has been told its outcome once.
  virtual void end(std::size_t events) = 0;
  // What it saw in the run, in order; called once, after end().
  virtual std::vector<Sight> take() = 0;
};

}  // namespace splitproof::harness
