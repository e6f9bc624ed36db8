// The gate of a life's disk: what strikes there, and the moment in the middle of a statement at
// which the service is killed or the power fails.
//
// While the judge looks nothing strikes and nothing is counted.
#pragma once

#include <optional>

#include "sim/disk/disk.h"

namespace splitproof::harness::life {

class Mishaps final : public sim::DiskGate {
 public:
  // `disk` is borrowed.
  explicit Mishaps(sim::Disk& disk) : disk_(disk) {}

  sim::DiskVerdict judge(const sim::DiskOperation& operation) override;
  void done(const sim::DiskOperation& operation, sim::DiskCode code) override;

  // After so many operations that may change the disk, everything stops.
  void stop_after(int operations);
  // Where it was told to stop, at the latest now. What stood on the disk then; empty where it was
  // not told to stop.
  std::optional<sim::DiskState> stopped();
  bool has_stopped() const { return left_on_disk_.has_value(); }

  void fail_after(int operations, int count);
  void lose_next_sync() { trap_ = true; }
  // Whether a sync has failed so, until it is forgotten.
  bool has_lost_sync() const { return lost_sync_; }
  void forget_lost_sync() { lost_sync_ = false; }
  void be_full_for(int writes) { full_for_ = writes; }
  // From here on nothing strikes that was not told again.
  void be_well();

  void look_away(bool away) { away_ = away; }
  int errors() const { return errors_; }

 private:
  void stop();

  sim::Disk& disk_;
  std::optional<int> stop_in_;
  std::optional<sim::DiskState> left_on_disk_;
  int fail_in_ = 0;
  int failures_ = 0;
  bool trap_ = false;
  bool lost_sync_ = false;
  int full_for_ = 0;
  bool away_ = false;
  int errors_ = 0;  // That struck.
};

}  // namespace splitproof::harness::life
