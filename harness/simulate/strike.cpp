#include "harness/simulate/strike.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace splitproof::harness::life {
namespace {

constexpr std::array<std::string_view, families_count> family_names{
    "statement", "connection", "answer", "kill", "power",  "disk",
    "trap",      "full",       "clock",  "zone", "memory", "lock"};

// The text of survivors has blanks, which separate strikes.
std::string without_blanks(std::string text) {
  std::ranges::replace(text, ' ', '/');
  return text;
}

struct Words {
  std::string operator()(const Interrupt&) const { return "interrupt"; }
  std::string operator()(const NoMemory&) const { return "nomem"; }
  std::string operator()(const Drop&) const { return "drop"; }
  std::string operator()(const LoseAnswer&) const { return "lose"; }
  std::string operator()(const Kill& one) const { return fmt::format("kill:{}", one.operations); }
  std::string operator()(const PowerFailure& one) const {
    if (!one.survivors) return fmt::format("power:{}#{}", one.operations, one.draw);
    return fmt::format("power:{}/{}", one.operations, without_blanks(to_text(*one.survivors)));
  }
  std::string operator()(const DiskErrors& one) const {
    return fmt::format("eio:{}*{}", one.after, one.count);
  }
  std::string operator()(const SyncTrap&) const { return "trap"; }
  std::string operator()(const FullDisk& one) const { return fmt::format("full:{}", one.writes); }
  std::string operator()(const ClockJump& one) const {
    return fmt::format("clock:{:+}", one.seconds);
  }
  std::string operator()(const ZoneChange& one) const { return "zone:" + one.zone; }
  std::string operator()(const MemoryShortage& one) const {
    return fmt::format("memory:{}*{}", one.after, one.count);
  }
  std::string operator()(const LockErrors& one) const {
    return fmt::format("{}:{}*{}", one.busy ? "busy" : "nolock", one.after, one.count);
  }
};

}  // namespace

std::string_view to_string(Family family) {
  return family_names.at(static_cast<std::size_t>(family));
}

std::optional<Family> family_named(std::string_view name) {
  const auto* const found = std::ranges::find(family_names, name);
  if (found == family_names.end()) return std::nullopt;
  return static_cast<Family>(found - family_names.begin());
}

Family family_of(const Blow& blow) {
  struct Sort {
    Family operator()(const Interrupt&) const { return Family::statement; }
    Family operator()(const NoMemory&) const { return Family::statement; }
    Family operator()(const Drop&) const { return Family::connection; }
    Family operator()(const LoseAnswer&) const { return Family::answer; }
    Family operator()(const Kill&) const { return Family::kill; }
    Family operator()(const PowerFailure&) const { return Family::power; }
    Family operator()(const DiskErrors&) const { return Family::disk; }
    Family operator()(const SyncTrap&) const { return Family::trap; }
    Family operator()(const FullDisk&) const { return Family::full; }
    Family operator()(const ClockJump&) const { return Family::clock; }
    Family operator()(const ZoneChange&) const { return Family::zone; }
    Family operator()(const MemoryShortage&) const { return Family::memory; }
    Family operator()(const LockErrors&) const { return Family::lock; }
  };
  return std::visit(Sort{}, blow);
}

std::string to_text(const Strike& strike) {
  return fmt::format("{}.{}={}", strike.at.day, strike.at.step, std::visit(Words{}, strike.blow));
}

std::string to_text(const Strikes& strikes) {
  std::string text;
  for (const Strike& strike : strikes) text += (text.empty() ? "" : " ") + to_text(strike);
  return text.empty() ? "clean" : text;
}

}  // namespace splitproof::harness::life
