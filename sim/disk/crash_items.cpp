#include "sim/disk/crash_items.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace splitproof::sim {
namespace {

bool same_bytes(const FileContent::SharedPage& one, const FileContent::SharedPage& other,
                std::size_t begin, std::size_t length) {
  static const std::array<std::byte, FileContent::page_size> zeros{};
  if (one == other) return true;
  const auto& left = one == nullptr ? zeros : one->bytes;
  const auto& right = other == nullptr ? zeros : other->bytes;
  return std::equal(left.begin() + static_cast<std::ptrdiff_t>(begin),
                    left.begin() + static_cast<std::ptrdiff_t>(begin + length),
                    right.begin() + static_cast<std::ptrdiff_t>(begin));
}

class ItemList {
 public:
  ItemList(const DiskState& state, const Persona& persona) : state_(state), persona_(persona) {}

  std::vector<CrashItem> take() {
    for (const SharedChange& change : state_.unsynced) {
      change_ = &change;
      std::visit([this](const auto& one) { add(one); }, *change);
    }
    return std::move(items_);
  }

 private:
  using Last = std::optional<std::size_t>;

  // `last` is the newest item of the place.
  CrashItem& add_item(Last& last) {
    const std::size_t index = items_.size();
    CrashItem& item = items_.emplace_back();
    item.change = *change_;
    item.before = last;
    if (persona_.in_order) {
      if (index > 0) item.needs = {index - 1};
    } else if (last) {
      item.needs = {*last};
    }
    last = index;
    return item;
  }

  void add(const BytesWritten& written) {
    FileItems& file = of_files_[written.inode];
    file.last_written = items_.size();
    const std::uint64_t last = (written.offset + written.length - 1) / persona_.sector_size;
    for (std::uint64_t sector = written.offset / persona_.sector_size; sector <= last; ++sector) {
      Last& place = file.sectors[sector];
      const bool differs = differs_from_before(written, sector, place);
      CrashItem& item = add_item(place);
      item.sector = sector;
      item.differs = differs;
    }
  }

  void add(const FileResized& resized) {
    FileItems& file = of_files_[resized.inode];
    if (resized.to < resized.from) file.cut_at = std::min(file.cut_at, resized.to);
    const std::size_t index = items_.size();
    CrashItem& item = add_item(file.size);
    // The bytes come first in the list, on such a device, and directly before their size.
    if (persona_.safe_append && file.last_written && resized.to > resized.from) {
      for (std::size_t i = *file.last_written; i < index; ++i) item.needs.push_back(i);
    }
    file.last_written.reset();
  }

  void add(const NameAdded& added) { add_item(of_names_[added.name]); }
  void add(const NameRemoved& removed) { add_item(of_names_[removed.name]); }
  void add(const NameChanged& changed) {
    Last& from = of_names_[changed.from];
    Last& to = of_names_[changed.to];
    CrashItem& item = add_item(to);
    if (from && !persona_.in_order) item.needs.push_back(*from);
    from = to;
  }

  bool differs_from_before(const BytesWritten& written, std::uint64_t sector,
                           const Last& last) const {
    constexpr std::uint64_t page_size = FileContent::page_size;
    const std::uint64_t begin = sector * persona_.sector_size;
    // Where the file was cut in between, it depends on that what was there before.
    if (begin + persona_.sector_size > of_files_.at(written.inode).cut_at) return true;
    const std::uint64_t index = begin / page_size;
    const auto page_of = [index](const BytesWritten& one) {
      return one.pages[index - one.offset / page_size];
    };
    const FileContent::SharedPage before = last
                                               ? page_of(*items_[*last].written())
                                               : state_.files.at(written.inode).durable.page(index);
    return !same_bytes(before, page_of(written), begin % page_size, persona_.sector_size);
  }

  struct FileItems {
    std::map<std::uint64_t, Last> sectors;
    Last size;
    // The first item of the newest write, unless the size has changed since.
    Last last_written;
    // The least size that the file had in between.
    std::uint64_t cut_at = std::numeric_limits<std::uint64_t>::max();
  };

  const DiskState& state_;
  const Persona& persona_;
  std::vector<CrashItem> items_;
  const SharedChange* change_ = nullptr;
  std::map<InodeNumber, FileItems> of_files_;
  std::map<std::string, Last> of_names_;
};

}  // namespace

std::vector<CrashItem> crash_items(const DiskState& state, const Persona& persona) {
  return ItemList(state, persona).take();
}

}  // namespace splitproof::sim
