#include "harness/run/storage_case.h"

#include <algorithm>

#include "harness/run/memory_sweep.h"
#include "harness/run/storage_sweep.h"

namespace splitproof::harness {

namespace {

std::vector<SweepAccount> fail_disk(const StorageCase& on_disk) {
  SweepOptions options = on_disk.sweep;
  options.faults = faults_of_storage(on_disk.subject.scenario->faults);
  return sweep(*on_disk.bench.experiment, base_of(on_disk.bench.prepared->clean), options,
               [&](const RunRecord& run) { on_disk.judge.note(on_disk.bench, run, "disk"); });
}

std::vector<SweepAccount> cut_power(const StorageCase& on_disk, CaseVerdict& verdict) {
  const std::vector<std::string>& families = on_disk.subject.scenario->faults;
  if (!families.empty() && std::ranges::find(families, "power") == families.end()) return {};
  const Bench& bench = on_disk.bench;
  StorageSwept swept = sweep_storage(
      *bench.experiment, {on_disk.sweep.run, on_disk.sweep.stopped, on_disk.seed, *verdict.storage},
      [&](const RunRecord& run) { on_disk.judge.note(bench, run, "power"); },
      [&](const MomentFound& found) { on_disk.judge.enter(found); });
  verdict.storage = std::move(swept.count);
  return {std::move(swept.account)};
}

}  // namespace

StorageCount storage_header(const Bench& bench) {
  const StorageSetting& setting = bench.experiment->world().on_disk()->setting();
  const StoragePromise& promise = *bench.prepared->references.after_power_loss;
  StorageCount count;
  count.journal = sim::to_string(setting.journal);
  count.synchronous = sim::to_string(setting.synchronous);
  count.persona = setting.persona;
  count.promise = in_words(promise);
  count.clause = promise.clause;
  return count;
}

std::vector<SweepAccount> run_storage(const StorageCase& on_disk, CaseVerdict& verdict) {
  std::vector<SweepAccount> accounts = fail_disk(on_disk);
  for (SweepAccount& account : cut_power(on_disk, verdict)) {
    accounts.push_back(std::move(account));
  }
  for (SweepAccount& account :
       run_memory(on_disk.bench, on_disk.judge, on_disk.subject, on_disk.sweep)) {
    accounts.push_back(std::move(account));
  }
  return accounts;
}

}  // namespace splitproof::harness
