#include "sim/disk/disk.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace splitproof::sim {
namespace {

DiskOperation operation_on(DiskAct act, const DiskFile& file) {
  DiskOperation operation;
  operation.act = act;
  operation.role = file.role;
  operation.name = file.name;
  return operation;
}

DiskOperation operation_on(DiskAct act, std::string_view name, FileRole role) {
  DiskOperation operation;
  operation.act = act;
  operation.role = role;
  operation.name = name;
  return operation;
}

// Whether the change is of names in this folder.
bool is_in_folder(const DiskChange& change, std::string_view folder) {
  if (const auto* const added = std::get_if<NameAdded>(&change)) {
    return folder_of(added->name) == folder;
  }
  if (const auto* const removed = std::get_if<NameRemoved>(&change)) {
    return folder_of(removed->name) == folder;
  }
  const auto* const changed = std::get_if<NameChanged>(&change);
  return changed != nullptr &&
         (folder_of(changed->from) == folder || folder_of(changed->to) == folder);
}

// How much of `length` bytes is done under this verdict.
std::size_t part_of(std::size_t length, const DiskVerdict& verdict) {
  if (verdict.kind != DiskVerdict::Kind::fail) return length;
  return static_cast<std::size_t>(std::min<std::uint64_t>(length, verdict.done));
}

}  // namespace

void Disk::restore(DiskState state) {
  begin_life(std::move(state));
  forget_unreachable();
}

void Disk::restore(const DiskImage& image) { begin_life(DiskState(image)); }

void Disk::begin_life(DiskState state) {
  state_ = std::move(state);
  open_.clear();
  operations_ = 0;
  powered_ = true;
  ++life_;
}

void Disk::cut_power() {
  powered_ = false;
  ++life_;
}

DiskCode Disk::open(std::string_view name, FileRole role, OpenRules rules, DiskFile& file) {
  DiskOperation operation = operation_on(DiskAct::open, name, role);
  return perform_on(life_, operation, [&](const DiskVerdict&) {
    const auto found = name.empty() ? state_.names.end() : state_.names.find(name);
    const bool there = found != state_.names.end();
    if (there ? rules.must_be_new : !rules.create) return disk_code::cannot_open;
    if (there ? state_.files.at(found->second).is_folder : !can_hold(name)) {
      return disk_code::cannot_open;
    }
    const InodeNumber inode = there ? found->second : ++state_.last_inode;
    if (!there) {
      state_.files[inode].nameless = name.empty();
      if (!name.empty()) {
        state_.names.emplace(name, inode);
        note(NameAdded{std::string(name), inode});
      }
    }
    ++open_[inode];
    file = DiskFile{std::string(name), role, inode, life_};
    return disk_code::ok;
  });
}

void Disk::close(const DiskFile& file) {
  if (file.life != life_) return;
  const auto found = open_.find(file.inode);
  if (--found->second > 0) return;
  open_.erase(found);
  if (!is_named(file)) forget_unreachable();
}

DiskCode Disk::read(const DiskFile& file, std::span<std::byte> to, std::uint64_t offset) {
  DiskOperation operation = operation_on(DiskAct::read, file);
  operation.offset = offset;
  operation.length = to.size();
  bool was_read = false;
  const DiskCode code = perform_on(file.life, operation, [&](const DiskVerdict& verdict) {
    const std::size_t part = part_of(to.size(), verdict);
    was_read = true;
    const std::size_t found = of(file).seen.read(to.first(part), offset);
    std::memset(to.data() + part, 0, to.size() - part);
    return found == to.size() ? disk_code::ok : disk_code::io_short_read;
  });
  if (!was_read) std::memset(to.data(), 0, to.size());
  return code;
}

DiskCode Disk::write(const DiskFile& file, std::span<const std::byte> from, std::uint64_t offset) {
  DiskOperation operation = operation_on(DiskAct::write, file);
  operation.offset = offset;
  operation.length = from.size();
  return perform_on(file.life, operation, [&](const DiskVerdict& verdict) {
    write_to(file, from.first(part_of(from.size(), verdict)), offset);
    return disk_code::ok;
  });
}

