#include "sim/disk/disk_change.h"

#include <algorithm>

namespace splitproof::sim {

std::string_view folder_of(std::string_view name) { return name.substr(0, name.rfind('/')); }

InodeNumber file_of(const DiskChange& change) {
  if (const auto* const written = std::get_if<BytesWritten>(&change)) return written->inode;
  if (const auto* const resized = std::get_if<FileResized>(&change)) return resized->inode;
  return 0;
}

void write_sector(FileContent& content, const BytesWritten& written, std::uint64_t sector,
                  std::uint32_t sector_size) {
  constexpr std::uint64_t page_size = FileContent::page_size;
  const std::uint64_t begin = sector * sector_size;
  const std::uint64_t end = std::min(begin + sector_size, written.file_size);
  if (begin >= end) return;
  const std::uint64_t index = begin / page_size;
  const FileContent::SharedPage& page = written.pages[index - written.offset / page_size];
  if (sector_size == page_size) {
    if (content.size() < end) content.resize(end);
    content.set_page(index, page);
    return;
  }
  content.write(std::span(page->bytes).subspan(begin % page_size, end - begin), begin);
}

}  // namespace splitproof::sim
