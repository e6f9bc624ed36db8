#include "sim/sql/sqlite/memory_image.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sim/sql/sqlite/sqlite_code.h"

namespace splitproof::sim {
namespace {

// Places in the first page, from SQLite's file format; all are 32 bits, big-endian.
constexpr std::size_t header_size = 100;
constexpr std::size_t change_counter_at = 24;
constexpr std::size_t schema_cookie_at = 40;
// Must equal the change counter, or else the file's size in the header is not believed.
constexpr std::size_t version_valid_for_at = 92;

// Counters and the list of free pages: they change with every transaction, whatever it wrote.
constexpr std::array<std::pair<std::size_t, std::size_t>, 2> counters_at{{{24, 40}, {92, 100}}};

std::uint32_t number_at(const unsigned char* bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8U | bytes[at + i];
  return number;
}

void set_number(unsigned char* bytes, std::size_t at, std::uint32_t number) {
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[at + 3 - i] = static_cast<unsigned char>(number >> (8U * i));
  }
}

// Holds a lock on the file as long as it lives, unless a session's own lock forbids it.
class FileUse {
 public:
  FileUse(sqlite3_file* file, int level) : file_(file), code_(file->pMethods->xLock(file, level)) {}
  ~FileUse() { file_->pMethods->xUnlock(file_, SQLITE_LOCK_NONE); }
  FileUse(const FileUse&) = delete;
  FileUse& operator=(const FileUse&) = delete;
  // SQLITE_BUSY, if it is forbidden.
  int code() const { return code_; }

 private:
  sqlite3_file* file_;
  int code_;
};

Error image_error(int code) {
  Error error = sqlite_error(code, nullptr);
  if (code == SQLITE_BUSY) error.message = "a session still has a transaction open";
  return error;
}

}  // namespace

Answer<MemoryImage> MemoryImage::of(sqlite3_file* file, WrittenBlocks& written) {
  const FileUse use(file, SQLITE_LOCK_EXCLUSIVE);
  sqlite3_int64 size = 0;
  int code = use.code();
  if (code == SQLITE_OK) code = file->pMethods->xFileSize(file, &size);
  if (code != SQLITE_OK) return image_error(code);
  std::vector<unsigned char> bytes(static_cast<std::size_t>(size));
  if (bytes.size() < header_size) return image_error(SQLITE_CORRUPT);
  code = file->pMethods->xRead(file, bytes.data(), static_cast<int>(size), 0);
  if (code != SQLITE_OK) return image_error(code);
  written.clear();
  return MemoryImage(std::move(bytes));
}

Status MemoryImage::restore_to(sqlite3_file* file, WrittenBlocks& written) {
  const FileUse use(file, SQLITE_LOCK_EXCLUSIVE);
  std::array<unsigned char, header_size> header{};
  int code = use.code();
  if (code == SQLITE_OK) code = file->pMethods->xRead(file, header.data(), header_size, 0);
  if (code != SQLITE_OK) return image_error(code);
  advance_counters(header.data());
  code = write_blocks(file, written);
  const auto size = static_cast<sqlite3_int64>(bytes_.size());
  if (code == SQLITE_OK) code = file->pMethods->xTruncate(file, size);
  if (code != SQLITE_OK) return image_error(code);
  written.clear();
  return Done{};
}

void MemoryImage::advance_counters(const unsigned char* header) {
  const std::uint32_t counter = number_at(header, change_counter_at) + 1;
  set_number(bytes_.data(), change_counter_at, counter);
  set_number(bytes_.data(), version_valid_for_at, counter);
  // Left alone while the schema is the image's own: a changed cookie makes every session read the
  // schema and compile its statements again.
  const std::uint32_t cookie = number_at(header, schema_cookie_at);
  if (cookie != number_at(bytes_.data(), schema_cookie_at)) {
    set_number(bytes_.data(), schema_cookie_at, cookie + 1);
  }
}

Answer<std::set<std::string>> MemoryImage::unchanged(sqlite3_file* file,
                                                     const WrittenBlocks& written,
                                                     const TablePages& pages) const {
  const FileUse use(file, SQLITE_LOCK_SHARED);
  if (use.code() != SQLITE_OK) return image_error(use.code());
  return pages.tables_of_which_all(
      [&](const PagePlace& page) { return holds(file, written, page); });
}

bool MemoryImage::holds(sqlite3_file* file, const WrittenBlocks& written,
                        const PagePlace& page) const {
  constexpr std::size_t block_size = WrittenBlocks::block_size;
  const std::size_t end = page.offset + page.size;
  if (end > bytes_.size()) return false;
  bool touched = false;
  for (std::size_t block = page.offset / block_size; block * block_size < end; ++block) {
    touched = touched || written.contains(block);
  }
  if (!touched) return true;
  std::vector<unsigned char> found(page.size);
  const int code = file->pMethods->xRead(file, found.data(), static_cast<int>(page.size),
                                         static_cast<sqlite3_int64>(page.offset));
  if (code != SQLITE_OK) return false;  // The file is shorter, so the page is not there.
  if (page.offset == 0) {
    for (const auto& [from, to] : counters_at) {
      std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(from),
                bytes_.begin() + static_cast<std::ptrdiff_t>(to),
                found.begin() + static_cast<std::ptrdiff_t>(from));
    }
  }
  return std::equal(found.begin(), found.end(),
                    bytes_.begin() + static_cast<std::ptrdiff_t>(page.offset));
}

int MemoryImage::write_blocks(sqlite3_file* file, const WrittenBlocks& written) const {
  constexpr std::size_t block_size = WrittenBlocks::block_size;
  for (std::size_t at = 0; at < bytes_.size(); at += block_size) {
    // The first block holds the counters, which are new each time.
    if (at != 0 && !written.contains(at / block_size)) continue;
    const std::size_t length = std::min(block_size, bytes_.size() - at);
    const int code = file->pMethods->xWrite(file, bytes_.data() + at, static_cast<int>(length),
                                            static_cast<sqlite3_int64>(at));
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

}  // namespace splitproof::sim
