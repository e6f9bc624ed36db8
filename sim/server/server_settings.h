// What a throw-away PostgreSQL server is started with: the settings that decide what is left when
// it crashes, which a caller may choose, and all the others, which are the same for every server.
#pragma once

#include <string>
#include <vector>

namespace splitproof::sim {

// As PostgreSQL names them: https://www.postgresql.org/docs/15/runtime-config-wal.html.
struct ServerSettings {
  // SIGKILL leaves the page cache whole, so that a server which is thrown away does without.
  bool fsync = false;
  // Where it is off, the server writes its log as seldom as it can be told to, every ten seconds
  // (wal_writer_delay): what is answered and not yet written is there to be lost at nearly every
  // moment, and not only now and then.
  bool synchronous_commit = true;
  bool full_page_writes = true;
  // The simulated disk that the data directory lies on: a persona's name, see sim/disk/persona.h.
  // Empty: a file system of the machine.
  std::string disk = {};

  friend bool operator==(const ServerSettings&, const ServerSettings&) = default;
};

// Where the files of a server lie.
struct ServerPlace {
  std::string folder;  // Its own; the socket is made here.
  std::string data;    // Its data directory.
};

// The command line of `program`, the postmaster's. On a simulated disk nothing is written but for
// what clients do and ask for, so that the same statements write the same.
std::vector<std::string> server_command(const std::string& program, const ServerPlace& place,
                                        const ServerSettings& settings);

}  // namespace splitproof::sim
