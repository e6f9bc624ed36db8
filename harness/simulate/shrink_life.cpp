#include "harness/simulate/shrink_life.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace splitproof::harness::life {
namespace {

constexpr int lives_max = 300;

// Where two lives part.
std::string where_they_part(const std::vector<std::string>& one,
                            const std::vector<std::string>& other) {
  const auto [here, there] = std::ranges::mismatch(one, other);
  if (here == one.end() && there == other.end()) {
    return "two replays are alike, and differ from the life that was found";
  }
  const std::string ended = "the life has ended";
  return fmt::format("{}; then {}", here == one.end() ? ended : *here,
                     there == other.end() ? ended : *there);
}

class Search {
 public:
  Search(const LifeSpec& spec, const LifeEnd& end, const ServiceMaker& service,
         const std::function<bool()>& stopped)
      : service_(service), stopped_(stopped), rule_(end.found->rule) {
    best_.spec = spec;
    best_.spec.stopped = nullptr;
    best_.spec.strikes = end.strikes;
    best_.end = end;
    // Survivors belong to the very life that they were drawn in.
    for (Strike& strike : *best_.spec.strikes) forget_survivors(strike);
  }

  Shrunk run() {
    cut_days();
    keep_fired();
    keep_last();
    take_out();
    cut_clients();
    take_out();
    cut_days();
    say_survivors();
    confirm();
    best_.lives = lives_;
    return std::move(best_);
  }

 private:
  static void forget_survivors(Strike& strike) {
    if (auto* const power = std::get_if<PowerFailure>(&strike.blow)) power->survivors.reset();
  }

  // Lives it; where it breaks the rule, it is the best from then on.
  bool shows(LifeSpec spec) {
    if (lives_ >= lives_max || (stopped_ && stopped_())) return false;
    ++lives_;
    LifeEnd end = live(spec, service_());
    if (!end.found || end.found->rule != rule_) return false;
    best_.spec = std::move(spec);
    best_.end = std::move(end);
    return true;
  }

  bool shows_with(Strikes strikes) {
    LifeSpec spec = best_.spec;
    spec.strikes = std::move(strikes);
    return shows(std::move(spec));
  }

  bool shows_for(int days) {
    LifeSpec spec = best_.spec;
    spec.days = days;
    std::erase_if(*spec.strikes, [days](const Strike& strike) { return strike.at.day > days; });
    return shows(std::move(spec));
  }

  // What was seen on a day needs none of those behind it; what is seen in the end is looked for in
  // halves.
  void cut_days() {
    const int day = best_.end.found->at.day;
    if (day < best_.spec.days) shows_for(std::max(day, 1));
    for (int step = best_.spec.days / 2; step > 0; step /= 2) {
      while (best_.spec.days > step && shows_for(best_.spec.days - step)) {
      }
    }
  }

  void keep_fired() {
    Strikes fired;
    for (std::size_t i = 0; i < best_.end.fired.size(); ++i) {
      if (best_.end.fired[i]) fired.push_back(best_.spec.strikes->at(i));
    }
    if (fired.size() < best_.spec.strikes->size()) shows_with(std::move(fired));
  }

  // Mostly it is the last strikes that matter.
  void keep_last() {
    for (std::size_t count = 0; count < best_.spec.strikes->size(); count = 2 * count + 1) {
      const Strikes& all = *best_.spec.strikes;
      if (shows_with(Strikes(all.end() - static_cast<std::ptrdiff_t>(count), all.end()))) return;
    }
  }

  // Pieces of the list are taken out, halves first, single strikes in the end.
  void take_out() {
    std::size_t piece = (best_.spec.strikes->size() + 1) / 2;
    while (piece > 0 && !best_.spec.strikes->empty()) {
      bool smaller = false;
      for (std::size_t from = 0; from < best_.spec.strikes->size();) {
        Strikes rest = *best_.spec.strikes;
        const auto first = rest.begin() + static_cast<std::ptrdiff_t>(from);
        rest.erase(first, first + static_cast<std::ptrdiff_t>(std::min(piece, rest.size() - from)));
        if (shows_with(std::move(rest))) {
          smaller = true;
        } else {
          from += piece;
        }
      }
      if (!smaller || piece > best_.spec.strikes->size()) piece /= 2;
    }
  }

  void cut_clients() {
    for (int clients = 1; clients < best_.spec.clients; clients *= 2) {
      LifeSpec spec = best_.spec;
      spec.clients = clients;
      if (shows(std::move(spec))) return;
    }
  }

  void say_survivors() {
    const bool any = std::ranges::any_of(best_.end.strikes, [](const Strike& strike) {
      const auto* const power = std::get_if<PowerFailure>(&strike.blow);
      return power != nullptr && power->survivors;
    });
    if (any) shows_with(best_.end.strikes);
  }

  void confirm() {
    LifeSpec spec = best_.spec;
    spec.trace = true;
    std::array<LifeEnd, 2> again;
    for (LifeEnd& end : again) {
      ++lives_;
      end = live(spec, service_());
      best_.stable = best_.stable && end.digest == best_.end.digest && end.found &&
                     end.found->what == best_.end.found->what;
    }
    if (!best_.stable) best_.differs = where_they_part(again[0].trace, again[1].trace);
  }

  const ServiceMaker& service_;
  const std::function<bool()>& stopped_;
  Rule rule_;
  Shrunk best_;
  int lives_ = 0;
};

}  // namespace

Shrunk shrink(const LifeSpec& spec, const LifeEnd& end, const ServiceMaker& service,
              const std::function<bool()>& stopped) {
  return Search(spec, end, service, stopped).run();
}

}  // namespace splitproof::harness::life
