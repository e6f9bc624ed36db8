// Which of many sockets can be read or written, as the kernel tells it (epoll).
//
// What was asked about a socket stays asked, so that a connection which goes on as it began costs
// its reads and writes and nothing else, however many others there are. A socket of which nothing
// is wanted is not watched: its hang-up would be reported again and again.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/wire/sockets.h"

namespace splitproof::harness {

// What somebody waits for.
struct Wanted {
  bool reads = false;
  bool writes = false;

  bool operator==(const Wanted&) const = default;
  bool is_something() const { return reads || writes; }
};

class Readiness {
 public:
  Readiness();

  // False where the system refuses; errno then says why.
  bool is_open() const { return kernel_.is_open(); }

  // Changes what is asked about a socket from `before`, which is nothing at first. `tag` is what
  // comes back. Nothing must be asked any more when the socket is closed.
  bool ask(const FileHandle& socket, std::uint64_t tag, Wanted before, Wanted now);

  // What was told about a socket.
  struct News {
    std::uint64_t tag = 0;
    bool can_be_read = false;  // Or the other side has left, which a read tells.
  };

  // Waits until there is something to tell, and appends it; nothing where a signal came between.
  // False when there is no way to wait.
  bool wait(std::vector<News>& news);

 private:
  FileHandle kernel_;
};

}  // namespace splitproof::harness
