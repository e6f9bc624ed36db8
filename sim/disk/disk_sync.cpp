// How what was done to the disk becomes durable.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "sim/disk/disk.h"

namespace splitproof::sim {

void Disk::settle() {
  keep_promises();
  make_durable([](const SharedChange&) { return true; });
}

void Disk::sync_part(InodeNumber inode, const std::function<bool(const DiskChange&)>& is_its,
                     const DiskVerdict& verdict) {
  if (!persona_.keeps_syncs) return;
  const auto is_meant = [&](const SharedChange& change) {
    return persona_.in_order || is_its(*change);
  };
  if (verdict.kind == DiskVerdict::Kind::postpone) {
    std::ranges::copy_if(state_.unsynced, std::back_inserter(state_.promised), is_meant);
    return;
  }
  keep_promises();
  if (verdict.kind == DiskVerdict::Kind::fail_and_lose) {
    lose(inode);
  } else {
    make_durable(is_meant);
  }
}

void Disk::lose(InodeNumber inode) {
  // Of names the cache would have to be told; no file system forgets those and lives on.
  if (inode == 0) return;
  std::erase_if(state_.unsynced,
                [inode](const SharedChange& change) { return file_of(*change) == inode; });
  DiskState::File& file = state_.files.at(inode);
  file.expected_size = file.durable.size();
}

void Disk::keep_promises() {
  if (state_.promised.empty()) return;
  const std::vector<SharedChange> promised = std::exchange(state_.promised, {});
  make_durable([&promised](const SharedChange& change) {
    return std::ranges::find(promised, change) != promised.end();
  });
}

void Disk::make_durable(const std::function<bool(const SharedChange&)>& is_meant) {
  std::vector<SharedChange> rest;
  bool names_changed = false;
  for (SharedChange& change : state_.unsynced) {
    if (is_meant(change)) {
      apply(*change);
      names_changed = names_changed || file_of(*change) == 0;
    } else {
      rest.push_back(std::move(change));
    }
  }
  state_.unsynced = std::move(rest);
  if (names_changed) forget_unreachable();
}

void Disk::apply(const DiskChange& change) {
  struct Apply {
    DiskState& state;
    std::uint32_t sector_size;
    void operator()(const BytesWritten& one) const {
      FileContent& content = state.files.at(one.inode).durable;
      const std::uint64_t last = (one.offset + one.length - 1) / sector_size;
      for (std::uint64_t sector = one.offset / sector_size; sector <= last; ++sector) {
        write_sector(content, one, sector, sector_size);
      }
    }
    void operator()(const FileResized& one) const {
      state.files.at(one.inode).durable.resize(one.to);
    }
    void operator()(const NameAdded& one) const {
      state.durable_names.insert_or_assign(one.name, one.inode);
    }
    void operator()(const NameRemoved& one) const { state.durable_names.erase(one.name); }
    void operator()(const NameChanged& one) const {
      state.durable_names.erase(one.from);
      state.durable_names.insert_or_assign(one.to, one.inode);
    }
  };
  std::visit(Apply{state_, persona_.sector_size}, change);
}

void Disk::forget_unreachable() {
  std::set<InodeNumber> reachable;
  for (const DiskState::Names* const names : {&state_.names, &state_.durable_names}) {
    for (const auto& [name, inode] : *names) reachable.insert(inode);
  }
  for (const auto& [inode, count] : open_) reachable.insert(inode);
  for (const SharedChange& change : state_.unsynced) {
    if (const auto* const added = std::get_if<NameAdded>(change.get())) {
      reachable.insert(added->inode);
    } else if (const auto* const changed = std::get_if<NameChanged>(change.get())) {
      reachable.insert(changed->inode);
    }
  }
  std::erase_if(state_.files, [&](const auto& file) { return !reachable.contains(file.first); });
  std::erase_if(state_.unsynced, [&](const SharedChange& change) {
    const InodeNumber inode = file_of(*change);
    return inode != 0 && !reachable.contains(inode);
  });
}

}  // namespace splitproof::sim
