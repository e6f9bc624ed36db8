// The folders of a disk: names that lie in one another.
#include "sim/disk/disk.h"

namespace splitproof::sim {

bool Disk::can_hold(std::string_view name) const {
  const std::string_view folder = folder_of(name);
  if (folder.empty()) return true;
  const auto found = state_.names.find(folder);
  return found != state_.names.end() && state_.files.at(found->second).is_folder;
}

DiskCode Disk::link(std::string_view from, std::string_view to, FileRole role) {
  DiskOperation operation;
  operation.act = DiskAct::link;
  operation.role = role;
  operation.name = from;
  return perform_on(life_, operation, [&](const DiskVerdict&) {
    const auto found = state_.names.find(from);
    if (found == state_.names.end()) return disk_code::io_delete_missing;
    const InodeNumber inode = found->second;
    if (state_.files.at(inode).is_folder || state_.names.contains(to) || !can_hold(to)) {
      return disk_code::cannot_open;
    }
    state_.names.emplace(to, inode);
    note(NameAdded{std::string(to), inode});
    return disk_code::ok;
  });
}

DiskCode Disk::make_folder(std::string_view name) {
  DiskOperation operation;
  operation.act = DiskAct::make_folder;
  operation.name = name;
  return perform_on(life_, operation, [&](const DiskVerdict&) {
    if (state_.names.contains(name) || !can_hold(name)) return disk_code::cannot_open;
    const InodeNumber inode = ++state_.last_inode;
    state_.files[inode].is_folder = true;
    state_.names.emplace(name, inode);
    note(NameAdded{std::string(name), inode});
    return disk_code::ok;
  });
}

DiskCode Disk::remove_folder(std::string_view name) {
  DiskOperation operation;
  operation.act = DiskAct::remove_folder;
  operation.name = name;
  return perform_on(life_, operation, [&](const DiskVerdict&) {
    const auto found = state_.names.find(name);
    if (found == state_.names.end() || !state_.files.at(found->second).is_folder) {
      return disk_code::io_delete_missing;
    }
    if (!names_in(name).empty()) return disk_code::cannot_open;
    state_.names.erase(found);
    note(NameRemoved{std::string(name)});
    forget_unreachable();
    return disk_code::ok;
  });
}

std::optional<Disk::Entry> Disk::find(std::string_view name) const {
  const auto found = state_.names.find(name);
  if (found == state_.names.end()) return std::nullopt;
  const DiskState::File& file = state_.files.at(found->second);
  return Entry{found->second, file.seen.size(), file.is_folder};
}

Disk::Entry Disk::entry_of(const DiskFile& file) const {
  if (file.life != life_) return {};
  return {file.inode, state_.files.at(file.inode).seen.size(), false};
}

std::vector<std::string> Disk::names_in(std::string_view folder) const {
  const std::string begin = std::string(folder) + "/";
  std::vector<std::string> names;
  for (auto at = state_.names.lower_bound(begin);
       at != state_.names.end() && at->first.starts_with(begin); ++at) {
    const std::string_view rest = std::string_view(at->first).substr(begin.size());
    if (rest.find('/') == std::string_view::npos) names.emplace_back(rest);
  }
  return names;
}

}  // namespace splitproof::sim
