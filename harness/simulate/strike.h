// One thing that goes wrong in a life, and the numbered moment at which it does. A life is its seed
// and the list of these.
//
// A moment is a day, counted from 1, and a step of it: each statement that the service sends, and
// each connection that it opens, is one. Counting anew every day keeps the moments of later days
// where they are when a strike of an earlier day is taken out. Text: "31.17=kill:3".
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/base/result.h"
#include "sim/disk/survivors.h"

namespace splitproof::harness::life {

// The families of faults; a swarm turns some of them off.
enum class Family {
  statement,
  connection,
  answer,
  kill,
  power,
  disk,
  trap,
  full,
  clock,
  zone,
  memory,
  lock
};
inline constexpr int families_count = 12;

// "statement", "connection", …
std::string_view to_string(Family family);
std::optional<Family> family_named(std::string_view name);

// SQLITE_INTERRUPT, which ends the transaction: "interrupt".
struct Interrupt {};
// SQLITE_NOMEM before anything is done, which leaves the transaction open: "nomem".
struct NoMemory {};
// The connection is gone before the statement is executed: "drop".
struct Drop {};
// The statement is executed and its answer lost, with the connection: "lose".
struct LoseAnswer {};
// SIGKILL of the service, with all its workers, when so many operations of the disk are done, or at
// the end of the step where it has fewer; the page cache survives: "kill:3".
struct Kill {
  int operations = 0;
};
// The power fails at such a moment. What survives of what was not synced is drawn from `draw`, or
// said: "power:3#12" and "power:3/keep=101/torn=1:zero".
struct PowerFailure {
  int operations = 0;
  std::uint64_t draw = 0;
  std::optional<sim::Survivors> survivors;
};
// After so many operations of the disk, so many fail, each with its usual error: "eio:3*2".
struct DiskErrors {
  int after = 0;
  int count = 1;
};
// The next sync fails and what it should have written is forgotten; later ones succeed: "trap".
struct SyncTrap {};
// The next so many writes find the disk full: "full:40".
struct FullDisk {
  int writes = 1;
};
// The machine's clock is wrong by so many seconds from there on: "clock:-3600".
struct ClockJump {
  std::int64_t seconds = 0;
};
// The machine is moved to another time zone: "zone:Pacific/Honolulu".
struct ZoneChange {
  std::string zone;
};
// When SQLite has asked for memory so many times, so many pieces are refused: "memory:40*2".
struct MemoryShortage {
  int after = 0;
  int count = 1;
};
// When so many locks were taken, so many are refused: by SQLITE_BUSY, "busy:3*2", or because the
// disk cannot lock, SQLITE_IOERR_LOCK, "nolock:3*1".
struct LockErrors {
  int after = 0;
  int count = 1;
  bool busy = true;
};

using Blow = std::variant<Interrupt, NoMemory, Drop, LoseAnswer, Kill, PowerFailure, DiskErrors,
                          SyncTrap, FullDisk, ClockJump, ZoneChange, MemoryShortage, LockErrors>;

Family family_of(const Blow& blow);

struct Moment {
  int day = 1;
  int step = 1;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};

struct Strike {
  Moment at;
  Blow blow;
};

using Strikes = std::vector<Strike>;

// "31.17=kill:3"
std::string to_text(const Strike& strike);
// Separated by spaces; "clean" where there is none.
std::string to_text(const Strikes& strikes);

// Reads what to_text() writes, in any order; sorted by moment. The error is a sentence that names
// the piece, what was found and what was expected.
sim::Result<Strikes, std::string> parse_strikes(std::string_view text);

}  // namespace splitproof::harness::life
