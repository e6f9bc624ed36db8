#include "tests/disk/crash_run.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::tests {

using sim::DiskCode;
using sim::DiskOperation;
using sim::DiskVerdict;

DiskVerdict Notes::judge(const DiskOperation& operation) {
  return verdict ? verdict(operation) : DiskVerdict{};
}

void Notes::done(const DiskOperation& operation, DiskCode /*code*/) {
  if (!changes_disk(operation.act)) return;
  points.push_back({fmt::format("{} of {}, operation {}", to_string(operation.act), operation.name,
                                operation.number),
                    disk_.state(), told_});
}

void Notes::tell() {
  told_ = true;
  points.push_back({"the answer", disk_.state(), told_});
}

std::vector<CrashPoint> points_of(const CrashSetting& setting) {
  DiskWorld world(setting.persona, setting.options);
  {
    const auto session = open(world.database);
    for (const std::string& sql : setting.preparation) run(*session, sql);
  }
  world.disk.restore(world.disk.state().seen());
  Notes notes(world.disk);
  notes.points.push_back({"the start", world.disk.state(), false});
  const auto session = open(world.database);
  notes.verdict = setting.lie;
  world.disk.set_gate(&notes);
  for (const std::string& sql : setting.transaction) run(*session, sql);
  notes.tell();
  // What follows a commit may do harm to it.
  run(*session, "CREATE TABLE later (a)");
  world.disk.set_gate(nullptr);
  return std::move(notes.points);
}

std::string recovered(DiskWorld& world, const CrashSetting& setting, const sim::DiskImage& image) {
  world.disk.restore(image);
  const sim::Answer<std::unique_ptr<sim::Session>> session = world.database.look();
  if (!session.ok()) return session.error().native_code;
  std::string found;
  for (const std::string& sql : setting.look) found = answer_of(*session.value(), sql);
  const std::string whole = answer_of(*session.value(), "PRAGMA integrity_check");
  world.disk.cut_power();
  return whole == "ok " ? found : "damaged: " + whole;
}

CrashSwept sweep(const CrashSetting& setting) {
  DiskWorld judge(setting.persona, setting.options);
  CrashSwept swept;
  for (const CrashPoint& point : points_of(setting)) {
    const sim::PowerLoss loss(point.state, setting.persona);
    const sim::CrashCounts counts = loss.visit({}, [&](const sim::CrashImage& image) {
      std::string found = recovered(judge, setting, image.image);
      if (found == setting.after) {
        found = "after";
      } else if (found == setting.before) {
        found = point.told ? "lost" : "before";
      }
      if (found != "before" && found != "after" && swept.first_bad.empty()) {
        swept.first_bad = point.operation + ", " + to_text(image.survivors) + ": " + found;
      }
      ++swept.tally[found];
      return true;
    });
    swept.complete = swept.complete && counts.complete();
  }
  return swept;
}

bool is_damaged(const CrashSwept& swept) {
  return std::ranges::any_of(swept.tally, [](const auto& entry) {
    return entry.first != "before" && entry.first != "after" && entry.first != "lost";
  });
}

}  // namespace splitproof::tests
