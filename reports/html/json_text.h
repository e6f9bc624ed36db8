// Writes JSON as text, fast and in the order in which it is told: for data that is too large to be
// built as a tree first. Private to the HTML page.
//
// Bytes that are not UTF-8 become U+FFFD, so that any text gives a document that can be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace splitproof::reports {

// Texts by number, from 0, in the order in which they were first asked for; 0 is the empty text.
class StringTable {
 public:
  StringTable() { number_of(""); }

  std::size_t number_of(std::string_view text);
  // Stays in place until clear().
  const std::vector<const std::string*>& texts() const { return texts_; }
  // Bytes of all texts.
  std::size_t bytes() const { return bytes_; }
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> numbers_;
  std::vector<const std::string*> texts_;
  std::size_t bytes_ = 0;
};

class JsonText {
 public:
  // Each value is followed by the next one; commas are put between them.
  void begin_object() { open('{'); }
  void end_object() { out_ += '}'; }
  void begin_list() { open('['); }
  void end_list() { out_ += ']'; }
  // Of the value that comes next; must need no escape.
  void key(std::string_view name);
  void text(std::string_view value);
  void number(std::int64_t value);
  void flag(bool value);

  // A text by its number in a table.
  void text_in(StringTable& table, std::string_view value) {
    number(static_cast<std::int64_t>(table.number_of(value)));
  }
  void texts_in(StringTable& table, const std::vector<std::string>& values);
  // "strings": all texts of the table.
  void table(const StringTable& table);

  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void comma();
  void open(char bracket);

  std::string out_;
};

}  // namespace splitproof::reports
