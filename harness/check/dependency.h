// Which transactions depend on which: the graph that tells whether what they did could have been
// done one after the other, and why each of its edges is there.
//
// After Adya, Liskov, O'Neil, "Generalized Isolation Level Definitions" (ICDE 2000): each item has
// versions in the order in which they were installed, and a transaction that overwrites, reads or
// misses a version depends on who wrote it. Pure: it is given what was written and read, and asks
// no database. A transaction is whatever the caller takes for the unit.
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace splitproof::harness {

// A row as people call it.
struct Item {
  std::string table;
  std::string row;  // "name = visits"
  friend auto operator<=>(const Item&, const Item&) = default;
};

// "counters (name = visits)"
std::string to_string(const Item& item);

// Before anybody began.
constexpr int nobody = -1;

struct Version {
  int writer = nobody;    // Index of the transaction.
  std::string statement;  // Which of its statements; empty for nobody.
};

// A read of an item, or of a condition that the item meets or might have met.
struct Read {
  int reader = 0;
  std::string statement;
  Item item;
  std::size_t version = 0;  // Which one it saw, an index of the item's versions.
  // It asked for whatever meets a condition, and this row, or its other version, does not.
  bool predicate = false;
  bool shows_version = true;  // It depends on whoever wrote the version.
  bool misses_next = true;    // It depends on the next version's not being there.
};

// What transactions did.
struct Dealings {
  std::vector<std::string> transactions;  // In words: "client a ('add 10')".
  std::set<int> aborted;                  // Their versions count only where somebody read them.
  std::map<Item, std::vector<Version>> versions;  // In the order of installing.
  std::vector<Read> reads;
};

// `to` comes after `from` in every serial order: it overwrote (ww) or read (wr) what `from` wrote,
// or wrote the next version of what `from` read (rw).
enum class DependencyKind { write_write, write_read, read_write };

// "ww", "wr", "rw"
const char* to_string(DependencyKind kind);

struct Dependency {
  int from = 0;
  int to = 0;
  DependencyKind kind = DependencyKind::write_write;
  bool predicate = false;
  Item item;
  std::string because;  // A sentence.
};

// Each pair of transactions once for each kind, item and way of reading; ordered by the two, then
// the kind and the item. Aborted transactions have none.
std::vector<Dependency> dependencies(const Dealings& dealings);

}  // namespace splitproof::harness
