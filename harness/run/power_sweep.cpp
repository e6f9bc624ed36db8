#include "harness/run/power_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "harness/run/postgres_disk_world.h"
#include "sim/disk/power_loss.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t single_sectors_max = 6;

// Before what is wrong with a database of which there is no state.
constexpr std::string_view is_damaged = "damaged: ";

struct SyncMoment {
  int point = 0;
  int answered = 0;  // Statements of clients, before.
  std::string file;  // That is about to be synced; empty where none is.
  sim::DiskState state;
};

// A moment with the sets that are to be tried there.
struct Choices {
  const SyncMoment* moment = nullptr;
  sim::PowerLoss loss;
  std::vector<sim::Survivors> sets;
};

// The clean run once more, with its moments: before each sync, and before the first change behind
// an answer.
class CleanMoments {
 public:
  CleanMoments(Experiment& experiment, const RunOptions& options) {
    PostgresDiskWorld& world = *experiment.world().on_mounted_disk();
    RunOptions watched = options;
    watched.on_event = [this](const Event& event) { note(event); };
    world.watch().on_change([&](int point, const sim::DiskOperation* operation) {
      look(point, operation, world.disk_state());
    });
    static_cast<void>(experiment.run({}, watched));
    world.watch().on_change({});
  }

  // Those at which it matters most first: while something is being committed or was just
  // committed, and at the end; each part in the order of the run.
  std::vector<const SyncMoment*> in_order() const {
    std::vector<const SyncMoment*> ordered;
    for (const SyncMoment& moment : moments_) {
      if (is_of_commit(moment)) ordered.push_back(&moment);
    }
    for (const SyncMoment& moment : moments_) {
      if (!is_of_commit(moment)) ordered.push_back(&moment);
    }
    return ordered;
  }

  // The end, too, where all that was told is at stake.
  bool is_of_commit(const SyncMoment& moment) const {
    const bool is_last = &moment == &moments_.back();
    const bool is_first_behind =
        committing_.contains(moment.answered - 1) &&
        (&moment == moments_.data() || (&moment - 1)->answered != moment.answered);
    return is_last || is_first_behind || committing_.contains(moment.answered);
  }

 private:
  void note(const Event& event) {
    TransactionState& transaction = transactions_[{event.client, event.connection}];
    FaultPoint point;
    point.kind = event.kind;
    point.transaction = transaction;
    transaction.follow(event.text, event.answer.starts_with("ok"), sim::Dialect::postgres);
    if (commits(point)) committing_.insert(answered_);
    ++answered_;
  }

  // On the thread that serves the disk.
  void look(int point, const sim::DiskOperation* operation, const sim::DiskState& state) {
    const int answered = answered_;
    const bool is_news = moments_.empty() || moments_.back().answered != answered;
    const bool syncs = operation != nullptr && operation->act == sim::DiskAct::sync;
    if (operation != nullptr && !syncs && !is_news) return;
    moments_.push_back({point, answered, syncs ? std::string(operation->name) : "", state});
  }

  // Written where clients are, read where the disk is served.
  std::atomic<int> answered_{0};
  std::set<int> committing_;  // Numbers of statements, from 0.
  std::map<std::pair<char, int>, TransactionState> transactions_;
  std::vector<SyncMoment> moments_;
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
    swept_.account.open_because = "a sample";
  }

  StorageSwept run() {
    const CleanMoments moments(experiment_, options_.run);
    std::vector<Choices> all;
    for (const SyncMoment* const moment : moments.in_order()) {
      all.push_back(choices_at(*moment, moments.is_of_commit(*moment)));
    }
    std::size_t longest = 0;
    for (const Choices& one : all) longest = std::max(longest, one.sets.size());
    // One set of each moment after the other, so that no moment is left out for another's sake.
    for (std::size_t turn = 0; turn < longest && !is_over(); ++turn) {
      for (const Choices& one : all) {
        if (turn < one.sets.size() && !is_over()) take(one, one.sets[turn]);
      }
    }
    for (const auto& [point, found] : found_) tell_(found);
    swept_.count.moments = std::ssize(found_);
    swept_.count.sampled = swept_.count.moments;
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

  bool is_over() {
    return (options_.stopped && options_.stopped()) || recovered_ >= power_images_max;
  }

  Choices choices_at(const SyncMoment& moment, bool is_of_commit) const {
    Choices choices{&moment, sim::PowerLoss(moment.state, world_.persona()), {}};
    const sim::PowerLoss& loss = choices.loss;
    const std::vector<std::size_t> sectors = loss.sectors_of(moment.file);
    for (std::size_t i = 0; i < std::min(single_sectors_max, sectors.size()); ++i) {
      choices.sets.push_back(loss.all_but(sectors[i]));
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

  void take(const Choices& choices, const sim::Survivors& survivors) {
    const sim::DiskImage image = choices.loss.image(survivors);
    const std::uint64_t digest = image.digest();
    const SyncMoment& moment = *choices.moment;
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
    note(moment, outcome->second, {survivors, {}});
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
