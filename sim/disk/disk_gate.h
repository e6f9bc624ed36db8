// The door at which a disk is broken: each operation is shown to a gate, which says what becomes of
// it, and hears of it again when it is over.
//
// A gate sees what is done and decides; it does nothing itself. It may take a snapshot of the disk
// at any time, and cut its power when an operation is over.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/disk/disk_code.h"

namespace splitproof::sim {

enum class DiskAct {
  open,
  access,  // Is the file there?
  size,
  read,
  write,
  truncate,
  sync,
  sync_directory,
  remove,
  rename,
  make_folder,
  remove_folder,
  link,        // A file is given a second name.
  lock,        // Of a file, or of a slot of the shared memory.
  map_shared,  // Shared memory is asked for.
};

std::string_view to_string(DiskAct act);
// The code with which such an operation usually fails.
DiskCode usual_failure(DiskAct act);
// Whether what is on the disk, or may be, can differ from before.
bool changes_disk(DiskAct act);

// What a file is to SQLite.
enum class FileRole { database, journal, wal, super_journal, temporary };

std::string_view to_string(FileRole role);

struct DiskOperation {
  DiskAct act = DiskAct::open;
  FileRole role = FileRole::database;
  std::string_view name;     // Of the file; empty where it has none. Lives as long as the call.
  std::uint64_t offset = 0;  // In bytes; of a truncation, the size.
  std::uint64_t length = 0;
  int flags = 0;             // Of a sync or a lock, SQLite's.
  std::uint64_t number = 0;  // From 1 on, since the disk was made or restored.
};

struct DiskVerdict {
  enum class Kind {
    pass,
    fail,
    // It is said to be done, and is not. A read then finds zeros.
    pretend,
    // Of a sync, which is said to be done: it is done by the next one, of whatever file.
    postpone,
    // Of a sync: it fails, what it should have written is forgotten, and the cache takes it for
    // written, as ext4, XFS and Btrfs do: later syncs succeed without it.
    fail_and_lose,
  };
  Kind kind = Kind::pass;
  DiskCode code = disk_code::ok;  // Of a failure.
  // Of a read or a write that fails: how many bytes of it are done before.
  std::uint64_t done = 0;
};

class DiskGate {
 public:
  virtual ~DiskGate() = default;
  // Neither may throw: SQLite, which is C, is between them and who called.
  virtual DiskVerdict judge(const DiskOperation& operation) = 0;
  // The operation is over and was answered by `code`.
  virtual void done(const DiskOperation& operation, DiskCode code) = 0;
};

}  // namespace splitproof::sim
