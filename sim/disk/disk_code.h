// What an operation of the disk answers, with SQLite's numbers, so that they can be passed on as
// they are and named where SQLite's header is not to be had.
#pragma once

namespace splitproof::sim {

// SQLite's extended result codes.
using DiskCode = int;

namespace disk_code {
inline constexpr DiskCode ok = 0;
inline constexpr DiskCode busy = 5;
inline constexpr DiskCode io = 10;  // SQLITE_IOERR; also of a disk without power.
inline constexpr DiskCode full = 13;
inline constexpr DiskCode cannot_open = 14;
inline constexpr DiskCode io_read = 266;
inline constexpr DiskCode io_short_read = 522;
inline constexpr DiskCode io_write = 778;
inline constexpr DiskCode io_sync = 1034;
inline constexpr DiskCode io_sync_directory = 1290;
inline constexpr DiskCode io_truncate = 1546;
inline constexpr DiskCode io_size = 1802;
inline constexpr DiskCode io_delete = 2570;
inline constexpr DiskCode io_no_memory = 3082;
inline constexpr DiskCode io_access = 3338;
inline constexpr DiskCode io_lock = 3850;
inline constexpr DiskCode io_map_shared = 5386;
inline constexpr DiskCode io_delete_missing = 5898;
}  // namespace disk_code

}  // namespace splitproof::sim
