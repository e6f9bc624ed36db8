// A simulated disk: files in memory that survive a loss of power only as far as they were synced.
//
// Everybody sees the cache. Beside it stands what is durable, and the ordered list of what was done
// since; power_loss.h tells what may be left of the three. Which promises a sync keeps is the
// persona's; what goes wrong on the way is the gate's. Names are absolute paths. There are folders
// for whoever makes some, and each has its own names: a sync of one leaves those of the others. A
// folder keeps the name that it was made with. Not for use by several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  // Of the folder that `name` lies in: which names are in it. What was renamed from one folder to
  // another is there with a sync of either.
  DiskCode sync_directory(std::string_view name, FileRole role);
  // io_delete_missing where there is none.
  DiskCode remove(std::string_view name, FileRole role);
  // Of a file; cannot_open where `from` is a folder, or `to` lies in none.
  DiskCode rename(std::string_view from, std::string_view to, FileRole role);
  // A second name; cannot_open where `to` is there, or is to lie in no folder.
  DiskCode link(std::string_view from, std::string_view to, FileRole role);
  // cannot_open where the name is there, or is to lie in no folder.
  DiskCode make_folder(std::string_view name);
  // io_delete_missing where there is none; cannot_open where something lies in it.
  DiskCode remove_folder(std::string_view name);
  // As SQLite asks: a file of no bytes does not count.
  DiskCode exists(std::string_view name, FileRole role, bool& answer);
  // All that was done becomes durable, as on a disk that is left alone for long. Asks nobody.
  void settle();

  // What a name leads to, and what lies in a folder; nobody is asked, and nothing can fail.
  struct Entry {
    InodeNumber inode = 0;
    std::uint64_t size = 0;
    bool is_folder = false;
  };
  std::optional<Entry> find(std::string_view name) const;
  Entry entry_of(const DiskFile& file) const;
  // The names in the folder, without its path; "" is the folder that has no name.
  std::vector<std::string> names_in(std::string_view folder) const;

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
  // A sync of `inode`, 0 being names: of the unsynced changes, those for which `is_its`.
  void sync_part(InodeNumber inode, const std::function<bool(const DiskChange&)>& is_its,
                 const DiskVerdict& verdict);
  bool can_hold(std::string_view name) const;
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
