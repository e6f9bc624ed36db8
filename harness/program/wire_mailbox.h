// What a proxy shows, in its order, for a thread that decides about it: whatever can be held is
// held until that thread says what becomes of it.
#pragma once

#include <deque>
#include <mutex>
#include <optional>

#include "harness/wire/link.h"
#include "harness/wire/sockets.h"

namespace splitproof::harness {

struct WireNotice {
  enum class Kind {
    opened,    // A session's first message is held.
    cancels,   // A cancellation; it is passed on.
    known,     // The server has told the session's key.
    ready,     // The server waits for the session's first statement.
    asked,     // A unit is held.
    answered,  // Its answer is held.
    replied,   // The server has answered a question of ours.
    left,      // The client has closed the connection, which may still be needed.
    closed,
  };
  Kind kind = Kind::opened;
  int connection = 0;
  BackendKey key = {};
  WireUnit unit = {};
  WireUnitEnd end = {};
  WireReply reply = {};
};

// Safe to use from two threads: the proxy's, and the one that takes.
class WireMailbox final : public WireRule {
 public:
  // Throws HarnessFailure where the system gives no descriptor.
  WireMailbox();

  // The next notice; empty where there is none.
  std::optional<WireNotice> take();
  // Forgets the notices that there are: what a run has left says nothing of the next one.
  void clear();
  // Can be read from, as poll(2) sees it, while there are notices.
  int descriptor() const { return call_.get(); }

  WireVerdict before(int connection, const WireUnit& unit) override;
  WireVerdict after(int connection, const WireUnitEnd& end) override;
  WireVerdict opened(int connection, const FirstMessage& first) override;
  void known_as(int connection, const BackendKey& key) override;
  void ready(int connection) override;
  void left(int connection) override;
  void answered_us(int connection, const WireReply& reply) override;
  void closed(int connection) override;
  bool looks_into_rows() const override { return true; }

 private:
  void put(WireNotice notice);

  FileHandle call_;
  std::mutex mutex_;
  std::deque<WireNotice> notices_;
};

}  // namespace splitproof::harness
