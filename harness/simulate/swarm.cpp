#include "harness/simulate/swarm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/simulate/chance.h"

namespace splitproof::harness::life {
namespace {

// Steps of a day beyond this are hardly ever reached.
constexpr int step_max = 40;

sim::Day draw_start(sim::Rng& rng) {
  // One life in three begins in the winter of a leap year.
  const bool leap = one_in(rng, 3);
  const std::chrono::sys_days first = leap ? std::chrono::sys_days{std::chrono::year{2028} / 1 / 1}
                                           : std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};
  return sim::Day{first + std::chrono::days{between(rng, 0, leap ? 50 : 364)}};
}

// Those that end the service's process are rarer than those that it lives with.
int draw_days_between(sim::Rng& rng, Family family) {
  switch (family) {
    case Family::kill:
    case Family::power:
    case Family::full:
    case Family::clock:
    case Family::zone:
      return std::array{60, 25, 10}.at(rng.below(3));
    case Family::statement:
    case Family::connection:
    case Family::answer:
    case Family::disk:
    case Family::trap:
    case Family::memory:
    case Family::lock:
      return std::array{40, 10, 3}.at(rng.below(3));
  }
  std::abort();
}

ClockJump draw_jump(sim::Rng& rng) {
  constexpr int hour = 3600;
  // Never so far that retention, which believes the clock, deletes rows whose month still waits for
  // late ones: see Source.
  const int hours = std::array{1, 26, 72}.at(rng.below(3));
  const bool back = one_in(rng, 2);
  return {.seconds = static_cast<std::int64_t>(back ? -hours : hours) * hour};
}

MemoryShortage draw_shortage(sim::Rng& rng) {
  // What a statement asks for when it is compiled, and what a whole job does.
  const int most = one_in(rng, 2) ? 40 : 400;
  const int after = between(rng, 0, most);
  return {after, std::array{1, 3, 200}.at(rng.below(3))};
}

Blow draw_blow(sim::Rng& rng, Family family) {
  switch (family) {
    case Family::statement:
      return one_in(rng, 2) ? Blow(Interrupt{}) : Blow(NoMemory{});
    case Family::connection:
      return Drop{};
    case Family::answer:
      return LoseAnswer{};
    case Family::kill:
      return Kill{between(rng, 0, 12)};
    case Family::power: {
      const int operations = between(rng, 0, 16);
      return PowerFailure{operations, rng.below(1000), std::nullopt};
    }
    case Family::disk: {
      const int after = between(rng, 0, 12);
      return DiskErrors{after, std::array{1, 2, 20}.at(rng.below(3))};
    }
    case Family::trap:
      return SyncTrap{};
    case Family::full:
      return FullDisk{between(rng, 1, 60)};
    case Family::clock:
      return draw_jump(rng);
    case Family::zone:
      return ZoneChange{zones().at(rng.below(zones().size()))};
    case Family::memory:
      return draw_shortage(rng);
    case Family::lock: {
      const int after = between(rng, 0, 8);
      return LockErrors{after, std::array{1, 2, 12}.at(rng.below(3)), !one_in(rng, 3)};
    }
  }
  std::abort();
}

}  // namespace

const std::vector<std::string>& zones() {
  static const std::vector<std::string> all{
      "Europe/Warsaw",       "America/New_York", "Pacific/Honolulu", "Pacific/Auckland",
      "Australia/Lord_Howe", "Asia/Kathmandu",   "America/Santiago", "Africa/Cairo",
      "Pacific/Kiritimati",  "America/St_Johns"};
  return all;
}

Swarm draw_swarm(std::uint64_t seed, std::optional<Family> only) {
  sim::Rng rng(stream(seed, Purpose::swarm));
  Swarm swarm;
  if (one_in(rng, 2)) {
    swarm.journal = sim::JournalMode::wal;
    swarm.synchronous = sim::Synchronous::full;
  }
  swarm.workers = between(rng, 2, 4);
  swarm.start = draw_start(rng);
  swarm.zone = zones().at(rng.below(zones().size()));
  swarm.source.late = std::array{0, 2, 8}.at(rng.below(3));
  swarm.source.withheld = std::array{0, 2, 6}.at(rng.below(3));
  swarm.source.twice = std::array{0, 5, 30}.at(rng.below(3));
  swarm.source.corrected = std::array{0, 1, 3}.at(rng.below(3));
  for (int i = 0; i < families_count; ++i) {
    const auto family = static_cast<Family>(i);
    const bool drawn = one_in(rng, 2);
    const int between_strikes = draw_days_between(rng, family);
    const bool on = only ? *only == family : drawn;
    if (on) swarm.days_between.at(static_cast<std::size_t>(i)) = between_strikes;
  }
  return swarm;
}

Strikes draw_strikes(std::uint64_t seed, const Swarm& swarm, int days) {
  Strikes strikes;
  for (int day = 1; day <= days; ++day) {
    sim::Rng rng(stream(seed, Purpose::strikes, static_cast<std::uint64_t>(day)));
    for (int i = 0; i < families_count; ++i) {
      const int every = swarm.days_between.at(static_cast<std::size_t>(i));
      if (every == 0 || !one_in(rng, every)) continue;
      int step = between(rng, 1, step_max);
      const auto family = static_cast<Family>(i);
      strikes.push_back({{day, step}, draw_blow(rng, family)});
      // Trouble comes again while one recovers from it.
      while (one_in(rng, 3)) {
        step += between(rng, 1, 3);
        strikes.push_back({{day, step}, draw_blow(rng, family)});
      }
    }
  }
  std::ranges::stable_sort(strikes, {}, &Strike::at);
  return strikes;
}

std::vector<std::string> described(const Swarm& swarm) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("begins {}, machine in {}, {} workers", sim::to_string(swarm.start),
                              swarm.zone, swarm.workers));
  lines.push_back(fmt::format("honest disk, journal_mode={}, synchronous={}",
                              sim::to_string(swarm.journal), sim::to_string(swarm.synchronous)));
  const SourceManners& source = swarm.source;
  lines.push_back(
      fmt::format("source: {} % of rows late, {} % of days withheld, {} % of "
                  "deliveries twice, {} % of rows corrected",
                  source.late, source.withheld, source.twice, source.corrected));
  std::string families;
  for (int i = 0; i < families_count; ++i) {
    const int every = swarm.days_between.at(static_cast<std::size_t>(i));
    if (every == 0) continue;
    families += fmt::format("{}{} every {} days", families.empty() ? "" : ", ",
                            to_string(static_cast<Family>(i)), every);
  }
  lines.push_back("faults: " + (families.empty() ? std::string("none") : families));
  return lines;
}

}  // namespace splitproof::harness::life
