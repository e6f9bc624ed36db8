// Whether two readings of a table found the same content, without writing it down as text.
//
// Equality here is that of every bit and of the order of rows; it is no comparison of states, which
// knows left-out columns and generated keys. Equal contents have equal digests, whatever the
// comparison; the reverse need not hold.
#pragma once

#include <cstddef>

#include "harness/oracle/state.h"

namespace splitproof::harness {

// Of the number of rows and of the first few: tells most tables apart, at a price that does not
// grow with the table.
std::size_t hash_of(const Table& table);

bool has_same_content(const Table& left, const Table& right);

}  // namespace splitproof::harness
