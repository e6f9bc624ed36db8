// A world of one database on a PostgreSQL server.
//
// The image of reset() is a copy of every table in a schema of its own. Only tables that changed
// are put back and read: a table is unchanged when the number of its rows and the newest xmin
// among them are what they were, because every insert, update and delete moves one of the two.
#pragma once

#include <map>
#include <set>

#include "harness/run/world.h"

namespace splitproof::harness {

class PostgresWorld final : public World {
 public:
  // Creates `database` on the server that `connection` (a libpq connection string of an existing
  // database) leads to; removed again by the destructor. Needs a superuser: putting tables back
  // must not run their triggers.
  static sim::Answer<std::unique_ptr<PostgresWorld>> create(const std::string& connection,
                                                            const std::string& database);
  ~PostgresWorld() override;
  PostgresWorld(const PostgresWorld&) = delete;
  PostgresWorld& operator=(const PostgresWorld&) = delete;

  sim::Dialect dialect() const override { return sim::Dialect::postgres; }
  sim::Engine& engine() override { return *engine_; }
  sim::ManualClock& clock() override { return clock_; }
  sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) override;
  sim::Status reset(const Shift& shift) override;
  sim::Answer<Shape> shape() override;
  sim::Answer<State> read() override;
  sim::Answer<sim::Rows> query(const sim::Statement& statement) override;
  sim::Answer<std::unique_ptr<sim::Session>> lend() override;
  void take_back(std::unique_ptr<sim::Session> session, bool untouched) override;
  sim::Status cut(std::unique_ptr<sim::Session> session) override;
  sim::Error raise(sim::Session& session, const sim::Statement& statement, const RaiseError& fault,
                   const TransactionState& transaction) override;
  std::vector<std::string> held_by(sim::Session& session) override;
  std::string version() const override { return version_; }

 private:
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

  PostgresWorld(std::string admin, std::string database);
  sim::Status open(const std::string& connection);
  sim::Status list_tables();
  sim::Status list_sequences();
  sim::Status copy_tables();
  sim::Status vacuum(const std::vector<std::string>& tables);
  // The fingerprints as they are; an error when tables came or went.
  sim::Answer<std::vector<std::string>> fingerprints();
  sim::Answer<std::shared_ptr<const Table>> content(const std::string& name);

  std::string admin_;
  std::string database_;
  std::string version_;
  sim::ManualClock clock_;
  std::unique_ptr<sim::Engine> engine_;
  std::unique_ptr<sim::Session> observer_;
  std::vector<std::unique_ptr<sim::Session>> idle_;
  std::map<const sim::Session*, std::int64_t> backends_;
  std::vector<TableCopy> tables_;
  std::vector<Sequence> sequences_;
  std::string fingerprint_query_;
  std::string catalogue_fingerprint_;
  int resets_ = 0;
};

}  // namespace splitproof::harness
