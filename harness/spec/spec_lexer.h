// The words of an isolation spec: names, keywords, numbers, signs and blocks of SQL, each with its
// place. What the format's own scanner refuses is refused here, with the place added.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/run/scenario.h"

namespace splitproof::harness {

// What is wrong with a spec: a sentence that says what was found and what was expected.
class SpecRefusal : public std::runtime_error {
 public:
  SpecRefusal(SourcePlace place, const std::string& message)
      : std::runtime_error(message), place_(std::move(place)) {}
  const SourcePlace& place() const { return place_; }

 private:
  SourcePlace place_;
};

struct SpecWord {
  enum class Kind { keyword, name, number, sign, block, end };
  Kind kind = Kind::end;
  std::string text;         // A name without its quotes, a block without its braces.
  std::int64_t number = 0;  // Of a number.
  SourcePlace place;        // Of its first character.
};

// "the keyword 'step'", "the name 'a'", "a block of SQL", "the end of the file"
std::string described(const SpecWord& word);

class SpecLexer {
 public:
  // `text` is borrowed; `file` is named in places.
  SpecLexer(std::string_view text, std::string file);

  // The next word; the end again and again when there is none. Throws SpecRefusal.
  SpecWord next();

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return text_[at_]; }
  SourcePlace place() const { return {file_, line_, column_}; }
  char take();
  void skip_blanks_and_comments();
  SpecWord quoted_name();
  SpecWord block();
  SpecWord number();

  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

}  // namespace splitproof::harness
