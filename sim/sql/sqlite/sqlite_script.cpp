#include "sim/sql/sqlite/sqlite_script.h"

#include <algorithm>
#include <string_view>

#include "sim/sql/sqlite/prepared.h"
#include "sim/sql/sqlite/sqlite_code.h"
#include "sim/sql/sqlite/sqlite_session.h"

namespace splitproof::sim {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";
constexpr std::string_view mark = "\xEF\xBB\xBF";  // A byte order mark.

// The position of the first word at or behind `at`: what stands before it says nothing.
std::size_t first_word(const std::string& script, std::size_t at) {
  for (;;) {
    at = std::min(script.find_first_not_of(blanks, at), script.size());
    std::size_t end = at;
    if (script.compare(at, 2, "--") == 0) {
      end = script.find('\n', at);
    } else if (script.compare(at, 2, "/*") == 0) {
      end = script.find("*/", at + 2);
      if (end != std::string::npos) end += 2;
    } else {
      return at;
    }
    at = std::min(end, script.size());
  }
}

std::string statement_between(const std::string& script, std::size_t begin, std::size_t end) {
  const std::size_t last = script.find_last_not_of(std::string(blanks) + ";", end - 1);
  if (end <= begin || last == std::string::npos || last < begin) return "";
  return script.substr(begin, last + 1 - begin);
}

ScriptError error_at(const std::string& script, std::size_t begin, std::size_t end, Error error) {
  const std::size_t word = std::min(first_word(script, begin), end);
  const auto lines =
      std::count(script.begin(), script.begin() + static_cast<std::ptrdiff_t>(word), '\n');
  return {static_cast<int>(lines) + 1, statement_between(script, word, end), std::move(error)};
}

int run_to_end(sqlite3_stmt* statement) {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement);
  return code;
}

}  // namespace

Result<Done, ScriptError> run_sqlite_script(Session& session, const std::string& script) {
  sqlite3* const database = static_cast<SqliteSession&>(session).database();
  if (const std::size_t null = script.find('\0'); null != std::string::npos) {
    return error_at(script, null, null,
                    {ErrorKind::invalid, "", "a script is text, and here stands the byte 0x00"});
  }
  std::size_t begin = script.starts_with(mark) ? mark.size() : 0;
  std::size_t last = begin;
  while (begin < script.size()) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    int code = sqlite3_prepare_v2(database, script.c_str() + begin, -1, &raw, &tail);
    const StatementHandle statement(raw);
    // A text that SQLite cannot understand it does not take apart either.
    const auto end = code == SQLITE_OK
                         ? static_cast<std::size_t>(tail - script.c_str())
                         : std::min(script.find(';', first_word(script, begin)), script.size());
    if (code == SQLITE_OK && raw != nullptr) {
      last = begin;
      code = run_to_end(raw);
    }
    if (code != SQLITE_OK && code != SQLITE_DONE) {
      return error_at(script, begin, end, sqlite_error(code, database));
    }
    begin = end;
  }
  if (sqlite3_get_autocommit(database) != 0) return Done{};
  return error_at(script, last, script.size(),
                  {ErrorKind::invalid, "", "the script ends here and its transaction is open"});
}

}  // namespace splitproof::sim
