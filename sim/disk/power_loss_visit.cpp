// In which order the crash images of one moment are taken, and which of them.
#include <algorithm>
#include <array>
#include <utility>

#include "sim/base/rng.h"
#include "sim/disk/power_loss.h"

namespace splitproof::sim {

class PowerLoss::Visit {
 public:
  Visit(const PowerLoss& loss, const CrashOptions& options,
        const std::function<bool(const CrashImage&)>& judge, SeenImages& seen)
      : loss_(loss), options_(options), judge_(judge), seen_(seen) {
    counts_.items = loss.items();
  }

  CrashCounts run() {
    std::vector<Bits> sets;
    Bits bits(loss_.items(), false);
    if (!are_certainly_too_many() && collect(bits, 0, sets)) {
      counts_.sets = sets.size();
      for (Bits& set : sets) take(std::move(set));
    } else {
      take_the_plain_ones();
      take_samples();
    }
    if (options_.tear && !loss_.persona_.atomic_sectors) take_torn_ones();
    return counts_;
  }

 private:
  // Each item that needs no other doubles the sets, so that they need not be counted one by one.
  bool are_certainly_too_many() const {
    std::size_t least = 1;
    for (const CrashItem& item : loss_.items_) {
      if (item.differs && item.needs.empty()) least *= 2;
      if (least > options_.all_max) return true;
    }
    return false;
  }

  // All sets that agree with `bits` before `item`; false where they are too many.
  bool collect(Bits& bits, std::size_t item, std::vector<Bits>& sets) const {
    while (item < bits.size() && !loss_.items_[item].differs) {
      bits[item] = loss_.has_needs(bits, item);
      ++item;
    }
    if (item == bits.size()) {
      if (sets.size() == options_.all_max) return false;
      sets.push_back(bits);
      return true;
    }
    bits[item] = false;
    if (!collect(bits, item + 1, sets)) return false;
    if (!loss_.has_needs(bits, item)) return true;
    bits[item] = true;
    return collect(bits, item + 1, sets);
  }

  void take_the_plain_ones() {
    const std::size_t count = loss_.items();
    for (std::size_t length = 0; length <= count; ++length) take(loss_.closed(prefix(length)));
    for (std::size_t missing = 0; missing < count; ++missing) take(all_without(missing));
  }

  void take_samples() {
    Rng rng(options_.seed);
    for (std::size_t sample = 0; sample < options_.samples && !stopped_; ++sample) {
      // Few, half or most of them: a set drawn evenly never comes near either end.
      const std::uint64_t eighths = std::array{1U, 4U, 7U}[sample % 3];
      Bits bits(loss_.items());
      for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = rng.below(8) < eighths;
      // Adding what is needed makes sets large, taking away what lacks it makes them small.
      if (sample % 2 == 0) bits = loss_.reduced(std::move(bits));
      take(loss_.closed(std::move(bits)));
    }
  }

  void take_torn_ones() {
    for (std::size_t item = 0; item < loss_.items() && !stopped_; ++item) {
      if (loss_.items_[item].written() == nullptr) continue;
      const Bits last = loss_.reduced(prefix(item + 1));
      Bits outrun = all_without(item);
      outrun[item] = true;
      for (const Tear tear : {Tear::zero, Tear::garbage, Tear::front, Tear::back}) {
        take(last, TornItem{item, tear});
        take(outrun, TornItem{item, tear});
      }
    }
  }

  Bits prefix(std::size_t length) const {
    Bits bits(loss_.items(), false);
    std::fill_n(bits.begin(), length, true);
    return bits;
  }

  Bits all_without(std::size_t item) const {
    Bits bits = prefix(loss_.items());
    bits[item] = false;
    return loss_.reduced(std::move(bits));
  }

  void take(Bits keep, std::optional<TornItem> torn = std::nullopt) {
    if (stopped_) return;
    CrashImage taken{{std::move(keep), torn}, {}};
    taken.image = loss_.image(taken.survivors);
    if (!seen_.insert(taken.image.digest()).second) {
      ++counts_.equal;
      return;
    }
    ++counts_.images;
    stopped_ = !judge_(taken);
  }

  const PowerLoss& loss_;
  const CrashOptions& options_;
  const std::function<bool(const CrashImage&)>& judge_;
  SeenImages& seen_;
  CrashCounts counts_;
  bool stopped_ = false;
};

CrashCounts PowerLoss::visit(const CrashOptions& options,
                             const std::function<bool(const CrashImage&)>& judge,
                             SeenImages& seen) const {
  return Visit(*this, options, judge, seen).run();
}

}  // namespace splitproof::sim
