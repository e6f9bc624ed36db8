#include "sim/disk/persona.h"

#include <algorithm>
#include <array>

namespace splitproof::sim {
namespace {

// In SQLite's words of the flags: https://www.sqlite.org/c3ref/c_iocap_atomic.html and
// https://www.sqlite.org/psow.html.
constexpr std::array all_personas{
    Persona{.name = "honest",
            .documented = "Without a sync, writes reach the disk in any order or not at all; "
                          "POWERSAFE_OVERWRITE: bytes outside of the range that was being written "
                          "are not changed by a crash.",
            .told = device::powersafe_overwrite},
    Persona{.name = "no-barrier",
            .documented = "SQLite assumes that a sync does not return before the data are on the "
                          "disk; where it does, a database may go corrupt after a loss of power.",
            .keeps_syncs = false,
            .told = device::powersafe_overwrite},
    Persona{.name = "sequential",
            .documented = "SEQUENTIAL: information is written to disk in the same order as calls "
                          "to xWrite().",
            .in_order = true,
            .told = device::powersafe_overwrite | device::sequential},
    Persona{.name = "atomic-write",
            .documented = "ATOMIC4K: writes of blocks of 4 KiB that are aligned to such blocks are "
                          "atomic.",
            .atomic_sectors = true,
            .told = device::powersafe_overwrite | device::atomic_4k},
    Persona{.name = "safe-append",
            .documented = "SAFE_APPEND: when data is appended to a file, the data is appended "
                          "first and then the size of the file is extended, never the other way "
                          "around.",
            .safe_append = true,
            .told = device::powersafe_overwrite | device::safe_append},
};

}  // namespace

std::span<const Persona> personas() { return all_personas; }

std::optional<Persona> persona_named(std::string_view name) {
  const auto* const found = std::ranges::find(all_personas, name, &Persona::name);
  if (found == all_personas.end()) return std::nullopt;
  return *found;
}

}  // namespace splitproof::sim
