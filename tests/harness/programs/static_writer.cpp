// A program that no preloaded library can watch, because it is linked statically: adds a row to the
// table t of the database at SQLITE_PATH.
#include <sqlite3.h>

#include <cstdlib>

int main() {
  const char* const path = std::getenv("SQLITE_PATH");
  sqlite3* database = nullptr;
  if (path == nullptr || sqlite3_open(path, &database) != SQLITE_OK) return 1;
  const int done = sqlite3_exec(database, "INSERT INTO t VALUES (1)", nullptr, nullptr, nullptr);
  return sqlite3_close(database) == SQLITE_OK && done == SQLITE_OK ? 0 : 1;
}
