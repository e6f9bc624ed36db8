// What steps touch on PostgreSQL, from what the server says of each: the locks that the transaction
// holds on tables after a statement, which it keeps to its end. What its earlier statements touched
// is thereby said of each later one too; that costs runs and hides nothing.
//
// The places: `data` of a table, its committed rows; `rows` of a table, the locks on them;
// `commits`, which whoever takes the snapshot of a whole transaction looks at; `ssi`, what the
// server keeps of all serializable transactions, which makes their reads, writes and ends depend on
// each other whatever they touch; a sequence. Everything else (a schema change, an advisory lock, a
// catalogue read, an error, a statement outside of a transaction, whose locks are gone when it is
// answered) has touched everything.
#pragma once

#include <functional>
#include <map>

#include "harness/run/world.h"

namespace splitproof::harness {

class PostgresFootprints {
 public:
  // Asks the world's own session.
  using Query = std::function<sim::Answer<sim::Rows>(const sim::Statement&)>;
  explicit PostgresFootprints(Query query) : query_(std::move(query)) {}

  // As World::touched(); `backend` is the session's process.
  sim::Answer<Footprint> touched(sim::Session& session, std::int64_t backend,
                                 const World::Answered& answered);
  // The session's connection ends; it is nobody's any more.
  void forget(const sim::Session& session) { open_.erase(&session); }
  // The tables may be others than before.
  void forget_tables() { end_looks_.reset(); }

 private:
  // What is known of an open transaction.
  struct Open {
    bool serializable = false;
    bool keeps_snapshot = false;  // One for the whole transaction, from its first query on.
    bool has_snapshot = false;
    bool has_written = false;
    Footprint tables;  // As of the last statement: data that is read, rows that are locked.
    Footprint end;     // What COMMIT or ROLLBACK touches beside.
  };

  sim::Answer<Footprint> of_end(Open& open, const World::Answered& answered);
  sim::Answer<Footprint> of_query(Open& open, std::int64_t backend);
  sim::Status learn_level(Open& open, sim::Session& session);
  sim::Status learn_locks(Open& open, std::int64_t backend);
  // Whether a COMMIT may look at tables: there are deferrable constraints.
  sim::Answer<bool> end_looks();

  Query query_;
  std::map<const sim::Session*, Open> open_;
  std::optional<bool> end_looks_;
};

}  // namespace splitproof::harness
