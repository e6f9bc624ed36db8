// Where an experiment lets a client's attempts run in processes of their own, so that a process
// can be killed.
#pragma once

#include <cstdint>

#include "harness/inject/client_sessions.h"
#include "harness/plan/director.h"
#include "harness/run/world.h"

namespace splitproof::harness {

class ClientProcesses {
 public:
  virtual ~ClientProcesses() = default;

  // Runs one attempt in a process that connects to the world's address. The director is shown every
  // statement and says what strikes. `told` comes with its client, operation and attempt; how the
  // attempt ended is filled in. Returns when the process has ended and the database has let go of
  // what it held. Throws HarnessFailure where the process fails otherwise than planned.
  // With `turns`, borrowed, its session is one of several that move at once. Where that is not
  // possible it is a HarnessFailure.
  virtual void attempt(World& world, Director& director, Told& told, std::uint64_t seed,
                       const Turns* turns) = 0;
};

}  // namespace splitproof::harness
