// Runs all permutations of an isolation spec, one after the other, on one set of connections.
#pragma once

#include <string>

#include "harness/spec/spec.h"
#include "harness/spec/spec_outcome.h"
#include "harness/spec/spec_player.h"

namespace splitproof::harness {

struct SpecRunOptions {
  std::string file;        // As messages name it.
  std::string connection;  // A libpq connection string or URL; the database is used as it is.
  SpecLimits limits;
  // Where a permutation cannot go on, end where isolationtester does; else the connections are made
  // anew, the teardown is run, and the next permutation has its turn.
  bool ends_as_original = false;
};

// What all permutations came to.
struct SpecTotals {
  int ran = 0;
  int inconclusive = 0;
  int waited = 0;   // Permutations in which a step waited.
  int refused = 0;  // Permutations in which the database refused a step.
  int warnings = 0;
  bool complete = true;  // False: stopped, or ended as isolationtester does.
};

// Throws UnusableInput when the database refuses a setup, and HarnessFailure, which names what was
// at work, when the server or the way to it is lost. Listener and spec are borrowed.
SpecTotals run_isolation_spec(const IsolationSpec& spec, const SpecRunOptions& options,
                              SpecListener& listener);

}  // namespace splitproof::harness
