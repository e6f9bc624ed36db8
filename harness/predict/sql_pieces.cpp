#include "harness/predict/sql_pieces.h"

#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Locale-free, as the databases fold the names of programs that want to be portable.
std::string in_capitals(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::string in_small_letters(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string without_quotes(std::string_view text) {
  std::string result;
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote && ++i >= text.size()) break;
    result += text[i];
  }
  return result;
}

// An escape string, E'…', begins like a word.
bool is_word(std::string_view text) { return begins_word(text.front()) && text.back() != '\''; }

}  // namespace

std::vector<SqlPiece> sql_pieces(std::string_view text) {
  std::vector<SqlPiece> pieces;
  sim::WordScanner scanner(text);
  for (std::string_view piece = scanner.next_piece(); !piece.empty();
       piece = scanner.next_piece()) {
    pieces.push_back({piece, is_word(piece) ? in_capitals(piece) : std::string()});
  }
  return pieces;
}

std::string SqlPieces::simple_name(std::size_t at) const {
  const std::string_view piece = text(at);
  if (piece.empty()) return "";
  if (piece.front() == '"' || piece.front() == '`') return without_quotes(piece);
  return word(at).empty() ? std::string() : in_small_letters(piece);
}

std::optional<SqlName> SqlPieces::name(std::size_t at) const {
  std::string whole = simple_name(at);
  if (whole.empty()) return std::nullopt;
  std::size_t next = at + 1;
  while (is_sign(next, '.') && !simple_name(next + 1).empty()) {
    const bool usual = whole == "public" || whole == "main";
    whole = (usual ? std::string() : whole + ".") + simple_name(next + 1);
    next += 2;
  }
  return SqlName{std::move(whole), next};
}

std::size_t SqlPieces::behind_group(std::size_t at) const {
  std::size_t depth = 0;
  for (std::size_t i = at; i < size(); ++i) {
    if (is_sign(i, '(')) ++depth;
    if (is_sign(i, ')') && --depth == 0) return i + 1;
  }
  return size();
}

}  // namespace splitproof::harness
