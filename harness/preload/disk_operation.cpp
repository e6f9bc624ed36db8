#include "harness/preload/disk_operation.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace splitproof::harness {

namespace {

using preload::DatabaseFile;
using preload::DiskCall;
using preload::FileLock;
using preload::Report;
using preload::ReportKind;

const char* name_of(DiskCall call) {
  switch (call) {
    case DiskCall::write:
      return "write";
    case DiskCall::sync:
      return "fsync";
    case DiskCall::truncate:
      return "truncate";
    case DiskCall::unlink:
      return "unlink";
    case DiskCall::rename:
      return "rename";
    case DiskCall::lock:
      return "lock";
    case DiskCall::none:
      break;
  }
  return "";
}

const char* name_of(FileLock lock) {
  switch (lock) {
    case FileLock::shared:
      return "shared";
    case FileLock::reserved:
      return "reserved";
    case FileLock::pending:
      return "pending";
    case FileLock::exclusive:
      return "exclusive";
    case FileLock::read:
      return "read";
    case FileLock::write:
      return "write";
    case FileLock::checkpoint:
      return "checkpoint";
    case FileLock::recover:
      return "recover";
    case FileLock::none:
      break;
  }
  return "";
}

bool is_known(const Report& report) {
  if (report.kind > ReportKind::holder || report.call > DiskCall::lock ||
      report.file > DatabaseFile::super_journal || report.lock > FileLock::recover) {
    return false;
  }
  const bool is_operation = report.kind == ReportKind::before || report.kind == ReportKind::after;
  if (!is_operation) return true;
  const bool has_lock = report.lock != FileLock::none;
  return report.call != DiskCall::none && report.file != DatabaseFile::none &&
         has_lock == (report.call == DiskCall::lock);
}

}  // namespace

std::optional<Report> take_report(std::string& bytes, bool& unintelligible) {
  Report report;
  if (bytes.size() < sizeof(report)) return std::nullopt;
  std::memcpy(&report, bytes.data(), sizeof(report));
  bytes.erase(0, sizeof(report));
  unintelligible = !is_known(report);
  if (unintelligible) return std::nullopt;
  return report;
}

sim::Statement statement_of(const Report& report, const std::string& database) {
  std::string text = fmt::format("{} {}{}", name_of(report.call), database, suffix_of(report.file));
  if (report.lock != FileLock::none) text += fmt::format(" {}", name_of(report.lock));
  std::vector<sim::Value> parameters;
  for (const std::int64_t number : {report.offset, report.size}) {
    if (number >= 0) parameters.emplace_back(number);
  }
  return {std::move(text), std::move(parameters)};
}

std::string answer_of(int error) {
  if (error == 0) return "ok";
  if (error == EAGAIN) return "error EAGAIN: another process has locked it";
  const char* const name = ::strerrorname_np(error);
  const char* const words = ::strerrordesc_np(error);
  return fmt::format("error {}: {}", name == nullptr ? "unknown" : name,
                     words == nullptr ? "nobody knows this error" : words);
}

int errno_of(std::string_view code) {
  if (code == "EIO") return EIO;
  return code == "ENOSPC" ? ENOSPC : 0;
}

bool may_change_database(const Report& report) {
  const bool holds_data = report.file == DatabaseFile::database || report.file == DatabaseFile::log;
  return holds_data && report.call != DiskCall::lock && report.call != DiskCall::sync;
}

Footprint touched_by(const Report& report) {
  Footprint touched;
  if (report.lock == FileLock::shared || report.lock == FileLock::read) {
    touched.read("file");
  } else {
    touched.everything();
  }
  return touched;
}

}  // namespace splitproof::harness
