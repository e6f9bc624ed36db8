// The day that a wall calendar shows, found in another way than the service finds it.
//
// The service converts an instant to local time and takes its date. Here the offset that holds at
// the instant is read from the tz database and added, and the date is computed from the number of
// days. A mistake in one of them does not repeat itself in the other; only the tz database is
// shared.
#pragma once

#include "harness/property/command.h"

namespace splitproof::harness {

// The zone must be known to the tz database.
sim::Day local_day(const ZonedInstant& when);

}  // namespace splitproof::harness
