// A database that an experiment may break and set back: one SQLite database in memory, or one
// database on a PostgreSQL server.
//
// A world knows how its engine really behaves when things go wrong: how an error is raised by the
// server itself, when a cut connection's backend is gone, what a session holds. It judges nothing.
// Not for use by several threads at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/oracle/state.h"
#include "harness/plan/fault.h"
#include "harness/schedule/footprint.h"
#include "sim/base/clock.h"
#include "sim/server/server_settings.h"
#include "sim/sql/client.h"

namespace splitproof::harness {

// What differs between two calibration runs, and nothing between two runs of the sweep.
struct Shift {
  std::chrono::milliseconds clock{0};
  std::int64_t sequences = 0;
  std::uint64_t seed = 1;
};

// What a waiting statement waits for.
struct Wait {
  std::vector<sim::Session*> holders;
};

class PostgresDiskWorld;
class SqliteDiskWorld;

class World {
 public:
  virtual ~World() = default;

  virtual sim::Dialect dialect() const = 0;
  // Sessions without interposer.
  virtual sim::Engine& engine() = 0;
  virtual sim::ManualClock& clock() = 0;

  // Lets `fill` write the initial data, then remembers the content as the image of reset().
  virtual sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) = 0;

  // Back to the image, with clock, sequences and seeds shifted.
  virtual sim::Status reset(const Shift& shift) = 0;

  virtual sim::Answer<Shape> shape() = 0;

  // The committed content, as a fresh observer sees it. An error of kind conflict means that the
  // content cannot be observed at this moment (a lock is held).
  virtual sim::Answer<State> read() = 0;

  // Programs of others work on the database, and must not notice that it is looked at: from here on
  // whatever the world opens for that is closed before it answers.
  virtual void stay_unnoticed() {}

  // Runs a query on the observer's session.
  virtual sim::Answer<sim::Rows> query(const sim::Statement& statement) = 0;

  // How long a client's statement may run before it is ended, which is no fault of the client's;
  // zero: for ever. Called before the first session is lent.
  virtual sim::Status limit_statements(std::chrono::milliseconds limit);
  std::chrono::milliseconds statement_limit() const { return statement_limit_; }

  // A session for a client; the same real session may serve one run after another.
  virtual sim::Answer<std::unique_ptr<sim::Session>> lend() = 0;
  // Takes an idle session back for later use. `untouched` says that it ran nothing that outlives a
  // transaction in a session; otherwise what it may keep (settings, temporary tables) must not
  // reach the next run.
  virtual void take_back(std::unique_ptr<sim::Session> session, bool untouched) = 0;
  // What idle sessions know (the schema, compiled statements) is forgotten, so that the next one
  // that is lent knows nothing.
  virtual void forget_sessions() {}
  // Cuts a session's connection; returns when the database has let go of what it held.
  virtual sim::Status cut(std::unique_ptr<sim::Session> session) = 0;
  // The same for a session that is untouched, of which a world may keep what a client cannot see.
  virtual sim::Status cut_untouched(std::unique_ptr<sim::Session> session) {
    return cut(std::move(session));
  }

  // Makes the engine answer `statement` with the error, leaving the transaction as the real error
  // would; the statement itself is not executed.
  virtual sim::Error raise(sim::Session& session, const sim::Statement& statement,
                           const RaiseError& fault, const TransactionState& transaction) = 0;

  // What an idle-looking session still holds, in words; empty when nothing. A transaction that is
  // found open is rolled back.
  virtual std::vector<std::string> held_by(sim::Session& session) = 0;

  // Sessions at once; refused by worlds of one client. From here on a statement of `session` that
  // meets another's lock on SQLite calls `yield`, on its own thread, and tries again where that
  // answers true; false makes SQLite answer BUSY. On PostgreSQL such a statement waits in the
  // server, and nothing is called.
  // `yield` must not throw; an empty one means that nobody waits any more.
  virtual void wait_by(sim::Session& session, std::function<bool()> yield);
  // Whether the statement that runs on `session`, on another thread, waits for a lock, and for
  // which of `others`; the server's or SQLite's own word. Empty when it does not wait. A wait for
  // nobody of `others` has an empty list.
  virtual sim::Answer<std::optional<Wait>> waits(sim::Session& session,
                                                 const std::vector<sim::Session*>& others);
  // Makes the server give up a statement that waits on another thread; never needed on SQLite.
  virtual sim::Status cancel(sim::Session& session);
  // Called on the session's own thread before a statement during which nobody, or some other
  // session (`others_wait`), waits for a lock: a deadlock's victim is the session that closes the
  // circle.
  virtual sim::Status before_statement(sim::Session& session, bool others_wait);

