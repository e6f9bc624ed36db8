// The saved bytes of a database file, and how a file is set back to them under sessions that stay
// open. Private to the SQLite adapter.
//
// A session trusts its page cache while the file's change counter is the one it saw last, and its
// knowledge of the schema while the schema cookie is. The image therefore comes back with counters
// that the file never had before, so that no session mistakes it for what it knew.
#pragma once

#include <sqlite3.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/sql/error.h"
#include "sim/sql/sqlite/memory_vfs.h"
#include "sim/sql/sqlite/table_pages.h"

namespace splitproof::sim {

class MemoryImage {
 public:
  // Reads the whole of `file`, which is borrowed from an idle connection. A conflict, if any
  // session holds a lock.
  // `written` notes from here on what must be put back.
  static Answer<MemoryImage> of(sqlite3_file* file, WrittenBlocks& written);

  // Puts back what `written` has noted, and the first page. A conflict, if any session holds a
  // lock.
  Status restore_to(sqlite3_file* file, WrittenBlocks& written);

  // Which of the tables, whose `pages` are those of the image, are certain to hold in `file` what
  // they hold in the image. A conflict while a writer is changing the file.
  Answer<std::set<std::string>> unchanged(sqlite3_file* file, const WrittenBlocks& written,
                                          const TablePages& pages) const;

 private:
  explicit MemoryImage(std::vector<unsigned char> bytes) : bytes_(std::move(bytes)) {}

  // Gives the image counters that come after those of `header`, the file's present first bytes.
  void advance_counters(const unsigned char* header);
  int write_blocks(sqlite3_file* file, const WrittenBlocks& written) const;
  // Whether the page is the image's own, byte for byte, but for the counters of the first one.
  bool holds(sqlite3_file* file, const WrittenBlocks& written, const PagePlace& page) const;

  std::vector<unsigned char> bytes_;
};

}  // namespace splitproof::sim
