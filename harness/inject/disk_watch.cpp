#include "harness/inject/disk_watch.h"

#include <fmt/format.h>

#include "sim/disk/power_loss.h"

namespace splitproof::harness {

namespace {

using sim::DiskAct;
using sim::DiskVerdict;

bool has_place(DiskAct act) { return act == DiskAct::read || act == DiskAct::write; }

// Names are absolute paths on a disk of one folder.
std::string_view name_of(const sim::DiskOperation& operation) {
  if (operation.name.empty()) return sim::to_string(operation.role);
  return operation.name.substr(operation.name.find_last_of('/') + 1);
}

sim::Statement statement_of(const sim::DiskOperation& operation) {
  const auto kind =
      sim::changes_disk(operation.act) ? sim::StatementKind::write : sim::StatementKind::read;
  return sim::Statement::of_kind(kind, in_words(operation));
}

// Whoever works on the disk is then dead.
bool goes_dark(const Fault& fault) {
  return std::holds_alternative<CutPower>(fault) || std::holds_alternative<KillProcess>(fault);
}

std::string answer_of(sim::DiskCode code) {
  if (code == sim::disk_code::ok) return "ok";
  return fmt::format("error {}", code);
}

}  // namespace

std::optional<sim::DiskImage> what_is_left(const sim::Disk& disk, const sim::Survivors& survivors) {
  const sim::PowerLoss loss(disk.state(), disk.persona());
  if (!loss.can_be(survivors)) return std::nullopt;
  return loss.image(survivors);
}

std::string in_words(const sim::DiskOperation& operation) {
  const std::string_view act = sim::to_string(operation.act);
  std::string more;
  if (has_place(operation.act)) {
    more = fmt::format(" {} bytes at {}", operation.length, operation.offset);
  }
  if (operation.act == DiskAct::truncate) more = fmt::format(" to {} bytes", operation.offset);
  return fmt::format("/* {} {} */{}", act, name_of(operation), more);
}

DiskVerdict DiskWatch::judge(const sim::DiskOperation& operation) {
  point_.reset();
  fault_ = nullptr;
  if (director_ == nullptr) return {};
  point_ = director_->arrive_on_disk(statement_of(operation), operation.act);
  if (look_ && sim::changes_disk(operation.act)) look_(point_->statement);
  fault_ = director_->strike(*point_);
  if (fault_ != nullptr) return strike(*fault_, operation);
  return liar_ == nullptr ? DiskVerdict{} : liar_->judge(operation);
}

DiskVerdict DiskWatch::strike(const Fault& fault, const sim::DiskOperation& operation) {
  if (goes_dark(fault)) {
    go_dark(fault);
    return {DiskVerdict::Kind::fail, sim::disk_code::io, 0};
  }
  if (std::holds_alternative<LoseSync>(fault)) {
    has_lost_ = true;
    return {DiskVerdict::Kind::fail_and_lose, sim::usual_failure(operation.act), 0};
  }
  const auto& error = std::get<RaiseError>(fault);
  DiskVerdict verdict{DiskVerdict::Kind::fail, sim::usual_failure(operation.act), 0};
  if (error.code == "ENOSPC" && operation.act == DiskAct::write) {
    verdict.code = sim::disk_code::full;
    verdict.done = operation.length / 2;
  }
  if (error.code == "SHORT_READ") {
    verdict.code = sim::disk_code::io_short_read;
    verdict.done = operation.length / 2;
  }
  return verdict;
}

void DiskWatch::go_dark(const Fault& fault) {
  last_cut_ = {};
  const auto* const power = std::get_if<CutPower>(&fault);
  why_dark_ = power != nullptr ? "the power failed" : "the process was killed";
  if (power != nullptr) return cut(*power);
  // The cache is the system's, and survives.
  left_ = disk_.state().seen();
}

void DiskWatch::cut(const CutPower& fault) {
  last_cut_ = fault;
  left_ = what_is_left(disk_, fault.survivors);
  if (left_) return;
  failure_ = fmt::format(
      "found the plan's '{}' for what is left of what was not synced; expected one of the sets "
      "that are possible there",
      to_string(fault));
  left_ = disk_.state().seen();
}

void DiskWatch::end() {
  if (director_ == nullptr || is_dark()) return;
  const auto over = sim::Statement::of_kind(sim::StatementKind::read, "/* end */");
  const FaultPoint point = director_->arrive_on_disk(over, std::nullopt);
  if (look_) look_(point.statement);
  const Fault* const fault = director_->strike(point);
  if (fault != nullptr) go_dark(*fault);
  director_->record(&point, disk_client, 0, over, fault,
                    {fault == nullptr ? "ok" : why_dark_, "", ""});
  if (fault != nullptr) disk_.cut_power();
}

void DiskWatch::done(const sim::DiskOperation& operation, sim::DiskCode code) {
  if (director_ == nullptr || !point_) return;
  const bool dark = fault_ != nullptr && goes_dark(*fault_);
  director_->record(&*point_, disk_client, 0, statement_of(operation), fault_,
                    {dark ? "not done: " + why_dark_ : answer_of(code), "", ""});
  if (dark) disk_.cut_power();
}

}  // namespace splitproof::harness
