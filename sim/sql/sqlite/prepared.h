// A prepared SQLite statement and the bounded store of them that a session keeps. Private to the
// SQLite adapter.
//
// Preparing costs far more than running a small statement; the store spares it for texts that come
// again. A text must hold exactly one statement: SQLite would run the first and pass over the rest.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/sql/error.h"
#include "sim/sql/statement.h"

namespace splitproof::sim {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

struct Prepared {
  std::string text;
  StatementHandle handle;
  // For each of SQLite's parameter positions 1, 2, …: which of the caller's values, from 0.
  std::vector<std::size_t> sources;
  // How many values the caller must give: the highest $n in the text.
  std::size_t values_expected = 0;
};

class PreparedStore {
 public:
  // `database` is borrowed and must outlive the store.
  explicit PreparedStore(sqlite3* database) : database_(database) {}

  // The prepared form of `text`; the pointer stays valid until the next call.
  Answer<Prepared*> find(const std::string& text);

 private:
  Answer<Prepared> prepare(const std::string& text) const;
  // Compiles what is written for the text: itself, or one with question marks.
  Answer<Prepared> compile(const std::string& text, std::string_view written) const;

  sqlite3* database_;
  std::list<Prepared> recent_first_;
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_text_;
};

}  // namespace splitproof::sim