void Disk::write_to(const DiskFile& open_file, std::span<const std::byte> from,
                    std::uint64_t offset) {
  constexpr std::uint64_t page_size = FileContent::page_size;
  DiskState::File& file = of(open_file);
  file.seen.write(from, offset);
  if (file.nameless || from.empty()) return;
  const std::uint64_t end = offset + from.size();
  const FileResized growth{open_file.inode, file.expected_size, end};
  const bool grows = end > file.expected_size;
  file.expected_size = std::max(end, file.expected_size);
  BytesWritten written{open_file.inode, offset, from.size(), file.expected_size, {}};
  written.pages.reserve((end - 1) / page_size - offset / page_size + 1);
  for (std::uint64_t index = offset / page_size; index * page_size < end; ++index) {
    written.pages.push_back(file.seen.page(index));
  }
  if (grows && !persona_.safe_append) note(growth);
  note(std::move(written));
  if (grows && persona_.safe_append) note(growth);
}

DiskCode Disk::truncate(const DiskFile& file, std::uint64_t size) {
  DiskOperation operation = operation_on(DiskAct::truncate, file);
  operation.offset = size;
  return perform_on(file.life, operation, [&](const DiskVerdict&) {
    DiskState::File& changed = of(file);
    changed.seen.resize(size);
    if (!changed.nameless && size != changed.expected_size) {
      note(FileResized{file.inode, std::exchange(changed.expected_size, size), size});
    }
    return disk_code::ok;
  });
}

DiskCode Disk::size(const DiskFile& file, std::uint64_t& answer) {
  DiskOperation operation = operation_on(DiskAct::size, file);
  answer = 0;
  return perform_on(file.life, operation, [&](const DiskVerdict&) {
    answer = of(file).seen.size();
    return disk_code::ok;
  });
}

DiskCode Disk::sync(const DiskFile& file, int flags) {
  DiskOperation operation = operation_on(DiskAct::sync, file);
  operation.flags = flags;
  return perform_on(file.life, operation, [&](const DiskVerdict& verdict) {
    sync_part(
        file.inode, [&file](const DiskChange& change) { return file_of(change) == file.inode; },
        verdict);
    return disk_code::ok;
  });
}

DiskCode Disk::sync_directory(std::string_view name, FileRole role) {
  DiskOperation operation = operation_on(DiskAct::sync_directory, name, role);
  return perform_on(life_, operation, [&](const DiskVerdict& verdict) {
    sync_part(
        0, [&](const DiskChange& change) { return is_in_folder(change, folder_of(name)); },
        verdict);
    return disk_code::ok;
  });
}

DiskCode Disk::remove(std::string_view name, FileRole role) {
  DiskOperation operation = operation_on(DiskAct::remove, name, role);
  return perform_on(life_, operation, [&](const DiskVerdict&) {
    const auto found = state_.names.find(name);
    if (found == state_.names.end()) return disk_code::io_delete_missing;
    if (state_.files.at(found->second).is_folder) return disk_code::cannot_open;
    state_.names.erase(found);
    note(NameRemoved{std::string(name)});
    return disk_code::ok;
  });
}

DiskCode Disk::rename(std::string_view from, std::string_view to, FileRole role) {
  DiskOperation operation = operation_on(DiskAct::rename, from, role);
  return perform_on(life_, operation, [&](const DiskVerdict&) {
    const auto found = state_.names.find(from);
    if (found == state_.names.end()) return disk_code::io_delete_missing;
    const InodeNumber inode = found->second;
    const auto target = state_.names.find(to);
    const bool onto_folder =
        target != state_.names.end() && state_.files.at(target->second).is_folder;
    if (state_.files.at(inode).is_folder || onto_folder || !can_hold(to)) {
      return disk_code::cannot_open;
    }
    // Two names of one file stay as they are.
    if (target != state_.names.end() && target->second == inode) return disk_code::ok;
    state_.names.erase(found);
    state_.names.insert_or_assign(std::string(to), inode);
    note(NameChanged{std::string(from), std::string(to), inode});
    return disk_code::ok;
  });
}

DiskCode Disk::exists(std::string_view name, FileRole role, bool& answer) {
  DiskOperation operation = operation_on(DiskAct::access, name, role);
  answer = false;
  return perform_on(life_, operation, [&](const DiskVerdict&) {
    const auto found = state_.names.find(name);
    answer = found != state_.names.end() && state_.files.at(found->second).seen.size() > 0;
    return disk_code::ok;
  });
}

bool Disk::is_named(const DiskFile& file) const {
  const auto found = state_.names.find(file.name);
  return found != state_.names.end() && found->second == file.inode;
}

void Disk::note(DiskChange change) {
  state_.unsynced.push_back(std::make_shared<const DiskChange>(std::move(change)));
}

}  // namespace splitproof::sim
