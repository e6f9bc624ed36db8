// A fresh cluster on a simulated disk: what initdb has made, read into memory once in a process.
#pragma once

#include <optional>

#include "sim/disk/disk.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_programs.h"

namespace splitproof::sim {

// The disk holds the data directory, durably, and nothing else; its root is the data directory.
// Safe to call from several threads.
Result<Done, ServerError> put_cluster_on(Disk& disk, Guardian& guardian,
                                         const PostgresPrograms& programs,
                                         const std::optional<Account>& account);

// Reads all files and folders of a folder.
Result<DiskImage, ServerError> image_of_folder(const std::string& folder);

}  // namespace splitproof::sim
