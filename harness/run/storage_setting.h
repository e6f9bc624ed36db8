// What a database stands on: its own settings, and the kind of disk below it.
#pragma once

#include <string>

#include "sim/disk/disk_database.h"

namespace splitproof::harness {

struct StorageSetting {
  sim::JournalMode journal = sim::JournalMode::remove;
  sim::Synchronous synchronous = sim::Synchronous::full;
  std::string persona = "honest";  // sim::persona_named()

  friend bool operator==(const StorageSetting&, const StorageSetting&) = default;
};

}  // namespace splitproof::harness
