// What a session did with the locks on an SQLite database file: those that it asked for, was given
// or gave back.
#pragma once

namespace splitproof::sim {

struct LockUse {
  bool shared = false;     // SHARED: to look at what is committed.
  bool reserved = false;   // RESERVED: to be the one writer, or to look whether there is one.
  bool exclusive = false;  // PENDING and EXCLUSIVE: to change the file.
};

}  // namespace splitproof::sim
