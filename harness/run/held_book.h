// What the server holds of the work of the clients, as far as statements and answers tell: what is
// open, what was committed, what was rolled back. It reads nothing and judges nothing.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/history/history.h"
#include "sim/sql/engine.h"

namespace splitproof::harness {

class HeldBook {
 public:
  explicit HeldBook(sim::Dialect dialect) : dialect_(dialect) {}

  // What the server holds from this event on, in words; empty where nothing of that changes.
  std::string note(const Event& event);

 private:
  // The writes of open transactions, by client and connection.
  using Open = std::map<std::pair<char, int>, std::vector<std::string>>;

  std::string ends(Open::iterator open, bool ok, bool commits);
  std::string writes(Open::iterator open, const std::string& name);

  sim::Dialect dialect_;
  Open open_;
};

}  // namespace splitproof::harness
