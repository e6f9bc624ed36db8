#include "harness/run/power_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/run/power_moments.h"
#include "sim/disk/power_loss.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t single_sectors_max = 6;

// Before what is wrong with a database of which there is no state.
constexpr std::string_view is_damaged = "damaged: ";

// A moment with the sets that are to be tried there.
struct Choices {
  const SyncMoment* moment = nullptr;
  sim::PowerLoss loss;
  std::vector<sim::Survivors> sets;
  bool is_of_commit = false;
  std::size_t next = 0;  // Of the sets.
};

class PowerSweep {
 public:
  PowerSweep(Experiment& experiment, const StorageSweepOptions& options, const JudgeOfImages& judge,
             const NoteOfMoment& tell)
      : experiment_(experiment),
        world_(*experiment.world().on_mounted_disk()),
        options_(options),
        judge_(judge),
        tell_(tell) {
    swept_.count = options.header;
    swept_.account.fault = "power";
    swept_.account.mode = "once";
    swept_.account.phase = "operation";
  }

  StorageSwept run() {
    const CleanMoments moments(experiment_, options_.run);
    std::vector<Choices> all;
    for (const SyncMoment* const moment : moments.in_order()) {
      all.push_back(choices_at(*moment, moments.is_of_commit(*moment)));
    }
    const int in_recovery_max = options_.images_max / 4;
    // Nothing and everything at the commits; then one set of each moment after the other, those of
    // the commits last, so that no moment is left out for another's sake.
    const int before_max = options_.images_max - in_recovery_max;
    for (std::size_t turn = 0; turn < 2; ++turn) {
      for (Choices& one : all) {
        if (one.is_of_commit) take_next(one, before_max);
      }
    }
    std::ranges::stable_partition(all, [](const Choices& one) { return !one.is_of_commit; });
    const auto taken = [&](Choices& one) { return take_next(one, before_max); };
    while (std::ranges::count_if(all, taken) > 0) {
    }
    recover_again(all);
    for (const auto& [point, found] : found_) tell_(found);
    swept_.count.moments = std::ssize(found_);
    swept_.count.sampled = swept_.count.moments;
    swept_.count.moments_of = moments.points();
    swept_.account.open_because =
        fmt::format("a sample: {} images at {} of {} moments", swept_.count.images,
                    swept_.count.moments, swept_.count.moments_of);
    for (const Shown& one : shown_) show(one);
    swept_.count.outcomes = std::ssize(shown_);
    return std::move(swept_);
  }

 private:
  // Images that are found alike where clients had been told the same.
  struct Shown {
    int point = 0;
    int answered = 0;
    std::string held;
    CutPower first;
    std::int64_t images = 0;
  };

  bool is_over(int images_max) const {
    return (options_.stopped && options_.stopped()) || recovered_ >= images_max;
  }

  Choices choices_at(const SyncMoment& moment, bool is_of_commit) const {
    Choices choices{&moment, sim::PowerLoss(moment.state, world_.persona()), {}, is_of_commit};
    const sim::PowerLoss& loss = choices.loss;
    const std::vector<std::size_t> sectors = loss.sectors_of(moment.file);
    // From the last one: the log is not asked for a page whose first half is there, and says that
    // the page is up to date.
    for (std::size_t i = 0; i < std::min(single_sectors_max, sectors.size()); ++i) {
      choices.sets.push_back(loss.all_but(sectors[sectors.size() - 1 - i]));
    }
    // While something is being committed the question is whether it is there; in a checkpoint,
    // whether halves of pages fit together.
    const auto place = is_of_commit ? choices.sets.begin() : choices.sets.end();
    choices.sets.insert(place, {loss.first(0), loss.first(loss.items())});
    choices.sets.push_back(loss.first(loss.items() / 2));
    choices.sets.push_back(
        loss.drawn(sim::mixed(options_.seed, static_cast<std::uint64_t>(moment.point))));
    return choices;
  }

  // False where nothing is left to be taken.
  bool take_next(Choices& choices, int images_max) {
    if (is_over(images_max) || choices.next == choices.sets.size()) return false;
    const CutPower cut{choices.sets[choices.next++], {}};
    take(*choices.moment, choices.loss.image(cut.survivors), cut);
    swept_.count.unsynced_max =
        std::max(swept_.count.unsynced_max, static_cast<std::int64_t>(choices.loss.items()));
    return true;
  }

