// Walks over the bare words of an SQL text: keywords and unquoted names. What stands in quotes,
// dollar quotes and comments is no word.
//
// Both engines' notations are understood at once: nested comments, E'…' and $tag$…$tag$ as in
// PostgreSQL, `…` as in SQLite. It is no parser: it knows no grammar and reports no errors; an
// unterminated quote ends the text. Whoever wants more than words takes the text piece by piece.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace splitproof::sim {

class WordScanner {
 public:
  explicit WordScanner(std::string_view text) : text_(text) {}

  // The next word in upper case; empty at the end of the text.
  std::string next();

  // The next piece as it stands, comments and white space left out: a word, a number, anything in
  // quotes with its quotes, or one other sign. A view into the text; empty at its end.
  std::string_view next_piece();

  // Where the next unread character stands.
  std::size_t position() const { return at_; }

 private:
  char peek(std::size_t ahead) const;
  // Each passes over one thing that begins at the present position.
  void skip_line_comment();
  void skip_block_comment();
  void skip_quoted(char quote, bool backslash_escapes);
  void skip_dollar();
  // Passes over a text in quotes of its own kind, doubled ones inside included.
  void skip_whole_quoted(char quote);
  // Passes over a comment, a quoted text or a number, whichever begins here; false if none does.
  bool skip_wordless();
  std::string_view take_word();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace splitproof::sim
