// Every way in which a number has been added to, right and wrong beside each other: they read the
// counter, compute, and write the sum back, and differ in one line each.
//
// An addition names itself by a reference, booked in the ledger in the same transaction, so that a
// repetition after a lost answer is not a second addition. Only `autocommit`, the code before, has
// none. What two of these do to each other when they run at once is for the harness to find out.
#pragma once

#include <string>

#include "sim/sql/transaction.h"

namespace splitproof::scenarios {

struct Addition {
  std::string reference;
  std::string counter;
  std::int64_t amount = 0;
};

// How the addition is framed. As it stands it is right on both engines.
struct ReadModifyWrite {
  sim::Isolation isolation = sim::Isolation::serializable;
  int attempts_max = 5;
  // Reads before it books. On SQLite a transaction that begins by reading cannot wait for the write
  // lock any more: it is refused, where one that begins by writing waits.
  bool reads_first = false;
  // SELECT … FOR UPDATE, which SQLite does not have: another one that reads in this way waits.
  bool locks_the_row = false;
  // The counter is read on the bare session, before the transaction begins.
  bool reads_outside = false;
  // What the first attempt has read is kept for the attempts after it.
  bool keeps_what_it_read = false;
};

sim::TransactionEnd add_by_reading(sim::Client& client, const Addition& addition,
                                   const ReadModifyWrite& frame);

// Leaves the arithmetic to the database: one UPDATE that adds.
sim::TransactionEnd add_relatively(sim::Client& client, const Addition& addition);

namespace autocommit {

// Reads, computes and writes back, each statement by itself and without the reference.
sim::TransactionEnd add_by_reading(sim::Client& client, const Addition& addition);

}  // namespace autocommit

}  // namespace splitproof::scenarios
