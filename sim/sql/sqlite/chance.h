// random() and randomblob() of SQLite drawn from a seed. Private to the SQLite adapter.
//
// Each session draws from a generator of its own, so that what one draws does not depend on how
// often another did. SQLite's own choice of a rowid, once the largest one is taken, is not covered.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <vector>

#include "sim/base/rng.h"

namespace splitproof::sim {

// The generators of the sessions of one database, in the order in which they were opened.
class ChanceTable {
 public:
  // The generator of one session; lives as long as its session.
  class Seat {
   public:
    explicit Seat(ChanceTable& table);
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    Rng& rng() { return rng_; }

   private:
    friend class ChanceTable;
    ChanceTable& table_;
    Rng rng_{0};
  };

  // Seeds the generators of the open sessions, numbered again from 0, and of those to come.
  void reseed(std::uint64_t seed);

 private:
  Rng next_rng();

  std::uint64_t seed_ = 0;
  std::uint64_t opened_ = 0;
  std::vector<Seat*> seats_;
};

// Replaces the functions of `database` by ones that draw from `seat`, which must outlive it.
// Answers an SQLite result code.
int install_chance(sqlite3* database, ChanceTable::Seat& seat);

}  // namespace splitproof::sim
