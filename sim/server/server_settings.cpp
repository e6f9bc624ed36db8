#include "sim/server/server_settings.h"

namespace splitproof::sim {
namespace {

std::string switched(const char* setting, bool on) {
  return std::string(setting) + (on ? "=on" : "=off");
}

}  // namespace

std::vector<std::string> server_command(const std::string& program, const ServerPlace& place,
                                        const ServerSettings& settings) {
  const std::string name = place.folder.substr(place.folder.rfind('/') + 1);
  const bool on_disk = !settings.disk.empty();
  const bool writes_seldom = on_disk || !settings.synchronous_commit;
  std::vector<std::string> command{program, "-D", place.data};
  for (const std::string& setting : {
           std::string("listen_addresses="),
           "unix_socket_directories=" + place.folder,
           std::string("port=5432"),
           // Shows in the title of every process of the server, whose it is.
           "cluster_name=" + name,
           // As many as programs find on a server that is set up as usual, and those of ours.
           std::string("max_connections=120"),
           std::string("shared_buffers=16MB"),
           // At its start a server opens as many files as it may have, to see whether it can.
           std::string("max_files_per_process=100"),
           switched("fsync", settings.fsync),
           switched("synchronous_commit", settings.synchronous_commit),
           switched("full_page_writes", settings.full_page_writes),
           std::string("wal_writer_delay=") + (writes_seldom ? "10s" : "200ms"),
           // What starts by itself would move the order of events and the time they take.
           std::string("autovacuum=off"),
           std::string("jit=off"),
           std::string("max_parallel_workers_per_gather=0"),
           std::string("max_logical_replication_workers=0"),
           // In the data directory, which is removed; files in /dev/shm would survive a SIGKILL.
           std::string("dynamic_shared_memory_type=mmap"),
           std::string("timezone=UTC"),
           std::string("log_timezone=UTC"),
           std::string("log_line_prefix=%m [%p] "),
           // The server's own events. Errors of statements are told to their clients; a sweep makes
           // a hundred thousand of them, which would fill the memory that the log lies in.
           std::string("log_min_messages=log"),
       }) {
    command.insert(command.end(), {"-c", setting});
  }
  if (!on_disk) return command;
  for (const char* const setting :
       {"bgwriter_lru_maxpages=0", "checkpoint_timeout=1d", "checkpoint_flush_after=0",
        "min_wal_size=2MB",
        // Before a recovery the server syncs what a killed one may have left in the page cache. Of
        // a disk that lost its power everything that is left is durable: file by file it would be
        // thousands of calls that change nothing.
        "recovery_init_sync_method=syncfs"}) {
    command.insert(command.end(), {"-c", setting});
  }
  return command;
}

}  // namespace splitproof::sim
