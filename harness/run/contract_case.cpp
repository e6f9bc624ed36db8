#include "harness/run/contract_case.h"

#include <algorithm>
#include <iterator>

#include "harness/run/postgres_disk_world.h"
#include "harness/run/power_sweep.h"
#include "harness/run/storage_sweep.h"

namespace splitproof::harness {

namespace {

std::vector<ContractSetting> settings_of(const StorageSetting& setting) {
  return {{"journal_mode", std::string(sim::to_string(setting.journal))},
          {"synchronous", std::string(sim::to_string(setting.synchronous))},
          {"disk", setting.persona}};
}

std::vector<ContractSetting> settings_of(const sim::ServerSettings& settings) {
  const auto word = [](bool on) { return std::string(on ? "on" : "off"); };
  std::vector<ContractSetting> all{{"fsync", word(settings.fsync)},
                                   {"synchronous_commit", word(settings.synchronous_commit)},
                                   {"full_page_writes", word(settings.full_page_writes)}};
  if (!settings.disk.empty()) all.push_back({"disk", settings.disk});
  return all;
}

StorageCount storage_header(const StorageSetting& setting) {
  StorageCount count;
  count.journal = sim::to_string(setting.journal);
  count.synchronous = sim::to_string(setting.synchronous);
  count.persona = setting.persona;
  return count;
}

// The ways in which a server crashes: all of them where no family is chosen.
std::vector<Fault> crashes_of(const World& world, const std::vector<std::string>& families) {
  static const std::vector<std::string> all{"kill-backend", "immediate-stop", "crash"};
  std::vector<Fault> faults = faults_of(world.dialect(), families.empty() ? all : families);
  std::erase_if(faults, [&](const Fault& fault) {
    return !std::holds_alternative<CrashServer>(fault) || !world.can_crash();
  });
  return faults;
}

}  // namespace

ContractStages::ContractStages(const ContractCase& subject, CaseVerdict& verdict)
    : subject_(subject),
      verdict_(verdict),
      book_(subject.bench.prepared->references, subject.families) {
  World& world = subject.bench.experiment->world();
  if (world.on_disk() != nullptr) verdict_.storage = storage_header(world.on_disk()->setting());
  if (world.on_mounted_disk() != nullptr) {
    verdict_.storage.emplace().persona = world.on_mounted_disk()->persona().name;
  }
  Contract& contract = verdict_.contract.emplace();
  contract.settings = world.on_disk() != nullptr ? settings_of(world.on_disk()->setting())
                                                 : settings_of(*world.chosen_settings());
  if (subject.variant.claims_durable()) contract.claim = "durable";
}

std::vector<SweepAccount> ContractStages::run() {
  World& world = subject_.bench.experiment->world();
  if (world.on_mounted_disk() != nullptr) return cut_power();
  if (world.on_disk() == nullptr) return strike(crashes_of(world, subject_.families), "crash");
  std::vector<SweepAccount> accounts = strike(faults_of_storage(subject_.families), "disk");
  std::ranges::move(cut_power(), std::back_inserter(accounts));
  return accounts;
}

void ContractStages::finish() {
  verdict_.contract->cells = book_.cells();
  if (verdict_.storage) verdict_.storage->losses = subject_.judge.allowed();
}

std::vector<SweepAccount> ContractStages::strike(std::vector<Fault> faults, const char* purpose) {
  const Bench& bench = subject_.bench;
  SweepOptions options = subject_.sweep;
  options.faults = std::move(faults);
  SweepBase base = base_of(bench.prepared->clean);
  // On a disk, what is struck is the disk: a process that is killed at a statement would have to be
  // one of its own.
  if (bench.experiment->world().on_disk() != nullptr) {
    std::erase_if(base.points, [](const FaultPoint& point) { return point.client != disk_client; });
  }
  return sweep(*bench.experiment, base, options, [&](const RunRecord& run) {
    subject_.judge.note(bench, run, purpose);
    book_.note(run);
  });
}

std::vector<SweepAccount> ContractStages::cut_power() {
  const std::vector<std::string>& families = subject_.families;
  if (!families.empty() && std::ranges::find(families, "power") == families.end()) return {};
  const Bench& bench = subject_.bench;
  const bool is_mounted = bench.experiment->world().on_mounted_disk() != nullptr;
  StorageSwept swept = (is_mounted ? sweep_power : sweep_storage)(
      *bench.experiment,
      {.run = subject_.sweep.run,
       .stopped = subject_.sweep.stopped,
       .seed = subject_.seed,
       .header = *verdict_.storage,
       .images_max = is_mounted ? subject_.variant.server->power_images_max : 0},
      [&](const RunRecord& run, std::int64_t images) {
        subject_.judge.note(bench, run, "power");
        book_.note_images(run, images);
      },
      [&](const MomentFound& found) { subject_.judge.enter(found); });
  verdict_.storage = std::move(swept.count);
  return {std::move(swept.account)};
}

}  // namespace splitproof::harness
