// A world of one database on a PostgreSQL server.
//
// The image of reset() is a copy of every table in a schema of its own. Only tables that changed
// are put back and read: a table is unchanged when the number of its rows and the newest xmin
// among them are what they were, because every insert, update and delete moves one of the two.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string_view>

#include "harness/run/postgres_footprints.h"
#include "harness/run/world.h"
#include "sim/server/postgres_server.h"

namespace splitproof::harness {

// Makes the server raise the planned error in place of `statement`, as World::raise() does.
sim::Error raise_on_postgres(sim::Session& session, const sim::Statement& statement,
                             const RaiseError& fault);

// Where the clock of every run begins; any fixed instant would do.
inline constexpr sim::Instant postgres_start_of_time{
    std::chrono::sys_days{std::chrono::year{2025} / std::chrono::October / 1}};

// FROM and WHERE of a query on the catalogue for the tables under test: pg_class c, pg_namespace n.
inline constexpr std::string_view postgres_user_tables =
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
    "AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', "
    "'splitproof_image') AND n.nspname NOT LIKE 'pg\\_%'";

class PostgresWorld : public World {
 public:
  // Creates `database` on the server that `connection` (a libpq connection string of an existing
  // database) leads to, in `tablespace`, if any; removed again by the destructor. Needs a
  // superuser: putting tables back must not run their triggers.
  static sim::Answer<std::unique_ptr<PostgresWorld>> create(const std::string& connection,
                                                            const std::string& database,
                                                            const std::string& tablespace = "");
  ~PostgresWorld() override;
  // Tells the world that the server is ours: it may crash it, with everything else on it. Borrowed.
  sim::Status may_crash(sim::PostgresServer& server);
  // Tells the world that the case has chosen these settings of the server.
  void choose(const sim::ServerSettings& settings) { chosen_ = settings; }
  PostgresWorld(const PostgresWorld&) = delete;
  PostgresWorld& operator=(const PostgresWorld&) = delete;

  sim::Dialect dialect() const override { return sim::Dialect::postgres; }
  sim::Engine& engine() override { return *engine_; }
  sim::ManualClock& clock() override { return clock_; }
  sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) override;
  sim::Status reset(const Shift& shift) override;
  sim::Status limit_statements(std::chrono::milliseconds limit) override;
  sim::Answer<Shape> shape() override;
  sim::Answer<State> read() override;
  sim::Answer<sim::Rows> query(const sim::Statement& statement) override;
  sim::Answer<std::unique_ptr<sim::Session>> lend() override;
  void take_back(std::unique_ptr<sim::Session> session, bool untouched) override;
  sim::Status cut(std::unique_ptr<sim::Session> session) override;
  sim::Error raise(sim::Session& session, const sim::Statement& statement, const RaiseError& fault,
                   const TransactionState& transaction) override;
  std::vector<std::string> held_by(sim::Session& session) override;
  void wait_by(sim::Session&, std::function<bool()>) override {}
  sim::Answer<std::optional<Wait>> waits(sim::Session& session,
                                         const std::vector<sim::Session*>& others) override;
  sim::Status cancel(sim::Session& session) override;
  sim::Status before_statement(sim::Session& session, bool others_wait) override;
  sim::Answer<Footprint> touched(sim::Session& session, const Answered& answered) override;
  sim::Answer<std::unique_ptr<sim::Session>> open_snapshot() override;
  sim::Answer<std::shared_ptr<const Table>> table(sim::Session& session,
                                                  const std::string& name) override;
  sim::Answer<State> view(sim::Session& session) override;
  std::string in_sql(const std::string& table) const override;
  sim::Status obey_rules(sim::Session& session, bool obey) override;
  sim::Status meet(sim::Session& session, std::int64_t backend) override;
  void part_from(const sim::Session& session) override;
  sim::Status terminate(sim::Session& session) override;
  bool has_lost(const sim::Session& session) const override {
    return !backends_.contains(&session);
  }
  bool can_crash() const override { return server_ != nullptr; }
  const sim::ServerSettings* chosen_settings() const override {
    return chosen_ ? &*chosen_ : nullptr;
  }
  std::int64_t backend_of(const sim::Session& session) const override;
  sim::Status crash(CrashServer::How how, std::int64_t backend) override;
  bool can_fill_disk() const override { return server_ != nullptr && has_small_disk_; }
  sim::Status fill_disk() override;
  sim::Status free_disk() override;
  sim::Status lay_out() override;
  std::string address() const override;
  std::string version() const override { return version_; }

 protected:
  PostgresWorld(std::string admin, std::string database);
  sim::Status open(const std::string& connection, const std::string& tablespace);
  sim::Status open_observer();
  // All are closed, and what is known of them is forgotten.
  void drop_sessions();
  // The database goes with its server, and is not dropped.
  void leave_database() { drops_database_ = false; }
  void set_clock(const Shift& shift);
  // Every table, whatever is known of it.
  sim::Answer<State> read_all();

 private:
  // Who ends a statement that takes too long asks on another thread than who asks for waits.
  std::mutex asking_;
  struct Sequence {
    std::string name;  // As an SQL literal: quoted, with its schema, and quoted again.
    std::int64_t value = 0;
    bool called = false;
  };
  struct TableCopy {
    std::string key;      // As in State: "accounts", or "other.accounts" outside of public.
    std::string name;     // Quoted, with its schema.
    std::string image;    // Quoted name of the copy.
    std::string columns;  // Quoted, with commas; without those that the server computes.
    std::string fingerprint;
    std::shared_ptr<const Table> content;
  };

  // Returns when the server has recovered.
  sim::Result<sim::Done, sim::ServerError> crash_server(CrashServer::How how, std::int64_t backend);
  // Returns when the backend has gone, and with it its transaction and its locks.
  sim::Status wait_for_end_of(std::int64_t backend);
  sim::Status list_tables();
  sim::Status list_sequences();
  sim::Status copy_tables();
  sim::Status vacuum();
  std::string fingerprint_function() const;
  std::string restore_function() const;
  void remember(const std::vector<std::string>& fingerprints);
  // The fingerprints that the server answered: of the catalogue, then of each table; an error when
  // tables came or went.
  sim::Answer<std::vector<std::string>> checked(const sim::Answer<sim::Rows>& answer) const;
  // The fingerprints as they are; an error when tables came or went.
  // `before` is put before the query: statements that set a limit for it alone.
  sim::Answer<std::vector<std::string>> fingerprints(const std::string& before = "");
  sim::Answer<std::shared_ptr<const Table>> content(const std::string& name,
                                                    const std::string& before = "");
  // A lock kept a reader out: that is a conflict, and no failure of the reader's.
  static sim::Error not_observable(sim::Error error);

  std::string admin_;
  std::string database_;
  sim::PostgresServer* server_ = nullptr;  // Where it may be crashed.
  std::optional<sim::ServerSettings> chosen_;
  bool has_small_disk_ = false;  // The database lies where the disk can be filled.
  bool is_full_ = false;
  bool drops_database_ = true;
  std::string version_;
  sim::ManualClock clock_;
  std::unique_ptr<sim::Engine> engine_;
  std::unique_ptr<sim::Session> observer_;
  std::vector<std::unique_ptr<sim::Session>> idle_;
  std::map<const sim::Session*, std::int64_t> backends_;
  // Sessions whose deadlock_timeout may differ from the usual one.
  std::set<const sim::Session*> hasty_;
  PostgresFootprints footprints_;
  std::vector<TableCopy> tables_;
  std::vector<Sequence> sequences_;
  std::string catalogue_fingerprint_;
  int resets_ = 0;
};

}  // namespace splitproof::harness
