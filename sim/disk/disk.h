// A simulated disk: files in memory that survive a loss of power only as far as they were synced.
//
// Everybody sees the cache. Beside it stands what is durable, and the ordered list of what was done
// since; power_loss.h tells what may be left of the three. Which promises a sync keeps is the
// persona's; what goes wrong on the way is the gate's. There is one directory, and names are
// absolute paths in it. Not for use by several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sim/disk/disk_gate.h"
#include "sim/disk/disk_image.h"
#include "sim/disk/disk_state.h"
#include "sim/disk/persona.h"

namespace splitproof::sim {

// A file that is open. It is dead, and every call with it answers an error, as soon as the power
// was cut or the disk restored.
struct DiskFile {
  std::string name;  // Empty: it never had one, and is gone when it is closed.
  FileRole role = FileRole::database;
  InodeNumber inode = 0;
  std::uint64_t life = 0;  // Of the disk, when it was opened.
};

struct OpenRules {
  bool create = false;
  bool must_be_new = false;
};

class Disk {
 public:
  explicit Disk(Persona persona) : persona_(persona) {}
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  const Persona& persona() const { return persona_; }
  // Asked before each operation; borrowed, or null.
  void set_gate(DiskGate* gate) { gate_ = gate; }
  // Operations since the disk was made or restored.
  std::uint64_t operations() const { return operations_; }

  // All at this moment; for power_loss.h, and to come back to. A process that is killed leaves
  // state().seen(): the cache is the system's.
  const DiskState& state() const { return state_; }
  // The disk is as it was then, or holds the image; the power is on and no file is open. Whoever
  // has files of before open closes them first.
  void restore(DiskState state);
  void restore(const DiskImage& image);
  // From here on each operation answers disk_code::io and changes nothing: what is open can be
  // closed without a trace. What survives is read from state().
  void cut_power();
  // Grows whenever files that are open die.
  std::uint64_t life() const { return life_; }

  // `name`, if not empty, stays absolute. A file without a name is created.
  DiskCode open(std::string_view name, FileRole role, OpenRules rules, DiskFile& file);
  // Nothing is asked and nothing can fail.
  void close(const DiskFile& file);
  // io_short_read where the file ends before; the rest is zeros then.
  DiskCode read(const DiskFile& file, std::span<std::byte> to, std::uint64_t offset);
  DiskCode write(const DiskFile& file, std::span<const std::byte> from, std::uint64_t offset);
  DiskCode truncate(const DiskFile& file, std::uint64_t size);
  DiskCode size(const DiskFile& file, std::uint64_t& answer);
  // `flags` are for the gate only.
  DiskCode sync(const DiskFile& file, int flags);
  DiskCode sync_directory(std::string_view name, FileRole role);
  // io_delete_missing where there is none.
  DiskCode remove(std::string_view name, FileRole role);
  DiskCode rename(std::string_view from, std::string_view to, FileRole role);
  // As SQLite asks: a file of no bytes does not count.
  DiskCode exists(std::string_view name, FileRole role, bool& answer);
  // Whether the name leads to this file.
  bool is_named(const DiskFile& file) const;

  // What is done beside the disk, with a file of it, but may fail like it: locks, shared memory.
  // `act` answers a code.
  template <class Act>
  DiskCode perform(const DiskFile& file, DiskOperation operation, const Act& act) {
    operation.role = file.role;
    operation.name = file.name;
    return perform_on(file.life, operation, [&act](const DiskVerdict&) { return act(); });
  }

 private:
  // Asks the gate, acts unless it is against it, and tells it. `act` is given the verdict: a failed
  // operation acts where a part of it is to be done, or something lost.
  template <class Act>
  DiskCode perform_on(std::uint64_t life, DiskOperation& operation, const Act& act);

  DiskState::File& of(const DiskFile& file) { return state_.files.at(file.inode); }
  void begin_life(DiskState state);
  void note(DiskChange change);
  void write_to(const DiskFile& file, std::span<const std::byte> from, std::uint64_t offset);
  // Of a file, or of the names where `inode` is 0.
  void sync_part(InodeNumber inode, const DiskVerdict& verdict);
  void lose(InodeNumber inode);
  // Does the changes for which `is_meant` answers true, in their order.
  void make_durable(const std::function<bool(const SharedChange&)>& is_meant);
  void keep_promises();
  void apply(const DiskChange& change);
  // Forgets files that no name leads to, nor ever can, and that nobody has open.
  void forget_unreachable();

  Persona persona_;
  DiskState state_;
  DiskGate* gate_ = nullptr;
  std::map<InodeNumber, int> open_;  // How often each file is open.
  std::uint64_t life_ = 1;
  std::uint64_t operations_ = 0;
  bool powered_ = true;
};

template <class Act>
DiskCode Disk::perform_on(std::uint64_t life, DiskOperation& operation, const Act& act) {
  if (!powered_ || life != life_) return disk_code::io;
  operation.number = ++operations_;
  const DiskVerdict verdict = gate_ == nullptr ? DiskVerdict{} : gate_->judge(operation);
  DiskCode code = verdict.code;
  switch (verdict.kind) {
    case DiskVerdict::Kind::pass:
    case DiskVerdict::Kind::postpone:
      code = act(verdict);
      break;
    case DiskVerdict::Kind::pretend:
      code = disk_code::ok;
      break;
    case DiskVerdict::Kind::fail:
      if (verdict.done > 0) act(verdict);
      break;
    case DiskVerdict::Kind::fail_and_lose:
      act(verdict);
      break;
  }
  if (gate_ != nullptr) gate_->done(operation, code);
  return code;
}

}  // namespace splitproof::sim
