#include "harness/inject/power_watch.h"

#include <fmt/format.h>

#include <utility>

#include "harness/inject/disk_watch.h"

namespace splitproof::harness {

void PowerWatch::begin(std::optional<PlannedCut> cut) {
  forget();
  cut_ = std::move(cut);
  counts_ = true;
}

void PowerWatch::forget() {
  counts_ = false;
  count_ = 0;
  cut_.reset();
  is_dark_ = false;
  what_.clear();
  left_.reset();
  failure_.clear();
}

void PowerWatch::end() {
  if (!counts_ || is_dark_) return;
  if (arrive(nullptr)) disk_.cut_power();
  counts_ = false;
}

// Whoever opens a file that is there changes nothing.
bool PowerWatch::changes(const sim::DiskOperation& operation) const {
  if (!sim::changes_disk(operation.act)) return false;
  return operation.act != sim::DiskAct::open || !disk_.find(operation.name);
}

bool PowerWatch::arrive(const sim::DiskOperation* operation) {
  ++count_;
  if (look_) look_(count_, operation);
  if (!cut_ || cut_->point != count_) return false;
  what_ = operation == nullptr ? "/* end */" : in_words(*operation);
  left_ = harness::what_is_left(disk_, cut_->power.survivors);
  if (!left_) {
    failure_ = fmt::format(
        "found the plan's '{}' for what is left of what was not synced; expected one of the sets "
        "that are possible there",
        to_string(cut_->power));
  }
  is_dark_ = true;
  if (on_dark_) on_dark_();
  return true;
}

sim::DiskVerdict PowerWatch::judge(const sim::DiskOperation& operation) {
  if (is_dark_ || (counts_ && changes(operation) && arrive(&operation))) {
    return {sim::DiskVerdict::Kind::fail, sim::disk_code::io, 0};
  }
  return liar_ == nullptr ? sim::DiskVerdict{} : liar_->judge(operation);
}

void PowerWatch::done(const sim::DiskOperation&, sim::DiskCode) {
  if (is_dark_) disk_.cut_power();
}

}  // namespace splitproof::harness
