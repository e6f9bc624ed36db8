// What was done to a disk and is not yet certain to be on it.
//
// A change of bytes keeps the pages of the file as they were right after it: when a disk writes a
// sector, it writes what the cache holds of it, with whatever was written to it before. Pages are
// shared with the file, so a change costs no copy of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/disk/file_content.h"

namespace splitproof::sim {

// A file on the disk, whatever its name; never given twice.
using InodeNumber = std::uint32_t;

struct BytesWritten {
  InodeNumber inode = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  // Of the file, as the disk will have it after this change.
  std::uint64_t file_size = 0;
  // From the one on that holds `offset`.
  std::vector<FileContent::SharedPage> pages;
};

// The file became shorter or longer; what is new of it reads as zeros until it is written.
struct FileResized {
  InodeNumber inode = 0;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

struct NameAdded {
  std::string name;
  InodeNumber inode = 0;
};

struct NameRemoved {
  std::string name;
};

// What had the name `to` before has it no more.
struct NameChanged {
  std::string from;
  std::string to;
  InodeNumber inode = 0;
};

using DiskChange = std::variant<BytesWritten, FileResized, NameAdded, NameRemoved, NameChanged>;
using SharedChange = std::shared_ptr<const DiskChange>;

// The folder in which an absolute path lies: "/base" of "/base/1"; empty of "/db", which lies in
// the folder that has no name.
std::string_view folder_of(std::string_view name);

// The file whose bytes or size are changed; 0, which is no file, of a change of names.
InodeNumber file_of(const DiskChange& change);

// Puts what the cache held of one sector into `content`, which grows where it has to.
void write_sector(FileContent& content, const BytesWritten& written, std::uint64_t sector,
                  std::uint32_t sector_size);

}  // namespace splitproof::sim
