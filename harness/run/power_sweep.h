// Loss of power below a PostgreSQL server: chosen moments of the clean run, each with chosen images
// of what its disk may then hold.
//
// An image costs a start of the server, so that there are few of them, and they are chosen to show
// most: while an operation commits, right behind that, and at the end, nothing of what was not
// synced and all of it; then, in turns, one set of each moment before a sync of a table or an index
// and of the others, evenly: each sector of the file that is being synced missing alone, the first
// half of all that was done, and a set drawn from the seed. A quarter of them are of power that
// fails again, once, in a recovery. It is a sample, whose size is told, and never closed. Each
// image is recovered, checked and read; of those that are found alike, and at which the client had
// been told the same, the first is run as a plan of its own, whole, with its retries.
#pragma once

#include "harness/run/storage_sweep.h"

namespace splitproof::harness {

// Of an experiment on a mounted disk (World::on_mounted_disk).
StorageSwept sweep_power(Experiment& experiment, const StorageSweepOptions& options,
                         const JudgeOfImages& judge, const NoteOfMoment& note);

}  // namespace splitproof::harness
