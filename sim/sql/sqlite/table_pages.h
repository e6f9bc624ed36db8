// Which pages of a database file hold which table, so that tables that nobody touched need not be
// read again. Private to the SQLite adapter.
//
// What a table holds is a function of the schema and of the pages that its tree reaches from its
// root, overflow pages included. If none of these changed, neither did the table: each page leads
// to the same next ones. The reverse does not hold: a table that was moved within the file is taken
// for a changed one.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/sql/session.h"

namespace splitproof::sim {

// In bytes, in the database file.
struct PagePlace {
  std::size_t offset = 0;
  std::size_t size = 0;
};

class TablePages {
 public:
  // Of the committed database as the session sees it; none where this build of SQLite lacks the
  // table "dbstat".
  static std::optional<TablePages> of(Session& session);

  // The tables of which all pages, and all pages of the schema, are `the_same`.
  std::set<std::string> tables_of_which_all(
      const std::function<bool(const PagePlace&)>& the_same) const;

 private:
  std::vector<PagePlace> schema_;
  std::map<std::string, std::vector<PagePlace>> tables_;  // Indexes too; nobody asks for those.
};

}  // namespace splitproof::sim
