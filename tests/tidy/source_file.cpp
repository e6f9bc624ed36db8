#include "tests/tidy/source_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace splitproof::tidy {

namespace {

// Walks over C++ text and blanks out what is no code.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), code_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts_with("//")) {
        blank_until("\n", 0);
      } else if (starts_with("/*")) {
        blank_until("*/", 2);
      } else if (starts_with("R\"")) {
        blank_raw_string();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !after_digit())) {
        blank_literal(text_[at_]);
      } else {
        ++at_;
      }
    }
    return code_;
  }

 private:
  bool starts_with(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  // 1'000 is a number, not a character.
  bool after_digit() const {
    return at_ > 0 && std::isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0;
  }

  void blank(std::size_t end) {
    for (; at_ < std::min(end, text_.size()); ++at_) {
      if (text_[at_] != '\n') code_[at_] = ' ';
    }
  }

  void blank_until(std::string_view end, std::size_t with_end) {
    const std::size_t found = text_.find(end, at_ + 1);
    blank(found == std::string_view::npos ? text_.size() : found + with_end);
  }

  void blank_raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank(text_.size());
    const std::string_view delimiter = text_.substr(at_ + 2, open - at_ - 2);
    blank_until(fmt::format("){}\"", delimiter), delimiter.size() + 2);
  }

  void blank_literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    ++at_;
    blank(end);
    ++at_;
  }

  std::string_view text_;
  std::string code_;
  std::size_t at_ = 0;
};

}  // namespace

std::string to_string(const Complaint& complaint) {
  return fmt::format("{}:{}: {} [{}]", complaint.path, complaint.line, complaint.message,
                     complaint.rule);
}

std::string code_of(std::string_view text) { return Blanker(text).run(); }

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_header(const SourceFile& file) { return file.path.ends_with(".h"); }

bool is_cpp(const SourceFile& file) { return is_header(file) || file.path.ends_with(".cpp"); }

std::string room_of(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

}  // namespace splitproof::tidy
