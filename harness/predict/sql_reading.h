// What an SQL text does to which tables, as far as its words tell.
//
// It is no parser but a reading by rules of thumb: what functions, triggers, views and rules do is
// not seen, nor a name in square brackets. So nothing here may decide a verdict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace splitproof::harness {

// One statement of a text.
struct SqlReading {
  std::string_view text;  // A part of what was read.
  // Tables, each once, in the order of their first mention; unquoted names in small letters. The
  // schemas that are meant without being named, public and main, are left out. Names that a WITH
  // makes are no tables.
  std::vector<std::string> reads;
  std::vector<std::string> writes;
  bool locks = false;    // Locks the rows that it reads: FOR UPDATE, FOR SHARE.
  bool inserts = false;  // INSERT, REPLACE, COPY … FROM.
  // Sets a column to a value that the program brings, whatever the row holds.
  bool overwrites = false;
  // Sets a column to something that is counted on from what it holds: a = a + 1.
  bool adds = false;
};

// The statements of the text, parted by semicolons, in order.
std::vector<SqlReading> read_sql(std::string_view text);

}  // namespace splitproof::harness
