#include "sim/sql/sqlite/table_pages.h"

#include <algorithm>
#include <cstdint>
#include <variant>

namespace splitproof::sim {

std::optional<TablePages> TablePages::of(Session& session) {
  // Not `pgoffset`: SQLite 3.40 gives an overflow page the offset of the page before.
  const Answer<Rows> answer =
      session.execute("SELECT name, (pageno - 1) * pgsize, pgsize FROM dbstat");
  if (!answer.ok()) return std::nullopt;
  TablePages pages;
  for (const Row& row : answer.value().rows) {
    const std::string name = to_string(row[0]);
    // A page of no size would never be seen to change.
    if (std::get<std::int64_t>(row[2]) <= 0) return std::nullopt;
    const PagePlace place{.offset = static_cast<std::size_t>(std::get<std::int64_t>(row[1])),
                          .size = static_cast<std::size_t>(std::get<std::int64_t>(row[2]))};
    // No table of a user's can have a name that begins with "sqlite_".
    const bool schema = name == "sqlite_schema" || name == "sqlite_master";
    (schema ? pages.schema_ : pages.tables_[name]).push_back(place);
  }
  if (pages.schema_.empty()) return std::nullopt;
  return pages;
}

std::set<std::string> TablePages::tables_of_which_all(
    const std::function<bool(const PagePlace&)>& the_same) const {
  std::set<std::string> names;
  if (!std::ranges::all_of(schema_, the_same)) return names;
  for (const auto& [name, places] : tables_) {
    if (std::ranges::all_of(places, the_same)) names.insert(name);
  }
  return names;
}

}  // namespace splitproof::sim
