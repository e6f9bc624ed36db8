// Stands between programs and a PostgreSQL server, on a port of the loopback and on a socket in a
// private folder, and moves bytes; what passes is decided by Link and its rule.
//
// It listens nowhere else. All its connections are served by one thread of its own, which is also
// the one that calls the rule; a slow client or server keeps only its own connection waiting.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/wire/link.h"
#include "sim/base/result.h"

namespace splitproof::harness {

// Where a PostgreSQL server listens.
struct WirePlace {
  std::string folder;  // Of its socket; empty: it is reached by the network.
  int port = 5432;
  std::string host = {};  // Empty: on the loopback. It is spoken to without encryption.
};

class WireProxy {
 public:
  // `folder` is where its own socket is made: a private one. `rule` is borrowed, and called on the
  // proxy's thread. The error is a sentence.
  static sim::Result<std::unique_ptr<WireProxy>, std::string> start(const WirePlace& server,
                                                                    const std::string& folder,
                                                                    WireRule& rule);
  // Closes every connection.
  ~WireProxy();
  WireProxy(const WireProxy&) = delete;
  WireProxy& operator=(const WireProxy&) = delete;

  // For programs: host=127.0.0.1, or the folder, and this port.
  int port() const;
  const std::string& folder() const;

  // Has the word said to the connection's link, on the proxy's thread, soon; not at all where the
  // connection is over. For what a rule holds.
  void tell(int connection, std::function<void(Link&)> word);

  // How many connections were made so far, cancellations included.
  int connections() const;
  // What some connection was cut for without the rule's wanting it; empty while there is none.
  std::string failure() const;

 private:
  class Loop;
  explicit WireProxy(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace splitproof::harness
