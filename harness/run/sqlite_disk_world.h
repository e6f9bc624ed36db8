// A world of one SQLite database on a simulated disk (sim/disk), which may fail, and whose power
// may be cut.
//
// Everything in it is ours: same plan, same history, byte for byte. What the harness itself reads
// it reads on a copy of the disk, so that the clients do not notice that they are looked at, not
// even in the middle of an operation of the disk. On the copy nobody is at work: whoever opens the
// database there recovers it, and sees what is committed.
#pragma once

#include "harness/inject/disk_watch.h"
#include "harness/run/storage_setting.h"
#include "harness/run/world.h"
#include "sim/disk/disk_database.h"

namespace splitproof::harness {

class SqliteDiskWorld final : public World {
 public:
  explicit SqliteDiskWorld(const StorageSetting& setting);
  // On a disk of another kind than the setting's: one that does not do what it says of itself.
  SqliteDiskWorld(const StorageSetting& setting, const sim::Persona& disk);

  sim::Dialect dialect() const override { return sim::Dialect::sqlite; }
  sim::Engine& engine() override { return database_; }
  sim::ManualClock& clock() override { return clock_; }
  sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) override;
  sim::Status reset(const Shift& shift) override;
  sim::Answer<Shape> shape() override;
  sim::Answer<State> read() override;
  sim::Answer<sim::Rows> query(const sim::Statement& statement) override;
  sim::Answer<std::unique_ptr<sim::Session>> lend() override { return database_.connect(); }
  void take_back(std::unique_ptr<sim::Session>, bool) override {}
  sim::Status cut(std::unique_ptr<sim::Session>) override { return sim::Done{}; }
  sim::Error raise(sim::Session& session, const sim::Statement& statement, const RaiseError& fault,
                   const TransactionState& transaction) override;
  std::vector<std::string> held_by(sim::Session& session) override;
  std::string version() const override;
  SqliteDiskWorld* on_disk() override { return this; }
  bool has_power() const override { return !watch_.is_dark(); }
  std::string why_dark() const override { return watch_.why_dark(); }

  const StorageSetting& setting() const { return setting_; }
  sim::Disk& disk() { return disk_; }
  // The gate of the disk.
  DiskWatch& watch() { return watch_; }

  // The power comes back, and the disk holds what it left after as many further losses of power as
  // the plan says; or, where it was not cut, what is durable. No session may be open. Answers what
  // of the plan cannot be; empty where all can.
  std::string turn_on_again();
  // What a fresh session finds on a disk that holds the image, after it has recovered the database.
  struct Found {
    std::string damage;  // As damage(); then there is no state.
    State state;
  };
  Found find(const sim::DiskImage& image);
  // Whether what is committed can be seen while somebody is at work: only where the disk has a
  // journal by which a copy of what is half written is recovered.
  bool shows_what_is_committed() const;
  // Recovers the database under a gate of the caller's own, and lets it be closed again.
  void recover(sim::DiskGate& gate);
  // Puts an image on the disk, as after a loss of power.
  void put(const sim::DiskImage& image);
  // What is wrong with what is found on the disk as it is, in words: PRAGMA integrity_check, and
  // rows without those they refer to. Empty where it is whole.
  std::string damage();

 private:
  // Moves every AUTOINCREMENT on, durably.
  sim::Status shift_sequences(std::int64_t by);
  // `look` asks a session on the copy.
  template <class Look>
  auto looked_at(const sim::DiskImage& image, Look look)
      -> decltype(look(std::declval<sim::Session&>()));

  StorageSetting setting_;
  sim::ManualClock clock_;
  sim::Disk disk_;
  DiskWatch watch_;
  sim::DiskDatabase database_;
  sim::Disk copy_;
  sim::DiskDatabase copied_;  // The database on the copy.
  sim::DiskState image_;
};

}  // namespace splitproof::harness
