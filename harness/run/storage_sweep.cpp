#include "harness/run/storage_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/disk/power_loss.h"

namespace splitproof::harness {

namespace {

// A moment of the clean run, before the operation of this point.
struct Moment {
  int point = 0;
  sim::DiskState state;
};

// Images of a moment beyond those that are always taken, where their sets are too many.
constexpr std::size_t samples = 64;
// The same in a recovery, where the sets of an image after the other add up.
constexpr std::size_t samples_in_recovery = 8;
constexpr std::size_t all_in_recovery_max = 64;
constexpr int recoveries_max = 2;

// Before what is wrong with a database of which there is no state.
constexpr std::string_view damaged = "damaged: ";

// The states of the disk right before each change of a recovery.
class RecoveryMoments final : public sim::DiskGate {
 public:
  // Borrowed.
  explicit RecoveryMoments(const sim::Disk& disk) : disk_(disk) {}
  sim::DiskVerdict judge(const sim::DiskOperation& operation) override {
    if (sim::changes_disk(operation.act)) states.push_back(disk_.state());
    return {};
  }
  void done(const sim::DiskOperation&, sim::DiskCode) override {}
  std::vector<sim::DiskState> states;

 private:
  const sim::Disk& disk_;
};

std::vector<Moment> moments_of(Experiment& experiment, const RunOptions& options) {
  SqliteDiskWorld& world = *experiment.world().on_disk();
  std::vector<Moment> moments;
  world.watch().on_change([&](int point) { moments.push_back({point, world.disk().state()}); });
  static_cast<void>(experiment.run({}, options));
  world.watch().on_change({});
  return moments;
}

class StorageSweep {
 public:
  StorageSweep(Experiment& experiment, const StorageSweepOptions& options,
               const JudgeOfImages& judge, const NoteOfMoment& tell)
      : experiment_(experiment),
        world_(*experiment.world().on_disk()),
        options_(options),
        judge_(judge),
        tell_(tell) {
    swept_.count = options.header;
    swept_.account.fault = "power";
    swept_.account.mode = "once";
    swept_.account.phase = "operation";
  }

  StorageSwept run() {
    const std::vector<Moment> moments = moments_of(experiment_, options_.run);
    for (const Moment& moment : moments) {
      if (options_.stopped && options_.stopped()) {
        swept_.account.open_because = "stopped before its end";
        break;
      }
      at(moment);
    }
    swept_.account.closed = swept_.account.open_because.empty();
    return std::move(swept_);
  }

 private:
  // What recovery made of an image, short enough to be compared.
  std::string outcome_of(const sim::DiskImage& image) {
    SqliteDiskWorld::Found found = world_.find(image);
    if (!found.damage.empty()) return std::string(damaged) + found.damage;
    return experiment_.digest_of(found.state);
  }

  void at(const Moment& moment) {
    ++swept_.count.moments;
    outcomes_.clear();
    found_ = {moment.point, {}};
    recovered_.clear();
    const sim::PowerLoss loss(moment.state, world_.disk().persona());
    const sim::CrashCounts counts =
        loss.visit({.samples = samples, .seed = options_.seed}, [&](const sim::CrashImage& image) {
          ++swept_.count.images;
          note(outcome_of(image.image), {image.survivors, {}});
          return true;
        });
    // Power that fails again is tried with the first image of each outcome.
    const std::vector<MomentFound::Outcome> firsts = found_.outcomes;
    for (const MomentFound::Outcome& one : firsts) {
      in_recovery(loss.image(one.first.survivors), one.first, 1);
    }
    swept_.count.equal += static_cast<std::int64_t>(counts.equal);
    swept_.count.sampled += counts.complete() ? 0 : 1;
    swept_.count.outcomes += std::ssize(found_.outcomes);
    tell_(found_);
    for (const MomentFound::Outcome& one : found_.outcomes) show(moment.point, one);
  }

  void note(const std::string& outcome, CutPower cut) {
    const auto [known, is_new] = outcomes_.emplace(outcome, found_.outcomes.size());
    if (is_new) {
      const bool is_damaged = outcome.starts_with(damaged);
      found_.outcomes.push_back({is_damaged ? "damaged" : outcome, std::move(cut), 0});
    }
    ++found_.outcomes[known->second].images;
  }

  // The power fails again at each change that the recovery from this image makes.
  void in_recovery(const sim::DiskImage& image, const CutPower& before, int depth) {
    world_.put(image);
    RecoveryMoments moments(world_.disk());
    world_.recover(moments);
    for (std::size_t change = 0; change < moments.states.size(); ++change) {
      const sim::PowerLoss loss(moments.states[change], world_.disk().persona());
      const sim::CrashOptions options{.all_max = all_in_recovery_max,
                                      .samples = samples_in_recovery,
                                      .seed = options_.seed,
                                      .tear = depth == 1};
      loss.visit(options, [&](const sim::CrashImage& next) {
        if (!recovered_.insert(next.image.digest()).second) return true;
        CutPower cut = before;
        cut.again.push_back({static_cast<int>(change) + 1, next.survivors});
        ++swept_.count.images;
        ++swept_.count.in_recovery;
        note(outcome_of(next.image), cut);
        if (depth < recoveries_max) in_recovery(next.image, cut, depth + 1);
        return true;
      });
    }
  }

  void show(int point, const MomentFound::Outcome& found) {
    Plan plan;
    plan.strikes.push_back({disk_client, point, found.first, false, false});
    const RunRecord run = experiment_.run(plan, options_.run);
    ++swept_.account.planned;
    if (run.fired.empty()) {
      swept_.account.open_because =
          fmt::format("the fault planned in '{}' did not fire", to_string(plan));
    } else {
      ++swept_.account.fired;
    }
    judge_(run, found.images);
  }

  Experiment& experiment_;
  SqliteDiskWorld& world_;
  const StorageSweepOptions& options_;
  const JudgeOfImages& judge_;
  const NoteOfMoment& tell_;
  StorageSwept swept_;
  MomentFound found_;                            // At the moment that is looked at.
  std::map<std::string, std::size_t> outcomes_;  // Where each of its outcomes stands there.
  std::set<std::uint64_t> recovered_;            // Images of its recoveries, by digest.
};

}  // namespace

std::vector<std::string> committed_states(Experiment& experiment, const RunOptions& options) {
  SqliteDiskWorld& world = *experiment.world().on_disk();
  std::vector<std::string> digests{experiment.initial()->digest};
  std::map<std::pair<char, int>, TransactionState> transactions;
  RunOptions looking = options;
  looking.on_event = [&](const Event& event) {
    if (event.client == disk_client) return;
    TransactionState& transaction = transactions[{event.client, event.connection}];
    FaultPoint point;
    point.kind = event.kind;
    point.transaction = transaction;
    const bool ok = event.answer.starts_with("ok");
    transaction.follow(event.text, ok, sim::Dialect::sqlite);
    if (!ok || !commits(point)) return;
    const SqliteDiskWorld::Found found = world.find(world.disk().state().seen());
    if (!found.damage.empty())
      throw HarnessFailure("after a COMMIT without a fault " + found.damage);
    const std::string digest = experiment.digest_of(found.state);
    if (digests.back() != digest) digests.push_back(digest);
  };
  static_cast<void>(experiment.run({}, looking));
  return digests;
}

StorageSwept sweep_storage(Experiment& experiment, const StorageSweepOptions& options,
                           const JudgeOfImages& judge, const NoteOfMoment& note) {
  return StorageSweep(experiment, options, judge, note).run();
}

}  // namespace splitproof::harness
