#include "sim/disk/power_loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "sim/base/rng.h"

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
  for (const auto& [name, inode] : names) {
    Remains& file = files.at(inode);
    file.content.resize(file.size);
    image.files.emplace_hint(image.files.end(), name, file.content);
  }
  return image;
}

std::vector<bool> PowerLoss::bytes_at_risk(const CrashItem& item) const {
  std::vector<bool> risk(persona_.sector_size, !persona_.powersafe_overwrite);
  const std::uint64_t begin = item.sector * persona_.sector_size;
  // The sector is written with all that was written to it since it was last synced.
  for (const CrashItem* one = &item;; one = &items_[*one->before]) {
    const BytesWritten& written = *one->written();
    const std::uint64_t from = std::max(written.offset, begin);
    const std::uint64_t to =
        std::min(written.offset + written.length, begin + persona_.sector_size);
    std::fill(risk.begin() + static_cast<std::ptrdiff_t>(from - begin),
              risk.begin() + static_cast<std::ptrdiff_t>(to - begin), true);
    if (!one->before) break;
  }
  return risk;
}

void PowerLoss::tear(FileContent& content, const CrashItem& item, const TornItem& torn) const {
  const std::size_t length = persona_.sector_size;
  const std::uint64_t begin = item.sector * length;
  const std::uint64_t size = item.written()->file_size;
  std::vector<std::byte> before(length);
  content.read(before, begin);
  write_sector(content, *item.written(), item.sector, persona_.sector_size);
  std::vector<std::byte> after(length);
  content.read(after, begin);
  const std::vector<bool> risk = bytes_at_risk(item);
  Rng garbage(torn.item);
  for (std::size_t i = 0; i < length; ++i) {
    const bool is_front = i < length / 2;
    const auto noise = static_cast<std::byte>(garbage.next());
    if (torn.tear == Tear::front && !is_front) after[i] = before[i];
    if (torn.tear == Tear::back && is_front) after[i] = before[i];
    if (torn.tear == Tear::zero && risk[i]) after[i] = std::byte{0};
    if (torn.tear == Tear::garbage && risk[i]) after[i] = noise;
  }
  content.write(std::span(after).first(std::min<std::uint64_t>(length, size - begin)), begin);
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
