#include "harness/simulate/mishaps.h"

#include <utility>

namespace splitproof::harness::life {

using sim::DiskAct;
using sim::DiskVerdict;

sim::DiskVerdict Mishaps::judge(const sim::DiskOperation& operation) {
  if (away_) return {};
  if (trap_ && operation.act == DiskAct::sync) {
    trap_ = false;
    lost_sync_ = true;
    ++errors_;
    return {.kind = DiskVerdict::Kind::fail_and_lose, .code = sim::disk_code::io_sync};
  }
  if (full_for_ > 0 && operation.act == DiskAct::write) {
    --full_for_;
    ++errors_;
    return {.kind = DiskVerdict::Kind::fail, .code = sim::disk_code::full};
  }
  // Locks are not on the disk, and giving one back does not fail.
  if (failures_ == 0 || operation.act == DiskAct::lock) return {};
  if (fail_in_ > 0) {
    --fail_in_;
    return {};
  }
  --failures_;
  ++errors_;
  return {.kind = DiskVerdict::Kind::fail, .code = usual_failure(operation.act)};
}

void Mishaps::done(const sim::DiskOperation& operation, sim::DiskCode /*code*/) {
  if (away_ || !stop_in_ || !changes_disk(operation.act)) return;
  if (*stop_in_ == 0) {
    stop();
  } else {
    --*stop_in_;
  }
}

void Mishaps::stop() {
  stop_in_.reset();
  left_on_disk_ = disk_.state();
  disk_.cut_power();
}

void Mishaps::stop_after(int operations) { stop_in_ = operations; }

std::optional<sim::DiskState> Mishaps::stopped() {
  if (stop_in_) stop();
  return std::exchange(left_on_disk_, std::nullopt);
}

void Mishaps::fail_after(int operations, int count) {
  fail_in_ = operations;
  failures_ = count;
}

void Mishaps::be_well() {
  stop_in_.reset();
  failures_ = 0;
  trap_ = false;
  full_for_ = 0;
}

}  // namespace splitproof::harness::life
