#include <set>

#include "harness/predict/sql_pieces.h"

namespace splitproof::harness {

namespace {

// A constant or a parameter, in any of the notations: 'x', 1, $1, ?, :name, @name, EXCLUDED.x.
bool brings_value(const SqlPieces& pieces, std::size_t at) {
  if (pieces.is_one_of(at, {"NULL", "TRUE", "FALSE", "EXCLUDED"})) return true;
  const std::string_view text = pieces.text(at);
  const char c = text.front();
  const bool cast =
      c == ':' && (pieces.is_sign(at + 1, ':') || (at > 0 && pieces.is_sign(at - 1, ':')));
  return (c >= '0' && c <= '9') || c == '$' || c == '?' || c == '@' || c == '\'' ||
         text.back() == '\'' || (c == ':' && !cast);
}

class AssignmentReader {
 public:
  AssignmentReader(const SqlPieces& pieces, std::size_t at) : pieces_(pieces), at_(at) {}

  Assignments read() {
    while (assignment()) {
    }
    if (is_guarded()) return {};
    return found_;
  }

 private:
  // False behind the last one.
  bool assignment() {
    std::set<std::string> own = columns();
    columns_.insert(own.begin(), own.end());
    if (!pieces_.is_sign(at_, '=')) return false;
    ++at_;
    expression(own);
    if (!pieces_.is_sign(at_, ',')) return false;
    ++at_;
    return true;
  }

  // Of "a", or of "(a, b)"; a name of several parts is that of its last one.
  std::set<std::string> columns() {
    std::set<std::string> own;
    const std::size_t end = pieces_.is_sign(at_, '(') ? pieces_.behind_group(at_) : at_ + 1;
    for (std::size_t i = at_; i < end; ++i) {
      if (const std::string name = pieces_.simple_name(i); !name.empty()) own.insert(name);
    }
    at_ = end;
    while (pieces_.is_sign(at_, '.')) {
      own = {pieces_.simple_name(at_ + 1)};
      at_ += 2;
    }
    return own;
  }

  void expression(const std::set<std::string>& own) {
    bool names_itself = false;
    bool counts = false;
    bool brings = false;
    bool asks = false;
    int depth = 0;
    for (; at_ < pieces_.size() && !(depth == 0 && is_end(at_)); ++at_) {
      if (pieces_.is_sign(at_, '(')) ++depth;
      if (pieces_.is_sign(at_, ')')) --depth;
      const bool excluded =
          pieces_.is_sign(at_ - 1, '.') && pieces_.is_one_of(at_ - 2, {"EXCLUDED"});
      names_itself |= !excluded && own.contains(pieces_.simple_name(at_));
      for (const char sign : {'+', '-', '*', '/', '|'}) counts |= pieces_.is_sign(at_, sign);
      brings |= brings_value(pieces_, at_);
      asks |= pieces_.is_one_of(at_, {"SELECT"});
    }
    found_.adds |= names_itself && counts;
    found_.overwrites |= !names_itself && brings && !asks;
  }

  bool is_end(std::size_t at) const {
    return pieces_.is_sign(at, ',') || pieces_.is_sign(at, ')') ||
           pieces_.is_one_of(at, {"WHERE", "FROM", "RETURNING", "WHEN"});
  }

  // A column that is set is compared by = as well.
  bool is_guarded() const {
    int depth = 0;
    for (std::size_t i = at_; i < pieces_.size() && depth >= 0; ++i) {
      if (pieces_.is_sign(i, '(')) ++depth;
      if (pieces_.is_sign(i, ')')) --depth;
      if (!columns_.contains(pieces_.simple_name(i))) continue;
      const bool orders = i >= 2 && (pieces_.is_sign(i - 2, '<') || pieces_.is_sign(i - 2, '>') ||
                                     pieces_.is_sign(i - 2, '!'));
      if (pieces_.is_sign(i + 1, '=') || (pieces_.is_sign(i - 1, '=') && !orders)) return true;
    }
    return false;
  }

  const SqlPieces& pieces_;
  std::size_t at_;
  std::set<std::string> columns_;
  Assignments found_;
};

}  // namespace

Assignments assignments_at(const SqlPieces& pieces, std::size_t at) {
  return AssignmentReader(pieces, at).read();
}

}  // namespace splitproof::harness
