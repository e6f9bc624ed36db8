// The kinds of disks that are simulated: what each does to writes that were not synced when the
// power fails, and what it tells SQLite of itself.
//
// A persona of this list tells the truth. What SQLite does for a device depends on what the device
// tells (sqlite3_io_methods.xDeviceCharacteristics), so a disk that lies is a persona in which the
// two were set apart: a mutant, to show that lies are found.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace splitproof::sim {

// What a device may tell of itself, with SQLite's numbers (SQLITE_IOCAP_…).
namespace device {
inline constexpr int atomic_4k = 0x0010;
inline constexpr int safe_append = 0x0200;
inline constexpr int sequential = 0x0400;
inline constexpr int powersafe_overwrite = 0x1000;
}  // namespace device

struct Persona {
  std::string_view name;
  // What SQLite's documentation says of such a device, in one sentence.
  std::string_view documented;
  // In bytes: a power of two from 512 to 4096. What survives, survives by whole sectors.
  std::uint32_t sector_size = 4096;
  // A sync keeps what it promises; else nothing is ever certain to be there.
  bool keeps_syncs = true;
  // Nothing reaches the disk before what was done earlier.
  bool in_order = false;
  // A sector is written as a whole or not at all; else one of them may be torn.
  bool atomic_sectors = false;
  // What is appended is there before the file is longer.
  bool safe_append = false;
  // A sector that is torn keeps the bytes of it that were not being written.
  bool powersafe_overwrite = true;
  int told = 0;  // Of namespace device.
};

// "honest", "no-barrier", "sequential", "atomic-write", "safe-append"; the first is the usual one.
std::span<const Persona> personas();

// None where there is no such name.
std::optional<Persona> persona_named(std::string_view name);

}  // namespace splitproof::sim
