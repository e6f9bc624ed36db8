// One life of the service in simulated time: days of collections, deliveries of reservations,
// movements, readers, and on the 1st the aggregation, by several workers at once, while strikes
// fall; then the strikes stop, the source delivers what it still owes, and all of it must come to
// its end: safety, then liveness, as TigerBeetle's VOPR does it.
//
// The same spec gives the same life, byte for byte, from every build. It ends with the first thing
// that is wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulate/course.h"
#include "harness/simulate/service_forms.h"
#include "harness/simulate/swarm.h"
#include "harness/simulate/tables.h"

namespace splitproof::harness::life {

struct LifeSpec {
  int days = 365;
  int clients = 16;
  std::uint64_t seed = 1;
  // Instead of those that the seed draws.
  std::optional<Strikes> strikes;
  // No other family of faults is drawn.
  std::optional<Family> only;
  // Asked every day; true ends the life, which is then not complete. May be empty.
  std::function<bool()> stopped;
  // Keep a line of each event, in LifeEnd::trace.
  bool trace = false;
  // Rules that the judge is blind to, to show that each is needed: bits by Rule.
  unsigned blind = 0;
};

struct Found {
  Rule rule = Rule::rows;
  std::string what;
  std::string job;  // What the service was at; "at the end" where nothing was.
  Moment at;
};

struct LifeEnd {
  Swarm swarm;
  Strikes strikes;          // As planned; of a power failure that fired, with what survived.
  std::vector<bool> fired;  // Of each of them.
  Counts counts;
  std::uint64_t digest = 0;
  std::optional<Found> found;
  bool complete = true;
  std::vector<std::string> trace = {};  // "day 3, step 7: worker 2, COMMIT: ok [digest so far]"
};

LifeEnd live(const LifeSpec& spec, const ServiceForms& forms);

}  // namespace splitproof::harness::life
