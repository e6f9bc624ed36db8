#include "sim/disk/power_loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

namespace splitproof::sim {
namespace {

// A file as the items that survive leave it.
struct Remains {
  FileContent content;
  std::uint64_t size = 0;
};

struct Leave {
  DiskState::Names& names;
  std::map<InodeNumber, Remains>& files;
  const CrashItem& item;
  std::uint32_t sector_size;

  void operator()(const BytesWritten& one) const {
    write_sector(files.at(one.inode).content, one, item.sector, sector_size);
  }
  // The content may reach beyond the size until the end: bytes may be there before their size.
  void operator()(const FileResized& one) const {
    Remains& file = files.at(one.inode);
    file.size = one.to;
    if (one.to < one.from && one.to < file.content.size()) file.content.resize(one.to);
  }
  void operator()(const NameAdded& one) const { names.insert_or_assign(one.name, one.inode); }
  void operator()(const NameRemoved& one) const { names.erase(one.name); }
  void operator()(const NameChanged& one) const {
    names.erase(one.from);
    names.insert_or_assign(one.to, one.inode);
  }
};

using SectorBytes = std::array<std::byte, FileContent::page_size>;

SectorBytes garbage_of(std::size_t item) {
  SectorBytes bytes;
  std::uint64_t number = item;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof number) {
    number = mixed(number, at);
    std::memcpy(bytes.data() + at, &number, sizeof number);
  }
  return bytes;
}

}  // namespace

PowerLoss::PowerLoss(const DiskState& state, const Persona& persona)
    : state_(state), persona_(persona), items_(crash_items(state, persona)) {}

bool PowerLoss::has_needs(const Bits& bits, std::size_t item) const {
  return std::ranges::all_of(items_[item].needs, [&](std::size_t need) { return bits[need]; });
}

PowerLoss::Bits PowerLoss::closed(Bits bits) const {
  for (std::size_t i = items_.size(); i-- > 0;) {
    if (!bits[i]) continue;
    for (const std::size_t need : items_[i].needs) bits[need] = true;
  }
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (!items_[i].differs && has_needs(bits, i)) bits[i] = true;
  }
  return bits;
}

PowerLoss::Bits PowerLoss::reduced(Bits bits) const {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (bits[i] && !has_needs(bits, i)) bits[i] = false;
  }
  return bits;
}

bool PowerLoss::can_be(const Survivors& survivors) const {
  if (survivors.keep.size() != items_.size()) return false;
  if (reduced(survivors.keep) != survivors.keep) return false;
  if (!survivors.torn) return true;
  const std::size_t torn = survivors.torn->item;
  if (persona_.atomic_sectors || items_[torn].written() == nullptr) return false;
  // What needs the torn item came after all of it was written.
  Bits without = survivors.keep;
  without[torn] = false;
  const Bits rest = reduced(without);
  return rest == without;
}

DiskImage PowerLoss::image(const Survivors& survivors) const {
  DiskState::Names names = state_.durable_names;
  std::map<InodeNumber, Remains> files;
  for (const auto& [inode, file] : state_.files) {
    files.emplace_hint(files.end(), inode, Remains{file.durable, file.durable.size()});
  }
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (!survivors.keep[i]) continue;
    const CrashItem& item = items_[i];
    if (survivors.torn && survivors.torn->item == i) {
      tear(files.at(item.written()->inode).content, item, *survivors.torn);
    } else {
      std::visit(Leave{names, files, item, persona_.sector_size}, *item.change);
    }
  }
  DiskImage image;
  // Paths come behind those of the folders that they lie in.
  for (const auto& [name, inode] : names) {
    const std::string_view folder = folder_of(name);
    // Nothing leads to what lies in a folder that was lost.
    if (!folder.empty() && !image.folders.contains(folder)) continue;
    if (state_.files.at(inode).is_folder) {
      image.folders.insert(name);
      continue;
    }
    Remains& file = files.at(inode);
    file.content.resize(file.size);
    image.files.emplace_hint(image.files.end(), name, file.content);
  }
  return image;
}

std::vector<PowerLoss::Range> PowerLoss::ranges_at_risk(const CrashItem& item) const {
  if (!persona_.powersafe_overwrite) return {{0, persona_.sector_size}};
  std::vector<Range> ranges;
  const std::uint64_t begin = item.sector * persona_.sector_size;
  // The sector is written with all that was written to it since it was last synced.
  for (const CrashItem* one = &item;; one = &items_[*one->before]) {
    const BytesWritten& written = *one->written();
    const std::uint64_t from = std::max(written.offset, begin);
    const std::uint64_t to =
        std::min(written.offset + written.length, begin + persona_.sector_size);
    ranges.push_back(
        {static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - begin)});
    if (!one->before) return ranges;
  }
}

void PowerLoss::tear(FileContent& content, const CrashItem& item, const TornItem& torn) const {
  const std::size_t length = persona_.sector_size;
  const std::uint64_t begin = item.sector * length;
  SectorBytes before{};
  SectorBytes after{};
  content.read(std::span(before).first(length), begin);
  write_sector(content, *item.written(), item.sector, persona_.sector_size);
  content.read(std::span(after).first(length), begin);
  const auto middle = static_cast<std::ptrdiff_t>(length / 2);
  switch (torn.tear) {
    case Tear::front:
      std::copy(before.begin() + middle, before.end(), after.begin() + middle);
      break;
    case Tear::back:
      std::copy(before.begin(), before.begin() + middle, after.begin());
      break;
    case Tear::zero:
    case Tear::garbage: {
      const SectorBytes noise = torn.tear == Tear::zero ? SectorBytes{} : garbage_of(torn.item);
      for (const Range& range : ranges_at_risk(item)) {
        std::copy(noise.begin() + static_cast<std::ptrdiff_t>(range.from),
                  noise.begin() + static_cast<std::ptrdiff_t>(range.to),
                  after.begin() + static_cast<std::ptrdiff_t>(range.from));
      }
      break;
    }
  }
  const std::uint64_t there = item.written()->file_size - begin;
  content.write(std::span(after).first(std::min<std::uint64_t>(length, there)), begin);
}

std::string PowerLoss::name_of(InodeNumber inode) const {
  for (const DiskState::Names* const names : {&state_.names, &state_.durable_names}) {
    for (const auto& [name, found] : *names) {
      if (found == inode) return name;
    }
  }
  for (const SharedChange& change : state_.unsynced) {
    const auto* const added = std::get_if<NameAdded>(change.get());
    if (added != nullptr && added->inode == inode) return added->name;
  }
  return fmt::format("file {}", inode);
}

std::string PowerLoss::describe(std::size_t item) const {
  struct Words {
    const PowerLoss& loss;
    const CrashItem& item;
    std::string operator()(const BytesWritten& one) const {
      return fmt::format("sector {} of {}", item.sector, loss.name_of(one.inode));
    }
    std::string operator()(const FileResized& one) const {
      return fmt::format("size {} of {}, before {}", one.to, loss.name_of(one.inode), one.from);
    }
    std::string operator()(const NameAdded& one) const { return "creation of " + one.name; }
    std::string operator()(const NameRemoved& one) const { return "removal of " + one.name; }
    std::string operator()(const NameChanged& one) const {
      return fmt::format("renaming of {} to {}", one.from, one.to);
    }
  };
  return std::visit(Words{*this, items_[item]}, *items_[item].change);
}

}  // namespace splitproof::sim
