// The observers that every clean run gets: one that reads afresh, one whose snapshot is older than
// the run, and one that reads one table at one point and the rest at a later one, in one
// transaction.
//
// The last two need a database where an open read keeps nobody from writing; in SQLite's
// rollback-journal mode it would keep every writer from committing, so there only the first exists.
// Whatever is read is what that very transaction sees, and what it amounts to is asked there too.
#pragma once

#include <map>
#include <utility>

#include "harness/run/experiment.h"

namespace splitproof::harness {

// After which statements the committed content may be another: a COMMIT, and whatever writes
// outside of a transaction.
class CommitWatch {
 public:
  // Statements in the order of the history.
  bool may_have_committed(const Event& event);

 private:
  std::map<std::pair<char, int>, bool> open_;  // By client and connection.
};

class FreshReader final : public Observer {
 public:
  // Looks before the first statement, after each one, or only after those that may have committed
  // something, and at the end. `experiment` is borrowed.
  FreshReader(Experiment& experiment, bool after_each)
      : experiment_(experiment), after_each_(after_each) {}

  void begin(ClientSessions& sessions) override;
  void after(const Event& event, std::size_t events) override;
  void end(std::size_t events) override { look(events); }
  std::vector<Sight> take() override { return std::exchange(sights_, {}); }

 private:
  void look(std::size_t events);

  Experiment& experiment_;
  bool after_each_;
  CommitWatch watch_;
  std::vector<Sight> sights_;
};

// A session of its own with a repeatable read, read only transaction. When another session waits
// for it, it lets go, and has seen nothing.
class SnapshotReader final : public Observer {
 public:
  // Takes its snapshot before the first statement, touching no table, and reads all of them in the
  // end. `experiment` is borrowed. Only where World::open_snapshot() is not refused.
  explicit SnapshotReader(Experiment& experiment);
  ~SnapshotReader() override;
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;

  // From the next run on it reads `table` when so many statements have been written down, and the
  // others when so many have.
  void split(const std::string& table, std::size_t first, std::size_t second);

  void begin(ClientSessions& sessions) override;
  void after(const Event& event, std::size_t events) override;
  void end(std::size_t events) override;
  std::vector<Sight> take() override { return {std::move(sight_)}; }

 private:
  void open(std::size_t events);
  void read_rest(std::size_t events);
  bool read(const std::string& table);
  void let_go();

  Experiment& experiment_;
  std::unique_ptr<sim::Session> session_;
  std::vector<std::string> tables_;
  std::string first_table_;  // Empty where it only takes a snapshot.
  std::size_t first_ = 0;
  std::size_t second_ = 0;
  bool open_ = false;
  bool done_ = false;
  State state_;
  Sight sight_;
};

}  // namespace splitproof::harness
