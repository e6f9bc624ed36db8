// Sessions that can be made to fail. Every statement of the client is shown to the director; where
// a fault strikes, the world carries it out as the real thing would happen.
//
// It never invents rows: every row that a client sees came from the real database.
#pragma once

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/inject/client_sessions.h"
#include "harness/plan/director.h"
#include "harness/run/world.h"

namespace splitproof::harness {

// The program's own exception, thrown where the plan says so.
class PlannedException : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Its text; `where` is "before" or "after".
std::string planned_exception(const FaultPoint& point, const char* where);

// What a client hears on a lost connection. On SQLite it is the nearest counterpart: the file
// behind the handle went away.
sim::Error lost_connection(sim::Dialect dialect);

// The power failed, and what ran on the machine is dead: thrown once, through the client's code,
// which must not take it for an error of its own.
struct PowerFailed {};

class InterposedSession;

class InterposedEngine final : public sim::Engine {
 public:
  // Both are borrowed and must outlive the engine and its sessions. `client` is whose sessions they
  // are. With `turns`, borrowed too, the client is one of several sessions at once: each statement
  // is a step that it takes when its turn has come.
  InterposedEngine(World& world, Director& director, char client, Turns* turns = nullptr)
      : world_(world), director_(director), client_(client), turns_(turns) {}

  sim::Dialect dialect() const override { return world_.dialect(); }
  sim::Answer<std::unique_ptr<sim::Session>> connect() override;

  // Why the world could not carry out a fault; empty when it could. What the client was told is
  // then nothing that a real database says, and the run must not be judged.
  const std::string& failure() const { return failure_; }

  // What the sessions that are still open hold, in words; their open transactions are rolled back.
  std::vector<std::string> held();

 private:
  friend class InterposedSession;
  // Ends the client where there is no power, the first time that it is asked.
  void die_without_power();

  World& world_;
  Director& director_;
  char client_;
  Turns* turns_;
  std::vector<InterposedSession*> live_;  // In the order of connecting.
  std::string failure_;
  bool is_dead_ = false;
};

}  // namespace splitproof::harness
