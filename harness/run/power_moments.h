// The moments of a clean run on a mounted disk at which its power may be lost to most effect:
// before each sync, before the first change behind an answer, and at the end.
#pragma once

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/experiment.h"
#include "harness/run/postgres_disk_world.h"

namespace splitproof::harness {

struct SyncMoment {
  int point = 0;
  int answered = 0;  // Statements of clients, before.
  std::string file;  // That is about to be synced; empty where none is.
  sim::DiskState state;
  bool is_end = false;
};

// The numbers below `count`, the middle first, then the middles of the halves, and so on.
inline std::vector<std::size_t> evenly(std::size_t count) {
  std::vector<std::size_t> order;
  std::vector<std::pair<std::size_t, std::size_t>> parts{{0, count}};
  for (std::size_t next = 0; next < parts.size(); ++next) {
    const auto [from, to] = parts[next];
    if (from == to) continue;
    const std::size_t middle = from + (to - from) / 2;
    order.push_back(middle);
    parts.insert(parts.end(), {{from, middle}, {middle + 1, to}});
  }
  return order;
}

// The clean run once more, with its moments: before each sync, and before the first change behind
// an answer.
class CleanMoments {
 public:
  CleanMoments(Experiment& experiment, const RunOptions& options) {
    PostgresDiskWorld& world = *experiment.world().on_mounted_disk();
    RunOptions watched = options;
    watched.on_event = [this](const Event& event) { note(event); };
    world.on_change([&](int point, const sim::DiskOperation* operation) {
      look(point, operation, world.disk_state());
    });
    static_cast<void>(experiment.run({}, watched));
    world.on_change({});
  }

  // Those at which it matters most first: while something is being committed or was just
  // committed, and at the end, in the order of the run; then those before syncs of tables and
  // indexes, and then the others, either so that the first so many of them lie evenly in the run.
  std::vector<const SyncMoment*> in_order() const {
    std::vector<const SyncMoment*> ordered;
    std::vector<const SyncMoment*> tables;
    std::vector<const SyncMoment*> others;
    for (const SyncMoment& moment : moments_) {
      const bool is_of_table = moment.file.starts_with("/base/");
      (is_of_commit(moment) ? ordered : is_of_table ? tables : others).push_back(&moment);
    }
    for (const auto& part : {tables, others}) {
      for (const std::size_t index : evenly(part.size())) ordered.push_back(part[index]);
    }
    return ordered;
  }

  // All points of the run, the end included.
  int points() const { return moments_.empty() ? 0 : moments_.back().point; }

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
    moments_.push_back(
        {point, answered, syncs ? std::string(operation->name) : "", state, operation == nullptr});
  }

  // Written where clients are, read where the disk is served.
  std::atomic<int> answered_{0};
  std::set<int> committing_;  // Numbers of statements, from 0.
  std::map<std::pair<char, int>, TransactionState> transactions_;
  std::vector<SyncMoment> moments_;
};

}  // namespace splitproof::harness