  void take(const SyncMoment& moment, const sim::DiskImage& image, const CutPower& cut) {
    const std::uint64_t digest = image.digest();
    if (!taken_.insert({digest, moment.answered}).second) {
      ++swept_.count.equal;
      return;
    }
    auto outcome = outcomes_.find(digest);
    if (outcome == outcomes_.end()) {
      ++recovered_;
      outcome = outcomes_.emplace(digest, outcome_of(image)).first;
    }
    ++swept_.count.images;
    if (!cut.again.empty()) ++swept_.count.in_recovery;
    note(moment, outcome->second, cut);
  }

  // The power fails again, once, before syncs of a recovery that has most to do: at the last commit
  // that has others behind it nothing but the log was durable.
  void recover_again(const std::vector<Choices>& all) {
    const Choices* last = nullptr;
    for (const Choices& one : all) {
      if (one.is_of_commit && !one.moment->is_end) last = &one;
    }
    if (last == nullptr || is_over(options_.images_max)) return;
    const sim::Survivors nothing = last->loss.first(0);
    std::vector<std::pair<int, sim::DiskState>> syncs;
    world_.on_change([&](int change, const sim::DiskOperation* operation) {
      if (operation == nullptr || operation->act != sim::DiskAct::sync) return;
      syncs.emplace_back(change, world_.disk_state());
    });
    world_.recover(last->loss.image(nothing), std::nullopt);
    world_.on_change({});
    for (const std::size_t index : evenly(syncs.size())) {
      const auto& [change, state] = syncs[index];
      const sim::PowerLoss loss(state, world_.persona());
      const std::uint64_t seed = sim::mixed(options_.seed, static_cast<std::uint64_t>(change));
      for (const sim::Survivors& left : {loss.first(0), loss.drawn(seed)}) {
        if (is_over(options_.images_max)) return;
        take(*last->moment, loss.image(left), {nothing, {{change, left}}});
      }
    }
  }

  // What recovery made of an image, short enough to be compared.
  std::string outcome_of(const sim::DiskImage& image) {
    PostgresDiskWorld::Found found = world_.find(image);
    if (!found.damage.empty()) return std::string(is_damaged) + found.damage;
    return experiment_.digest_of(found.state);
  }

  void note(const SyncMoment& moment, const std::string& outcome, CutPower cut) {
    const std::string held = outcome.starts_with(is_damaged) ? "damaged" : outcome;
    MomentFound& found = found_.emplace(moment.point, MomentFound{moment.point, {}}).first->second;
    auto known = std::ranges::find(found.outcomes, held, &MomentFound::Outcome::held);
    if (known == found.outcomes.end()) {
      known = found.outcomes.insert(known, {held, cut, 0});
    }
    ++known->images;
    const auto is_same = [&](const Shown& one) {
      return one.held == held && one.answered == moment.answered;
    };
    auto same = std::ranges::find_if(shown_, is_same);
    if (same == shown_.end()) {
      same = shown_.insert(same, {moment.point, moment.answered, held, std::move(cut), 0});
    }
    ++same->images;
  }

  // What the server does by itself may move; then nothing is known of the image.
  RunRecord run_of(const Plan& plan) {
    try {
      RunRecord run = experiment_.run(plan, options_.run);
      if (!run.fired.empty()) return run;
    } catch (const UnusableInput& unfit) {
      throw HarnessFailure(unfit.what());
    }
    throw HarnessFailure(fmt::format("the fault planned in '{}' did not fire", to_string(plan)));
  }

  void show(const Shown& one) {
    Plan plan;
    plan.strikes.push_back({disk_client, one.point, one.first, false, false});
    const RunRecord run = run_of(plan);
    ++swept_.account.planned;
    ++swept_.account.fired;
    judge_(run, one.images);
  }

  Experiment& experiment_;
  PostgresDiskWorld& world_;
  const StorageSweepOptions& options_;
  const JudgeOfImages& judge_;
  const NoteOfMoment& tell_;
  StorageSwept swept_;
  int recovered_ = 0;
  std::map<std::uint64_t, std::string> outcomes_;  // By the digest of the image.
  std::set<std::pair<std::uint64_t, int>> taken_;  // With how much was answered.
  std::map<int, MomentFound> found_;               // By point.
  std::vector<Shown> shown_;
};

}  // namespace

StorageSwept sweep_power(Experiment& experiment, const StorageSweepOptions& options,
                         const JudgeOfImages& judge, const NoteOfMoment& note) {
  return PowerSweep(experiment, options, judge, note).run();
}

}  // namespace splitproof::harness
