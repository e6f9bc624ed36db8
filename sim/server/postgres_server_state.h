// What a throw-away server is, behind PostgresServer: its folder, its processes, and where its data
// lie. Private to this folder.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sim/process/child.h"
#include "sim/process/deadline.h"
#include "sim/process/shared_memory.h"
#include "sim/server/mounted_disk.h"
#include "sim/server/postgres_programs.h"
#include "sim/server/postgres_server.h"
#include "sim/server/server_folder.h"
#include "sim/server/server_settings.h"
#include "sim/server/small_disk.h"

namespace splitproof::sim {

// A loaded machine with sanitizers needs seconds for what takes 30 ms otherwise.
inline constexpr std::chrono::seconds server_start_time{60};

struct PostgresServer::State {
  State(Guardian& borrowed, const ServerSettings& chosen, PostgresPrograms found,
        std::optional<Account> runs_as, ServerFolder made, Disk* simulated_disk)
      : guardian(borrowed),
        settings(chosen),
        programs(std::move(found)),
        account(std::move(runs_as)),
        folder(std::move(made)),
        disk(simulated_disk != nullptr ? std::nullopt
                                       : SmallDisk::mount(small_disk_in(folder.path()), account)),
        simulated(simulated_disk),
        data(simulated != nullptr ? small_disk_in(folder.path()) : folder.path() + "/data"),
        log(folder.path() + "/log") {}

  std::string connection(const std::string& database) const;

  Result<Done, ServerError> launch(const Deadline& deadline);
  // Mounted over the disk's folder for it. False, with errno, where that fails.
  bool mount_shared_memory() const;
  Result<Done, ServerError> wait_until_ready(const Deadline& deadline);
  Result<Done, ServerError> ask_version();
  ServerError failure(const std::string& what) const;
  Result<Done, ServerError> wait_until_it_answers(const Deadline& deadline);
  void stop();
  void crash();
  // Only signals, and waits for nothing.
  void kill_at_once() const;
  void lose_power();
  void stop_immediately();
  Result<Done, ServerError> kill_backend(pid_t pid);

  Guardian& guardian;
  ServerSettings settings;
  PostgresPrograms programs;
  std::optional<Account> account;
  ServerFolder folder;
  std::optional<SmallDisk> disk;
  std::string tablespace;                // On that disk; empty where there is none.
  Disk* simulated;                       // Which holds the data directory; borrowed, or null.
  std::unique_ptr<MountedDisk> mounted;  // Where it does; null while the power is off.
  std::string data;
  std::string log;
  std::string version;
  std::optional<Child> postmaster;  // Set while it runs.
  std::set<pid_t> postmasters;      // All that ever ran here.
};

}  // namespace splitproof::sim
