// The machine that the service lives on: its disk and database, its clock and time zone, and how it
// goes down and comes up again.
//
// Down means that the service's process is gone with all its workers: killed, or with the power.
// Nothing that is done with the disk from then on leaves a trace; whoever has sessions gives them
// up before restart(). The judge's own look at what would be recovered is on a copy, so that the
// machine's recovery is the service's, and may be struck again.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/simulate/crew.h"
#include "harness/simulate/mishaps.h"
#include "harness/simulate/swarm.h"
#include "sim/base/period.h"
#include "sim/disk/disk_database.h"

namespace splitproof::harness::life {

// Ends the body of a worker whose process is gone.
struct ProcessDied {};

class Machine {
 public:
  Machine(const Swarm& swarm, std::uint64_t seed);

  Crew& crew() { return crew_; }
  Mishaps& mishaps() { return mishaps_; }
  sim::DiskDatabase& database() { return database_; }

  // The calendar day on its wall.
  sim::Day today() const { return zone_.day_at(crew_.now()); }
  void move_to(const std::string& zone) { zone_ = sim::TimeZone::find(zone).value(); }

  // The process will be gone at the end of this step, or before, as the strike says.
  void strike(const PowerFailure& power);
  // False, and nothing is done, in WAL mode after a sync has failed and lost its data, until the
  // power has failed: there SQLite promises nothing. Its recovery after the kill would take the
  // frames in the cache for written and put later commits behind them, which a loss of power then
  // takes away with the frames that never reached the disk (Rebello et al., "Can Applications
  // Recover from fsync Failures?", 2020).
  bool strike(const Kill& kill);
  // At the end of a step: whether the process is gone. It stays so until restart().
  bool goes_down();
  // From outside, at any time.
  void shut_down() { down_ = true; }
  bool is_down() const { return down_; }
  // Whose step it went down in.
  std::size_t struck_turn() const { return struck_turn_; }

  struct Restarted {
    bool power = false;
    // What survived of what was not synced, of `items`; empty after a kill.
    std::optional<sim::Survivors> survivors;
    std::uint64_t image = 0;  // A digest of what stood on the disk.
  };
  // Brings it up again, with what is left on the disk. No session may be open.
  Restarted restart();

  // A session of the judge on a copy of what stands on the disk, recovered there, and kept until
  // the next call. Nothing that was left on the disk may be open for writing.
  sim::Answer<sim::Session*> look_at_copy();

 private:
  sim::DiskImage after_power_failure(const sim::DiskState& state, Restarted& restarted) const;

  std::uint64_t seed_;
  Crew crew_;
  sim::Disk disk_;
  Mishaps mishaps_;
  sim::DiskDatabase database_;
  sim::TimeZone zone_;
  bool down_ = false;
  std::size_t struck_turn_ = 0;
  sim::JournalMode journal_;
  std::optional<PowerFailure> power_;
  std::optional<sim::DiskState> left_;
  std::uint64_t restarts_ = 0;

  sim::Disk copy_;
  sim::DiskDatabase copied_database_;
  std::unique_ptr<sim::Session> look_;
};

}  // namespace splitproof::harness::life
