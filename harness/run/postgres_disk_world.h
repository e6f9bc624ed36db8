// A world of one database on a PostgreSQL server of its own whose data directory lies on a
// simulated disk, so that its power may be cut.
//
// Each run begins with the same image of the disk and a server that starts on it, so that the same
// statements write the same. When an operation is over the server makes a checkpoint, as it does
// once in a while: else nothing but its log would ever be at stake. Who looks at the database in
// between changes what it writes; nobody does.
#pragma once

#include "harness/inject/power_watch.h"
#include "harness/plan/director.h"
#include "harness/run/postgres_world.h"
#include "sim/disk/disk.h"

namespace splitproof::harness {

class PostgresDiskWorld final : public PostgresWorld {
 public:
  // The server runs on the disk; both are borrowed. `settings` are those it was started with.
  static sim::Answer<std::unique_ptr<PostgresDiskWorld>> create(sim::PostgresServer& server,
                                                                sim::Disk& disk,
                                                                const sim::ServerSettings& settings,
                                                                const std::string& database);
  ~PostgresDiskWorld() override;

  sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) override;
  sim::Status reset(const Shift& shift) override;
  // Every table, as it is: what is left of the disk may look like what was there before.
  sim::Answer<State> read() override;
  // A checkpoint.
  void rest() override;
  PostgresDiskWorld* on_mounted_disk() override { return this; }
  bool has_power() const override { return !watch_.is_dark(); }
  std::string why_dark() const override {
    return was_dark_ || watch_.is_dark() ? "the power failed" : "";
  }

  const sim::Persona& persona() const { return disk_.persona(); }
  // See PowerWatch; may be called while the server is at work.
  void on_change(PowerWatch::Look look);
  // What the disk does wrong by itself, as a disk that lies does; borrowed.
  void let_lie(sim::DiskGate& liar);
  // Not while an operation on the disk goes on, but for whoever watches it.
  const sim::DiskState& disk_state() const { return disk_.state(); }

  // From here on what is done to the disk is counted, and the power fails where the plan says so.
  void begin(const Plan& plan);
  // The operations are over: the last point. Nothing is counted from here on.
  void end();
  // Whether nothing may be read, for it would change what is written.
  bool is_counting() const { return counting_; }
  // Shows the director where the power failed.
  void show(Director& director) const;
  // The power comes back: the server starts on what is left, and recovers. Answers what of the plan
  // cannot be; empty where all can.
  std::string turn_on_again();
  // What is wrong with the database since then, in words: the server does not start, or amcheck
  // finds something in the tables under test and their indexes. Empty where it is whole.
  const std::string& damage() const { return damage_; }
  // What a server finds that is started on the image.
  struct Found {
    std::string damage;  // As damage(); then there is no state.
    State state;
  };
  Found find(const sim::DiskImage& image);
  // A server recovers on the image, and its changes of the disk are counted from 1 until it accepts
  // connections; the power fails before the one that is planned, if any. Then what_is_left() of the
  // watch is what there is; else nothing.
  void recover(const sim::DiskImage& image, std::optional<PlannedCut> cut);

 private:
  PostgresDiskWorld(sim::PostgresServer& server, sim::Disk& disk, const std::string& database);
  // Stops the server, puts the content on the disk, and starts it again. Answers why not.
  template <class Content>
  std::string start_on(const Content& content);
  std::string check();
  sim::Status wait_for_idle();
  // Kills the server, and the machine's clients with it, where the power fails.
  void mind_power();

  sim::PostgresServer& server_on_disk_;
  sim::Disk& disk_;
  PowerWatch watch_;
  sim::DiskState image_;
  std::vector<CutPower::Again> again_;  // Of the run that goes on.
  bool counting_ = false;
  bool was_dark_ = false;
  std::string damage_;
};

}  // namespace splitproof::harness
