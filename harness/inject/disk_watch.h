// Shows the operations on a simulated disk to the director, and lets its faults strike there.
//
// It is a gate (sim/disk/disk_gate.h), so it is called from within SQLite and must not throw: what
// goes wrong in it is kept as a failure. Only while somebody is at work is it asked; what the
// harness itself reads counts for nothing.
#pragma once

#include <optional>
#include <string>

#include "harness/plan/director.h"
#include "sim/disk/disk.h"

namespace splitproof::harness {

class DiskWatch final : public sim::DiskGate {
 public:
  // `disk` is borrowed.
  explicit DiskWatch(sim::Disk& disk) : disk_(disk) {}

  // From here on the operations are points of this director; null: nobody's. Borrowed.
  void report_to(Director* director) { director_ = director; }
  // What the disk does wrong by itself, whatever the plan says, as a disk that lies does: asked
  // where nothing strikes. Borrowed; may be null.
  void stand_before(sim::DiskGate* liar) { liar_ = liar; }
  // The operations are over: the last point, at which nothing but the power can fail.
  void end();
  // Called before each operation that changes the disk, and at the end, with the number of the
  // point. May be empty.
  void on_change(std::function<void(int point)> look) { look_ = std::move(look); }

  sim::DiskVerdict judge(const sim::DiskOperation& operation) override;
  void done(const sim::DiskOperation& operation, sim::DiskCode code) override;

  // The power was cut, or the process was killed, and nobody has taken what is left.
  bool is_dark() const { return left_.has_value(); }
  // Why it is dark, or was last: "the power failed", "the process was killed".
  const std::string& why_dark() const { return why_dark_; }
  // What is left, where it went dark since the last call.
  std::optional<sim::DiskImage> take_what_is_left() { return std::exchange(left_, std::nullopt); }
  // How the power failed last; nothing of it survives a process that is killed.
  const CutPower& last_cut() const { return last_cut_; }
  // Whether a sync has forgotten what it should have written, since the last call.
  bool take_has_lost() { return std::exchange(has_lost_, false); }
  // Why a fault could not be carried out; empty where each could.
  const std::string& failure() const { return failure_; }

 private:
  sim::DiskVerdict strike(const Fault& fault, const sim::DiskOperation& operation);
  void go_dark(const Fault& fault);
  void cut(const CutPower& fault);

  sim::Disk& disk_;
  Director* director_ = nullptr;
  sim::DiskGate* liar_ = nullptr;
  std::function<void(int point)> look_;
  std::optional<FaultPoint> point_;  // Of the operation that goes on.
  const Fault* fault_ = nullptr;
  std::optional<sim::DiskImage> left_;
  std::string why_dark_;
  CutPower last_cut_;
  bool has_lost_ = false;
  std::string failure_;
};

// What is left of a disk's content when its power fails at this moment. None where the survivors
// cannot be: another number of them, or some without what they need.
std::optional<sim::DiskImage> what_is_left(const sim::Disk& disk, const sim::Survivors& survivors);

// "/* write db-journal */ 4096 bytes at 512": as a statement, whose name says what findings of one
// cause have in common.
std::string in_words(const sim::DiskOperation& operation);

}  // namespace splitproof::harness
