// A private folder for a throw-away server: chosen, made, given to the server's account, removed.
//
// Memory is preferred (/dev/shm), because a server that is thrown away gains nothing from a disk;
// where it has no room, as in many containers, the temporary folder serves. The path is short
// enough for the socket in it, and every folder above it can be passed by the account.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/process/child.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_server.h"

namespace splitproof::sim {

class ServerFolder {
 public:
  // The first of `parents` that serves; the folder is registered with the guardian, which is
  // borrowed.
  static Result<ServerFolder, ServerError> make(Guardian& guardian,
                                                const std::vector<std::string>& parents,
                                                const std::optional<Account>& account);

  ServerFolder(ServerFolder&& other) noexcept;
  ServerFolder& operator=(ServerFolder&& other) = delete;
  // Removes the folder.
  ~ServerFolder();

  const std::string& path() const { return path_; }

  // Leaves the folder to the guardian, which removes it at the end of the program.
  void keep_until_the_end() { guardian_ = nullptr; }

 private:
  ServerFolder(Guardian& guardian, std::string path) : guardian_(&guardian), path_(path) {}
  Guardian* guardian_;
  std::string path_;
};

// Where such folders may lie on this machine, best first: /dev/shm, $TMPDIR, /tmp.
std::vector<std::string> server_folder_parents();

// Why no server folder can be made in `parent` for the account; empty when one can.
std::string objection_to(const std::string& parent, const std::optional<Account>& account);

}  // namespace splitproof::sim
