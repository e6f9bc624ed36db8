// The gates of a life's disk and of the service's memory: what strikes there, and the moment in the
// middle of a statement at which the service is killed or the power fails.
//
// While the judge looks nothing strikes and nothing is counted.
#pragma once

#include <optional>

#include "sim/disk/disk.h"
#include "sim/disk/memory_faults.h"

namespace splitproof::harness::life {

class Mishaps final : public sim::DiskGate, public sim::MemoryGate {
 public:
  // `disk` is borrowed.
  explicit Mishaps(sim::Disk& disk) : disk_(disk) {}

  sim::DiskVerdict judge(const sim::DiskOperation& operation) override;
  void done(const sim::DiskOperation& operation, sim::DiskCode code) override;
  bool refuses(int bytes) override;

  // After so many operations that may change the disk, everything stops.
  void stop_after(int operations);
  // Where it was told to stop, at the latest now. What stood on the disk then; empty where it was
  // not told to stop.
  std::optional<sim::DiskState> stopped();
  bool has_stopped() const { return left_on_disk_.has_value(); }

  void fail_after(int operations, int count);
  void refuse_memory_after(int pieces, int count) { memory_ = {pieces, count}; }
  void refuse_locks_after(int locks, int count, sim::DiskCode code);
  void lose_next_sync() { trap_ = true; }
  // Whether a sync has failed so, until it is forgotten.
  bool has_lost_sync() const { return lost_sync_; }
  void forget_lost_sync() { lost_sync_ = false; }
  void be_full_for(int writes) { full_for_ = writes; }
  // From here on nothing strikes that was not told again.
  void be_well();

  void look_away(bool away) { away_ = away; }
  int errors() const { return errors_; }
  int locks_refused() const { return locks_refused_; }
  int memory_refused() const { return memory_refused_; }

 private:
  // So many that go well, and so many behind them that do not.
  struct Turns {
    int well = 0;
    int badly = 0;

    // Whether this one goes badly.
    bool take() {
      if (badly == 0) return false;
      if (well > 0) {
        --well;
        return false;
      }
      --badly;
      return true;
    }
  };

  void stop();

  sim::Disk& disk_;
  std::optional<int> stop_in_;
  std::optional<sim::DiskState> left_on_disk_;
  Turns failures_;
  Turns memory_;
  Turns locks_;
  sim::DiskCode lock_code_ = sim::disk_code::busy;
  bool trap_ = false;
  bool lost_sync_ = false;
  int full_for_ = 0;
  bool away_ = false;
  int errors_ = 0;  // Of the disk, that struck.
  int locks_refused_ = 0;
  int memory_refused_ = 0;
};

}  // namespace splitproof::harness::life
