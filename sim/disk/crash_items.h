// What a loss of power decides on: the unsynced changes of a disk, taken apart into items each of
// which survives or is lost.
//
// An item is one sector of one write, a change of a file's size, or a change of names. Items of one
// place, such as a sector that was written three times, are states of it: the disk writes what the
// cache holds, so a later one contains the earlier ones and needs them. That, and what the persona
// promises, are the `needs`; any set of items that holds with each its needs can survive. Nothing
// else is grouped: of n sectors that were written once, all 2^n sets are different.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/disk/disk_state.h"
#include "sim/disk/persona.h"

namespace splitproof::sim {

struct CrashItem {
  SharedChange change;
  std::uint64_t sector = 0;           // Of the file, where the change is of bytes.
  std::vector<std::size_t> needs;     // Earlier items.
  std::optional<std::size_t> before;  // The item of the same place, one state earlier.
  // False where the sector is written with the bytes that it has already: then only tearing it
  // makes a difference.
  bool differs = true;

  // Null where it is not a sector.
  const BytesWritten* written() const { return std::get_if<BytesWritten>(change.get()); }
};

std::vector<CrashItem> crash_items(const DiskState& state, const Persona& persona);

}  // namespace splitproof::sim