  // A statement that was answered, and its transaction before and after it.
  struct Answered {
    const sim::Statement& statement;
    const TransactionState& before;
    const TransactionState& after;
    bool ok = true;  // False for an error.
  };
  // What the statement that `session` was just answered touched: asked on the session's own thread,
  // before its next one, after each statement of each of several sessions at once. Everything,
  // where nobody can tell.
  virtual sim::Answer<Footprint> touched(sim::Session& session, const Answered& answered);

  // Observers that keep a snapshot open: a session for reading only, whose statements never wait
  // for a lock. Refused where an open read keeps writers from committing.
  virtual sim::Answer<std::unique_ptr<sim::Session>> open_snapshot();
  // A table, by its name in State, as a session sees it. An error of kind conflict where a lock
  // keeps it from being seen.
  virtual sim::Answer<std::shared_ptr<const Table>> table(sim::Session& session,
                                                          const std::string& name);

  // All tables as a session sees them at this moment; it waits for nothing. An error of kind
  // conflict where a lock keeps them from being seen.
  virtual sim::Answer<State> view(sim::Session& session);
  // A table, by its name in State, as SQL has to name it: quoted, and with its schema if need be.
  virtual std::string in_sql(const std::string& table) const;

  // Whether foreign keys and triggers act on what `session` writes from here on in its transaction;
  // they do until told otherwise. Where the database allows nobody to ask for it, they go on.
  virtual sim::Status obey_rules(sim::Session& session, bool obey);

  // A connection of a program, known by the process that serves it, and `session`, which speaks
  // for it while the program waits: from here on it can be asked about and ended like a lent one.
  // Borrowed until part_from(). Refused where there is no server.
  virtual sim::Status meet(sim::Session& session, std::int64_t backend);
  virtual void part_from(const sim::Session&) {}

  // Ends a session's connection as a server's administrator may; returns when the database has let
  // go of what it held. The session stays, and its next statement finds the connection lost.
  // Refused where there is no server.
  virtual sim::Status terminate(sim::Session& session);
  // Whether terminate() or crash() took the connection of this session, so that nothing but its
  // loss can be met on it.
  virtual bool has_lost(const sim::Session& session) const;
  // Whether crash() is possible: the server is ours and nobody else's.
  virtual bool can_crash() const { return false; }
  // The process of the server that serves the session; 0 where it has none.
  virtual std::int64_t backend_of(const sim::Session&) const { return 0; }
  // Crashes the server and waits for its recovery; `backend` is the process that is killed where
  // one alone is. Sessions that were open find their connections lost; the world's own are opened
  // again.
  virtual sim::Status crash(CrashServer::How how, std::int64_t backend);

  // The settings of the server, where the case has chosen them; else null.
  virtual const sim::ServerSettings* chosen_settings() const { return nullptr; }

  // The world itself, where it is one on a simulated disk; else null.
  virtual SqliteDiskWorld* on_disk() { return nullptr; }
  // The world itself, where it is one on a server whose simulated disk is mounted; else null.
  virtual PostgresDiskWorld* on_mounted_disk() { return nullptr; }
  // An operation of a client is over, and no other goes on: the database may do what it does when
  // it is left alone.
  virtual void rest() {}
  // Whether whoever works with the database lives: no longer where the power has failed, or the
  // process was killed, on a simulated disk.
  virtual bool has_power() const { return true; }
  // Why nobody lives, or last did not: "the power failed"; empty where that was never so.
  virtual std::string why_dark() const { return ""; }

  // Whether the disk below the database can be made full, so that the server itself says so.
  virtual bool can_fill_disk() const { return false; }
  // From here on no table grows, until free_disk() or reset(). Refused where it is not possible.
  virtual sim::Status fill_disk();
  virtual sim::Status free_disk();
  // Lays all tables out as if they were written for the first time, so that whether a statement
  // needs room does not depend on what was run before. Behind reset(), and where the disk can be
  // filled.
  virtual sim::Status lay_out();

  // Where another process finds the database, as the program `aggregator` takes it: "sqlite:PATH"
  // or a connection string. Empty where no other process can reach it.
  virtual std::string address() const { return ""; }

  // "3.40.1", "15.18"
  virtual std::string version() const = 0;

  // Who is told of each different state that is looked at; may be empty.
  void tell_states(std::function<void(const State&)> told) { told_of_states_ = std::move(told); }
  void note_state(const State& state) const {
    if (told_of_states_) told_of_states_(state);
  }

 private:
  std::chrono::milliseconds statement_limit_{0};
  std::function<void(const State&)> told_of_states_;
};

}  // namespace splitproof::harness
