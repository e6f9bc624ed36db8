// A file system of its own for the tables of a throw-away server, whose room can be taken away and
// given back: what it means that the disk is full is then said by the server itself.
//
// It is a tmpfs, mounted below the server's folder, which only root may do, and not everywhere.
// Taking the room away sets the size of the file system to what is in use; nothing is written for
// it, so that giving the room back leaves no trace.
#pragma once

#include <optional>
#include <string>

#include "sim/base/result.h"
#include "sim/process/child.h"
#include "sim/server/postgres_server.h"

namespace splitproof::sim {

class SmallDisk {
 public:
  // Mounts it at `path`, which is made, for the server's account. Empty where that is not allowed.
  static std::optional<SmallDisk> mount(const std::string& path,
                                        const std::optional<Account>& account);
  SmallDisk(SmallDisk&& other) noexcept;
  SmallDisk& operator=(SmallDisk&& other) = delete;
  // Unmounts it; what is in it is gone.
  ~SmallDisk();

  // A tablespace on it, of the server that `connection`, a libpq connection string of a superuser,
  // leads to. Answers its name.
  Result<std::string, ServerError> make_tablespace(const std::string& connection) const;

  // From here on no block more is to be had, until free().
  Result<Done, ServerError> fill();
  Result<Done, ServerError> free();

 private:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Where in the folder of a server it lies.
std::string small_disk_in(const std::string& folder);

}  // namespace splitproof::sim
