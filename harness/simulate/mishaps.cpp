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
  if (operation.act == DiskAct::lock) {
    // They are asked for here; giving one back does not fail.
    if (!locks_.take()) return {};
    ++locks_refused_;
    return {.kind = DiskVerdict::Kind::fail, .code = lock_code_};
  }
  if (!failures_.take()) return {};
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

bool Mishaps::refuses(int /*bytes*/) {
  if (!memory_.take()) return false;
  ++memory_refused_;
  return true;
}

void Mishaps::fail_after(int operations, int count) { failures_ = {operations, count}; }

void Mishaps::refuse_locks_after(int locks, int count, sim::DiskCode code) {
  locks_ = {locks, count};
  lock_code_ = code;
}

void Mishaps::be_well() {
  stop_in_.reset();
  failures_ = memory_ = locks_ = {};
  trap_ = false;
  full_for_ = 0;
}

}  // namespace splitproof::harness::life
