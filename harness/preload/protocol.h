// What the preloaded library and the harness say to each other: records of a fixed size, over a
// socket of this machine.
//
// The library speaks first, once when a program is loaded and then at each operation on the files
// of its database: before it, and when it was carried out. It does nothing until it has heard a
// word. Both sides are built together, so the records need no version. Only what a C library offers
// is used here: the library is loaded into programs of others.
#pragma once

#include <cstdint>

namespace splitproof::preload {

// In the environment of a program: the path of the harness's socket, and that of the database, with
// every symbolic link followed.
constexpr const char* socket_variable = "SPLITPROOF_PRELOAD_SOCKET";
constexpr const char* database_variable = "SPLITPROOF_PRELOAD_DATABASE";

// What SQLite keeps in files.
enum class DatabaseFile : std::uint32_t {
  none,
  database,
  journal,        // The rollback journal.
  log,            // The write-ahead log.
  index,          // Of the write-ahead log. It is mapped into memory; only its locks are seen.
  super_journal,  // Of a transaction over several databases; its name ends at random.
};

// What is behind the database's name in that of a file; null for none.
constexpr const char* suffix_of(DatabaseFile file) {
  switch (file) {
    case DatabaseFile::database:
      return "";
    case DatabaseFile::journal:
      return "-journal";
    case DatabaseFile::log:
      return "-wal";
    case DatabaseFile::index:
      return "-shm";
    case DatabaseFile::super_journal:
      return "-mj";
    case DatabaseFile::none:
      break;
  }
  return nullptr;
}

enum class DiskCall : std::uint32_t { none, write, sync, truncate, unlink, rename, lock };

// SQLite's locks, by the bytes that stand for them (sqlite.org/fileformat2.html and
// sqlite.org/walformat.html). Those that are only ever taken behind another one, or that nobody
// waits for, are none.
enum class FileLock : std::uint32_t {
  none,
  shared,
  reserved,
  pending,
  exclusive,
  read,
  write,
  checkpoint,
  recover,
};

// A range of bytes that is asked for; a length of 0 reaches to the end.
struct LockRange {
  bool exclusive = false;
  std::int64_t start = 0;
  std::int64_t length = 0;
};

// A reader passes the pending byte before it takes its place among the readers.
constexpr FileLock lock_of_database(const LockRange& range) {
  constexpr std::int64_t pending_byte = 0x40000000;
  if (range.start == pending_byte && range.length == 1) {
    return range.exclusive ? FileLock::pending : FileLock::shared;
  }
  if (!range.exclusive) return FileLock::none;
  if (range.start == pending_byte + 1) return FileLock::reserved;
  return range.start == pending_byte + 2 ? FileLock::exclusive : FileLock::none;
}

constexpr FileLock lock_of_index(const LockRange& range) {
  constexpr std::int64_t first = 120;
  constexpr std::int64_t first_read_mark = first + 3;
  constexpr std::int64_t last_read_mark = first + 7;
  if (!range.exclusive) {
    const bool is_mark = range.start >= first_read_mark && range.start <= last_read_mark;
    return is_mark ? FileLock::read : FileLock::none;
  }
  if (range.start == first) return FileLock::write;
  if (range.start == first + 1) {
    return range.length == 1 ? FileLock::checkpoint : FileLock::recover;
  }
  return range.start == first + 2 ? FileLock::recover : FileLock::none;
}

constexpr FileLock lock_of(DatabaseFile file, const LockRange& range) {
  if (file == DatabaseFile::database) return lock_of_database(range);
  return file == DatabaseFile::index ? lock_of_index(range) : FileLock::none;
}

enum class ReportKind : std::uint32_t {
  loaded,    // A process has begun.
  before,    // It is about to do this.
  after,     // It was done, or failed with `error`.
  unlocked,  // A lock was given up. Where turns are taken.
  sleeps,    // The program is about to sleep. Where turns are taken.
  holder,    // The answer to Word::Kind::ask.
};

struct Report {
  ReportKind kind = ReportKind::loaded;
  DiskCall call = DiskCall::none;
  DatabaseFile file = DatabaseFile::none;
  FileLock lock = FileLock::none;
  std::int64_t offset = -1;  // In bytes; -1 where the program does not say it.
  std::int64_t size = -1;    // In bytes; of a truncated file, what is left.
  std::int32_t error = 0;    // An errno.
  // Whose lock was in the way: a process id, 0 for none.
  std::int32_t holder = 0;
};

struct Word {
  enum class Kind : std::uint32_t {
    go,
    fail,  // With `error`, and without doing it.
    ask,   // Whose lock is in the way of the one that was refused? Of a process that sleeps.
  };
  Kind kind = Kind::go;
  std::int32_t error = 0;
  // In the answer to `loaded`: several programs take turns, so that sleeps are told, not slept.
  std::int32_t turns = 0;
};

}  // namespace splitproof::preload
