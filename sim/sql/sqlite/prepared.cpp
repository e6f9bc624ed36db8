#include "sim/sql/sqlite/prepared.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <numeric>
#include <optional>
#include <utility>

#include "sim/sql/sqlite/sqlite_code.h"
#include "sim/sql/word_scanner.h"

namespace splitproof::sim {
namespace {

constexpr std::size_t store_size_max = 64;

Error refused(std::string message) { return {ErrorKind::invalid, "", std::move(message)}; }

// Compiles the first statement of `text`, and cuts it off. No handle means that there was none.
Answer<StatementHandle> take_first(sqlite3* database, std::string_view& text) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(database, text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  StatementHandle handle(raw);
  if (code != SQLITE_OK) return sqlite_error(code, database);
  text.remove_prefix(static_cast<std::size_t>(tail - text.data()));
  return handle;
}

// Whether only blanks, comments and semicolons are left. SQLite itself is asked: what it compiles
// to nothing is nothing.
bool is_blank(sqlite3* database, std::string_view rest) {
  while (!rest.empty()) {
    const std::size_t length = rest.size();
    const Answer<StatementHandle> next = take_first(database, rest);
    if (!next.ok() || next.value() != nullptr) return false;
    if (rest.size() == length) return true;
  }
  return true;
}

// The number of "$7"; empty for every other form of parameter.
std::optional<std::size_t> parameter_number(const char* name) {
  if (name == nullptr) return std::nullopt;
  const std::string_view text(name);
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  if (!text.starts_with('$')) return std::nullopt;
  const auto [stop, problem] = std::from_chars(text.data() + 1, end, number);
  if (problem != std::errc{} || stop != end || number == 0) return std::nullopt;
  return number;
}

bool is_word(std::string_view piece, std::string_view upper) {
  return std::ranges::equal(piece, upper, {},
                            [](unsigned char sign) { return std::toupper(sign); });
}

struct Written {
  std::string text;
  std::size_t parameters = 0;
};

// SQLite looks each named parameter up among all those before it, which in an INSERT of many rows
// costs more than everything else. Where they stand in their order, each once, plain question marks
// mean the same: the k-th is $k. None where they do not, or where it is not certain.
std::optional<Written> with_question_marks(std::string_view text) {
  WordScanner scanner(text);
  if (!is_word(scanner.next_piece(), "INSERT")) return std::nullopt;
  Written written;
  std::size_t copied = 0;
  for (std::string_view piece = scanner.next_piece(); !piece.empty();
       piece = scanner.next_piece()) {
    // A column of an answer has the name of what was written. The others are SQLite's own.
    if (piece == "?" || piece == "[" || is_word(piece, "RETURNING")) return std::nullopt;
    if (piece != "$") continue;
    const std::size_t sign = scanner.position() - 1;
    const std::string name = "$" + std::string(scanner.next_piece());
    if (parameter_number(name.c_str()) != ++written.parameters) return std::nullopt;
    if (scanner.position() != sign + name.size()) return std::nullopt;
    written.text.append(text, copied, sign - copied).append("?");
    copied = scanner.position();
  }
  if (written.parameters == 0) return std::nullopt;
  written.text.append(text.substr(copied));
  return written;
}

// Whether each parameter is a question mark, the k-th for $k.
bool are_in_their_order(const Prepared& prepared) {
  const int count = sqlite3_bind_parameter_count(prepared.handle.get());
  for (int position = 1; position <= count; ++position) {
    if (sqlite3_bind_parameter_name(prepared.handle.get(), position) != nullptr) return false;
  }
  return static_cast<std::size_t>(count) == prepared.values_expected;
}

Status map_parameters(Prepared& prepared) {
  const int count = sqlite3_bind_parameter_count(prepared.handle.get());
  for (int position = 1; position <= count; ++position) {
    const char* const name = sqlite3_bind_parameter_name(prepared.handle.get(), position);
    const std::optional<std::size_t> number = parameter_number(name);
    if (!number) {
      return refused(std::string("parameters are written $1, $2, …; found ") +
                     (name == nullptr ? "?" : name));
    }
    prepared.sources.push_back(*number - 1);
    prepared.values_expected = std::max(prepared.values_expected, *number);
  }
  return Done{};
}

}  // namespace

Answer<Prepared*> PreparedStore::find(const std::string& text) {
  const auto known = by_text_.find(text);
  if (known != by_text_.end()) {
    recent_first_.splice(recent_first_.begin(), recent_first_, known->second);
    return &recent_first_.front();
  }
  Answer<Prepared> prepared = prepare(text);
  if (!prepared.ok()) return prepared.error();
  if (recent_first_.size() >= store_size_max) {
    by_text_.erase(recent_first_.back().text);
    recent_first_.pop_back();
  }
  recent_first_.push_front(std::move(prepared).value());
  by_text_.emplace(recent_first_.front().text, recent_first_.begin());
  return &recent_first_.front();
}

Answer<Prepared> PreparedStore::prepare(const std::string& text) const {
  // SQLite would stop reading there without a word.
  if (text.find('\0') != std::string::npos) return refused("the statement contains a NUL byte");
  const auto length_max =
      static_cast<std::size_t>(sqlite3_limit(database_, SQLITE_LIMIT_SQL_LENGTH, -1));
  if (text.size() > length_max) {
    return refused("the statement has " + std::to_string(text.size()) + " bytes; at most " +
                   std::to_string(length_max) + " are allowed");
  }
  if (const std::optional<Written> written = with_question_marks(text)) {
    Answer<Prepared> prepared = compile(text, written->text);
    if (!prepared.ok() && prepared.error().kind != ErrorKind::invalid) return prepared.error();
    if (prepared.ok()) {
      Prepared& plain = prepared.value();
      plain.values_expected = written->parameters;
      plain.sources.resize(plain.values_expected);
      std::iota(plain.sources.begin(), plain.sources.end(), std::size_t{0});
      if (are_in_their_order(plain)) return prepared;
    }
  }
  Answer<Prepared> prepared = compile(text, text);
  if (!prepared.ok()) return prepared.error();
  const Status mapped = map_parameters(prepared.value());
  if (!mapped.ok()) return mapped.error();
  return prepared;
}

Answer<Prepared> PreparedStore::compile(const std::string& text, std::string_view written) const {
  std::string_view rest = written;
  Answer<StatementHandle> first = take_first(database_, rest);
  if (!first.ok()) return first.error();
  if (first.value() == nullptr) return refused("the statement is empty");
  if (!is_blank(database_, rest)) {
    return refused("expected one statement, found more behind it: " + std::string(rest));
  }
  return Prepared{
      .text = text, .handle = std::move(first).value(), .sources = {}, .values_expected = 0};
}

}  // namespace splitproof::sim
