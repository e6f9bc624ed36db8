// Counts what a server does to its simulated disk, and cuts the power at the planned moment.
//
// It is a gate (sim/disk/disk_gate.h), asked on the thread that serves the disk while clients wait
// for the server on others. So it writes no history and knows no director: it keeps what happened
// until it is asked. Only what changes the disk is counted, and only while somebody is at work:
// what is read depends on what the server remembers.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "harness/plan/fault.h"
#include "sim/disk/disk.h"

namespace splitproof::harness {

// The power fails before the change with this number, from 1.
struct PlannedCut {
  int point = 0;
  CutPower power;
};

class PowerWatch final : public sim::DiskGate {
 public:
  // `disk` is borrowed.
  explicit PowerWatch(sim::Disk& disk) : disk_(disk) {}

  // Of these, none may be called while an operation on the disk goes on.
  // From here on changes are counted, and the power fails as planned.
  void begin(std::optional<PlannedCut> cut);
  // The work is over: one more point, at which nothing is done; from here on nothing is counted.
  void end();
  // From here on nothing is counted; what happened is kept.
  void stop() { counts_ = false; }
  // Nothing is counted, and it is as if nothing had happened.
  void forget();
  // Called before each change, and at the end, with the number of the point; there without an
  // operation. May be empty.
  using Look = std::function<void(int point, const sim::DiskOperation* operation)>;
  void on_change(Look look) { look_ = std::move(look); }
  // Called when the power fails; must not wait. May be empty.
  void on_dark(std::function<void()> act) { on_dark_ = std::move(act); }
  // What the disk does wrong by itself, asked where the power does not fail. Borrowed, or null.
  void stand_before(sim::DiskGate* liar) { liar_ = liar; }

  sim::DiskVerdict judge(const sim::DiskOperation& operation) override;
  void done(const sim::DiskOperation& operation, sim::DiskCode code) override;

  // From any thread.
  bool is_dark() const { return is_dark_; }
  // The rest only where it is dark: the point, what was about to be done, and what is left. Empty
  // where the plan's survivors cannot be; then failure() says so.
  int point() const { return count_; }
  const std::string& what() const { return what_; }
  const std::optional<sim::DiskImage>& what_is_left() const { return left_; }
  const std::string& failure() const { return failure_; }

 private:
  bool changes(const sim::DiskOperation& operation) const;
  // The next point; true where the power fails there.
  bool arrive(const sim::DiskOperation* operation);

  sim::Disk& disk_;
  bool counts_ = false;
  int count_ = 0;
  std::optional<PlannedCut> cut_;
  Look look_;
  std::function<void()> on_dark_;
  sim::DiskGate* liar_ = nullptr;
  std::atomic<bool> is_dark_{false};
  std::string what_;
  std::optional<sim::DiskImage> left_;
  std::string failure_;
};

}  // namespace splitproof::harness
