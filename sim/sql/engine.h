// A database that sessions can be opened on, and what differs between the two engines.
#pragma once

#include <memory>
#include <string_view>

#include "sim/sql/session.h"

namespace splitproof::sim {

enum class Dialect { sqlite, postgres };

constexpr std::string_view to_string(Dialect dialect) {
  return dialect == Dialect::sqlite ? "sqlite" : "postgres";
}

// SQLite is always serializable; the level there says how the transaction begins: deferred for
// read_committed and repeatable_read (locks are taken when needed and may answer BUSY in the
// middle), immediate for serializable (the write lock is taken at BEGIN).
enum class Isolation { read_committed, repeatable_read, serializable };

enum class Access { read_write, read_only };

// The BEGIN that opens a transaction of this kind. A read-only transaction is deferred on SQLite.
Statement begin_statement(Dialect dialect, Isolation isolation, Access access);

class Engine {
 public:
  virtual ~Engine() = default;
  virtual Dialect dialect() const = 0;
  virtual Answer<std::unique_ptr<Session>> connect() = 0;
};

}  // namespace splitproof::sim
