// An SQL statement as pieces to look at one by one, with what sql_reading.cpp and assignments.cpp
// need to know of them. Private to both.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace splitproof::harness {

struct SqlPiece {
  std::string_view text;
  std::string word;  // In capitals; empty where it is none.
};

// A name of one or several parts, "public.orders", and where the piece behind it stands.
struct SqlName {
  std::string name;
  std::size_t next = 0;
};

std::vector<SqlPiece> sql_pieces(std::string_view text);

class SqlPieces {
 public:
  explicit SqlPieces(std::span<const SqlPiece> pieces) : pieces_(pieces) {}

  std::size_t size() const { return pieces_.size(); }
  // Empty outside.
  std::string_view word(std::size_t at) const {
    return at < pieces_.size() ? std::string_view(pieces_[at].word) : std::string_view();
  }
  std::string_view text(std::size_t at) const {
    return at < pieces_.size() ? pieces_[at].text : std::string_view();
  }
  bool is_one_of(std::size_t at, std::initializer_list<std::string_view> words) const {
    return !word(at).empty() && std::ranges::find(words, word(at)) != words.end();
  }
  bool is_sign(std::size_t at, char sign) const {
    return text(at).size() == 1 && text(at).front() == sign;
  }
  // The piece before `at` is one of these words.
  bool follows(std::size_t at, std::initializer_list<std::string_view> words) const {
    return at > 0 && is_one_of(at - 1, words);
  }

  // A word or quoted name alone, in small letters unless quoted; empty where there is none.
  std::string simple_name(std::size_t at) const;
  std::optional<SqlName> name(std::size_t at) const;
  // Where the piece behind the bracket that opens at `at` and closes stands; the end where it does
  // not close.
  std::size_t behind_group(std::size_t at) const;

 private:
  std::span<const SqlPiece> pieces_;
};

// What SET … does to the columns of a row.
struct Assignments {
  bool overwrites = false;  // As in SqlReading.
  bool adds = false;        // As in SqlReading.
};

// `at` is the piece behind SET. A condition that compares a column with what it should still hold
// makes the assignment harmless: where another one came first, or it was done before, it does
// nothing.
Assignments assignments_at(const SqlPieces& pieces, std::size_t at);

}  // namespace splitproof::harness
