// What the scheduler asks about locks. The answers are the database's own word: sessions and
// connections are hidden behind the letters of the clients.
#pragma once

#include <optional>
#include <string>

namespace splitproof::harness {

class LockWatch {
 public:
  virtual ~LockWatch() = default;

  // True where a statement waits inside a server, so that only asking shows it; false where the
  // session itself says so, by Scheduler::yield().
  virtual bool waits_in_server() const = 0;

  // For which sessions the statement of `session` waits at this moment: their letters in order, its
  // own among them where another connection of its own is in its way; an empty text where it waits
  // for none of them. None when it does not wait.
  virtual std::optional<std::string> waits_for(char session) = 0;

  // Makes the server give up the statement that `session` waits in.
  virtual void cancel(char session) = 0;
};

}  // namespace splitproof::harness
