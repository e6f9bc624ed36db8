// What a simulated disk holds for certain at each event of a run, in words: what of the work so far
// a loss of power may take away, and, where the power failed, what it took.
//
// It asks the disk itself, and changes nothing of it.
#pragma once

#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/run/sqlite_disk_world.h"

namespace splitproof::harness {

class StoredWatch {
 public:
  // The world is borrowed.
  explicit StoredWatch(SqliteDiskWorld& world) : world_(world) {}

  // For RunOptions::on_event; the disk is then as the event left it.
  void note(const Event& event);
  // One for each event.
  const std::vector<std::string>& words() const { return words_; }

 private:
  SqliteDiskWorld& world_;
  std::vector<std::string> words_;
  // The file of which a sync failed and forgot what it should have written, in words.
  std::string forgotten_;
};

}  // namespace splitproof::harness
