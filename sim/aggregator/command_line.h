// The command line of the program `aggregator`, understood: arguments in, a checked request out.
//
// Nothing here touches a database, a file or a clock. "Today" is what --today says and nothing
// else; where an operation needs it and it is not given, the request is refused.
#pragma once

#include <optional>
#include <string>

#include "sim/base/money.h"
#include "sim/base/period.h"
#include "sim/base/result.h"

namespace splitproof::sim {

// What the program's exit code says.
inline constexpr int exit_committed = 0;
inline constexpr int exit_aborted = 1;
inline constexpr int exit_indeterminate = 2;
inline constexpr int exit_usage = 3;

enum class Command {
  init,
  import,
  collect,
  book,
  aggregate,
  refresh_cache,
  retention,
  open_account,
  post,
  transfer,
  add,
  show,
};

// Only the members that the command needs are set.
struct Request {
  Command command = Command::init;
  std::string title;     // What is done to what, for messages: "aggregate 2025-08".
  std::string database;  // "sqlite:FILE" or "postgresql://…"; may hold a password.
  std::string file;
  Day day;
  Month month;
  Day today;
  std::string reference;
  std::string account;
  std::string from;
  std::string to;
  std::string counter;
  Money amount;
  std::int64_t number = 0;
  std::string table;  // Of `show`; empty for the overview.
  std::int64_t rows_max = 0;
};

// Why there is no request: the help that was asked for (exit code 0, text for standard output), or
// what is wrong (exit_usage, one line for standard error).
struct NoRequest {
  int exit_code = exit_usage;
  std::string text;
};

// Understands the arguments of main().
Result<Request, NoRequest> understand_arguments(int argc, const char* const* argv);

// `text` with the password of the database URL replaced wherever it occurs.
std::string without_password(std::string text, const std::string& database);

}  // namespace splitproof::sim
