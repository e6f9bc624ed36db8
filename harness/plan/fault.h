// What goes wrong at a fault point, as a value.
//
// A fault is data: sweeps make it, plans carry it, one pure function (can_strike) says at which
// points it can occur in the real world, and the interposer carries it out. An error that cannot
// occur at a point is not injected there, so that no impossible world is judged.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/plan/fault_point.h"
#include "sim/disk/survivors.h"

namespace splitproof::harness {

// The statement fails with this code and has no effect. `rolls_back`: the engine also rolls the
// open transaction back by itself, as SQLite may after FULL, IOERR, NOMEM and INTERRUPT.
struct RaiseError {
  std::string code;  // SQLSTATE, or SQLite's symbolic code.
  bool rolls_back = false;
  friend auto operator<=>(const RaiseError&, const RaiseError&) = default;
};

// The program itself throws, just before or just after the statement.
struct ThrowException {
  bool after = false;
  friend auto operator<=>(const ThrowException&, const ThrowException&) = default;
};

// The connection is lost before the statement reaches the database.
struct DropConnection {
  friend auto operator<=>(const DropConnection&, const DropConnection&) = default;
};

// The database executes the statement; the answer and the connection are lost. On a COMMIT this is
// the ambiguous commit.
struct LoseReply {
  friend auto operator<=>(const LoseReply&, const LoseReply&) = default;
};

// The database executes the statement; half of the answer reaches the client, then the connection
// is lost: in the middle of a row, or of the word that it was done. Of programs.
struct TearReply {
  friend auto operator<=>(const TearReply&, const TearReply&) = default;
};

// The database executes the statement; the answer is withheld until the program gives the
// connection up, as its own time-out makes it do. Of programs.
struct DelayReply {
  friend auto operator<=>(const DelayReply&, const DelayReply&) = default;
};

// The client's process is killed by SIGKILL: before the statement is sent, or when its answer came.
// On a simulated disk, before an operation; what the process has written is there for others, for
// the cache is the system's.
struct KillProcess {
  bool after = false;
  friend auto operator<=>(const KillProcess&, const KillProcess&) = default;
};

// A program is asked to end by SIGTERM, before the statement is sent or when its answer came; it
// may finish what it does.
struct EndProcess {
  bool after = false;
  friend auto operator<=>(const EndProcess&, const EndProcess&) = default;
};

// A program is stopped by SIGSTOP before the statement is sent, as on a machine that stands still;
// meanwhile the server ends its connection; then it goes on by SIGCONT. Of programs.
struct StopProcess {
  friend auto operator<=>(const StopProcess&, const StopProcess&) = default;
};

// The server ends the connection's backend, as an administrator may: before the statement is sent,
// or when its answer came; the next statement then finds the connection lost.
struct TerminateBackend {
  bool after = false;
  friend auto operator<=>(const TerminateBackend&, const TerminateBackend&) = default;
};

// The database server crashes around a COMMIT, or around a statement that commits by itself, and
// recovers: before it is sent; when it was carried out and before the client hears of it; or when
// the client was answered.
struct CrashServer {
  enum class When { before, unanswered, after };
  enum class How {
    all,        // SIGKILL of all its processes.
    immediate,  // An immediate shutdown: SIGQUIT to the postmaster, as `pg_ctl -m immediate` sends.
    backend,    // SIGKILL of the client's backend, on which the server ends all others.
  };
  When when = When::before;
  How how = How::all;
  friend auto operator<=>(const CrashServer&, const CrashServer&) = default;
};

// The disk below the server's tables is full while the statement is executed. What that means is
// the server's to say: a statement that needs no more room is carried out all the same.
struct FillDisk {
  friend auto operator<=>(const FillDisk&, const FillDisk&) = default;
};

// The power fails before an operation on the simulated disk, and comes back: of what was not synced
// so much is there. It may fail again while the database recovers, each time before the n-th change
// that the recovery makes to the disk.
struct CutPower {
  struct Again {
    int change = 1;  // From 1.
    sim::Survivors survivors;
    friend auto operator<=>(const Again&, const Again&) = default;
  };
  sim::Survivors survivors;
  std::vector<Again> again = {};
  friend auto operator<=>(const CutPower&, const CutPower&) = default;
};

// A sync of the simulated disk fails, and what it should have written is forgotten, while the cache
// takes it for written: later syncs succeed without it, as on ext4, XFS and Btrfs (Rebello et al.,
// "Can Applications Recover from fsync Failures?", ATC 2020). When the operations are over the
// power fails, and only what is durable is left.
struct LoseSync {
  friend auto operator<=>(const LoseSync&, const LoseSync&) = default;
};

// SQLite asks for memory, and there is none. Once, one piece is refused; from there on, each.
struct RefuseMemory {
  friend auto operator<=>(const RefuseMemory&, const RefuseMemory&) = default;
};

using Fault = std::variant<RaiseError, ThrowException, DropConnection, LoseReply, TerminateBackend,
                           CrashServer, KillProcess, TearReply, DelayReply, EndProcess, StopProcess,
                           FillDisk, CutPower, LoseSync, RefuseMemory>;

// "error:53100", "error:SQLITE_FULL+rollback", "throw", "throw-after", "drop", "lose-reply",
// "terminate", "terminate-after", "crash", "crash-unanswered", "crash-after", "kill", "kill-after",
// "tear-reply", "delay", "term", "term-after", "stop", "full-disk", "power:keep=110/2:keep=01",
// "lose-sync", "nomem"; beside "crash" also "immediate-stop" and "kill-backend", with the same
// endings.
std::string to_string(const Fault& fault);

// The faults that are told apart by a word alone, with their words, in the order of the sweep.
const std::vector<std::pair<std::string_view, Fault>>& worded_faults();

// The words that stand for a fault alone, "throw, throw-after, … or kill-after"; for messages.
std::string fault_words();

// The reverse of to_string(); empty when the text is not a fault.
std::optional<Fault> parse_fault(std::string_view text);

// "error", "throw", "drop", "lose-reply", "terminate", "crash", "kill", "tear-reply", "delay",
// "term", "stop", "full-disk", "power", "lose-sync", "nomem", "immediate-stop" or "kill-backend":
// what findings of one cause have in common.
std::string_view family(const Fault& fault);

// The families, in the order in which they are swept.
const std::vector<std::string>& fault_families();

// "keep=110,torn=2:zero", and behind it "/3:keep=11" for each time that it fails in the recovery.
std::string to_string(const CutPower& cut);

// Ends the process that the client is, which happens once: it does not go on striking.
bool ends_process(const Fault& fault);

// Strikes the process that the client is, so that the operation must run in one of its own.
bool needs_process(const Fault& fault);

// Every fault of these families that an operation of ours can meet on this engine, in sweep order.
// When none is given, all families but those that are swept only where they are asked for: an
// immediate shutdown and a killed backend, which do to a transaction what a killed server does.
std::vector<Fault> faults_of(sim::Dialect dialect, const std::vector<std::string>& families);

// The same for anyone's program, whose messages, or disk operations on SQLite, are the points.
std::vector<Fault> faults_of_programs(sim::Dialect dialect,
                                      const std::vector<std::string>& families);

// The same for what goes wrong on a simulated disk, beside power that fails: that differs from
// point to point.
std::vector<Fault> faults_of_storage(const std::vector<std::string>& families);

// Whether scenarios that name these families have memory refused to SQLite.
bool refuses_memory(const std::vector<std::string>& families);

// The fault that stands for a family where a scenario names only the family: the disk is full for
// "error". Empty for an unknown family.
std::optional<Fault> typical_fault(sim::Dialect dialect, std::string_view family_name);

// Whether the statement at this point makes something durable: a COMMIT, or a write by itself.
bool commits(const FaultPoint& point);

// Can this fault occur at this point in the real world?
bool can_strike(const Fault& fault, const FaultPoint& point);

// The message of a planned error: "planned: the disk is full".
std::string planned_message(const RaiseError& fault);

// What the fault is, in words that follow "then": "the disk is full (53100)".
std::string in_words(const Fault& fault);

}  // namespace splitproof::harness
