#include "sim/disk/disk_gate.h"

#include <cstdlib>

namespace splitproof::sim {

std::string_view to_string(DiskAct act) {
  switch (act) {
    case DiskAct::open:
      return "open";
    case DiskAct::access:
      return "access";
    case DiskAct::size:
      return "size";
    case DiskAct::read:
      return "read";
    case DiskAct::write:
      return "write";
    case DiskAct::truncate:
      return "truncate";
    case DiskAct::sync:
      return "sync";
    case DiskAct::sync_directory:
      return "sync-directory";
    case DiskAct::remove:
      return "remove";
    case DiskAct::rename:
      return "rename";
    case DiskAct::make_folder:
      return "make-folder";
    case DiskAct::remove_folder:
      return "remove-folder";
    case DiskAct::link:
      return "link";
    case DiskAct::lock:
      return "lock";
    case DiskAct::map_shared:
      return "map-shared";
  }
  std::abort();
}

DiskCode usual_failure(DiskAct act) {
  switch (act) {
    case DiskAct::open:
      return disk_code::cannot_open;
    case DiskAct::access:
      return disk_code::io_access;
    case DiskAct::size:
      return disk_code::io_size;
    case DiskAct::read:
      return disk_code::io_read;
    case DiskAct::write:
      return disk_code::io_write;
    case DiskAct::truncate:
      return disk_code::io_truncate;
    case DiskAct::sync:
      return disk_code::io_sync;
    case DiskAct::sync_directory:
      return disk_code::io_sync_directory;
    case DiskAct::remove:
    case DiskAct::rename:
    case DiskAct::make_folder:
    case DiskAct::remove_folder:
    case DiskAct::link:
      return disk_code::io_delete;
    case DiskAct::lock:
      return disk_code::io_lock;
    case DiskAct::map_shared:
      return disk_code::io_map_shared;
  }
  std::abort();
}

bool changes_disk(DiskAct act) {
  switch (act) {
    case DiskAct::open:  // It may create the file.
    case DiskAct::write:
    case DiskAct::truncate:
    case DiskAct::sync:
    case DiskAct::sync_directory:
    case DiskAct::remove:
    case DiskAct::rename:
    case DiskAct::make_folder:
    case DiskAct::remove_folder:
    case DiskAct::link:
      return true;
    case DiskAct::access:
    case DiskAct::size:
    case DiskAct::read:
    case DiskAct::lock:
    case DiskAct::map_shared:
      return false;
  }
  std::abort();
}

std::string_view to_string(FileRole role) {
  switch (role) {
    case FileRole::database:
      return "database";
    case FileRole::journal:
      return "journal";
    case FileRole::wal:
      return "wal";
    case FileRole::super_journal:
      return "super-journal";
    case FileRole::temporary:
      return "temporary";
  }
  std::abort();
}

}  // namespace splitproof::sim
