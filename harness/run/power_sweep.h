// Loss of power below a PostgreSQL server: chosen moments of the clean run, each with chosen images
// of what its disk may then hold.
//
// An image costs a start of the server, so that there are few of them, and they are chosen to show
// most: before each sync of a file while an operation commits, or right behind that; then before
// each sync of a checkpoint; and at the end. Of each moment: nothing of what was not synced, all of
// it, each sector of the file that is being synced missing alone, which comes first in a
// checkpoint, the first half of all that was done, and a set drawn from the seed. It is a sample,
// whose size is told, and never closed. Each image is recovered, checked and read; of those that
// are found alike, and at which the client had been told the same, the first is run as a plan of
// its own, whole, with its retries.
#pragma once

#include "harness/run/storage_sweep.h"

namespace splitproof::harness {

// At most so many images of a case are recovered.
inline constexpr int power_images_max = 32;

// Of an experiment on a mounted disk (World::on_mounted_disk).
StorageSwept sweep_power(Experiment& experiment, const StorageSweepOptions& options,
                         const JudgeOfImages& judge, const NoteOfMoment& note);

}  // namespace splitproof::harness
