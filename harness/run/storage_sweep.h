// Loss of power at every operation of the clean run that changes the disk, with every image that
// the disk may then hold.
//
// One clean run gives the moments; a moment's images are made from the state of the disk there, so
// nothing is run again for them (sim/disk/power_loss.h says which images there are). Each image is
// recovered, checked and read. Of the images of one moment that are found alike, the first is run
// as a plan of its own, whole, with its retries, and judged like any other run. Where recovery
// itself changes the disk, the power fails again at each of its changes, and once more in the
// recovery from that.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/run/experiment.h"
#include "harness/run/sqlite_disk_world.h"
#include "harness/verdict/storage.h"

namespace splitproof::harness {

// What recovery made of the crash images of one moment, in the order in which it was found first.
struct MomentFound {
  int point = 0;  // The operation before which the power failed.
  struct Outcome {
    std::string held;  // Digest of the state; "damaged" where there is none.
    CutPower first;    // The first image of which this was made.
    std::int64_t images = 0;
  };
  std::vector<Outcome> outcomes;
};

struct StorageSweepOptions {
  RunOptions run;
  std::function<bool()> stopped;
  std::uint64_t seed = 1;
  StorageCount header = {};  // What is counted is added to it.
  int images_max = 0;        // Below a server, where images are chosen: so many at most.
};

struct StorageSwept {
  StorageCount count;
  SweepAccount account;  // Of the fault `power`.
};

// The digests of the states that the clean run commits, in order, that before it included.
std::vector<std::string> committed_states(Experiment& experiment, const RunOptions& options);

// Called with each run of a plan, and how many images of its moment are found as the run's is, that
// one included.
using JudgeOfImages = std::function<void(const RunRecord& run, std::int64_t images)>;
// Called before that with what a moment's images are.
using NoteOfMoment = std::function<void(const MomentFound&)>;

StorageSwept sweep_storage(Experiment& experiment, const StorageSweepOptions& options,
                           const JudgeOfImages& judge, const NoteOfMoment& note);

}  // namespace splitproof::harness
