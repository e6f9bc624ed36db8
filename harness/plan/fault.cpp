#include "harness/plan/fault.h"

#include <algorithm>
#include <array>

namespace splitproof::harness {

namespace {

using sim::Dialect;
using sim::StatementKind;

// An engine never answers with a code of the other one.
constexpr std::size_t sqlstate_length = 5;
constexpr std::string_view sqlite_prefix = "SQLITE_";

bool is_query(StatementKind kind) {
  return kind == StatementKind::read || kind == StatementKind::write;
}

// A server says such things to whoever connects.
bool refuses_connections(const std::string& code) { return code == "57P03" || code == "53300"; }

// What a system call on a file answers.
bool disk_fails(const std::string& code) {
  return code == "EIO" || code == "ENOSPC" || code == "SHORT_READ";
}

// A lock needs no disk, and a full disk fails what needs room (fsync(2) names it for file systems
// that find room late).
bool disk_raises(const std::string& code, const FaultPoint& point) {
  return (code == "EIO" && !point.takes_lock) || (code == "ENOSPC" && point.needs_room);
}

// What a simulated disk can meet at such an operation.
bool storage_raises(const std::string& code, const FaultPoint& point) {
  using sim::DiskAct;
  if (!point.act) return false;
  if (code == "EIO") return true;
  if (code == "ENOSPC") return point.act == DiskAct::write || point.act == DiskAct::sync;
  return code == "SHORT_READ" && point.act == DiskAct::read;
}

// PostgreSQL's ROLLBACK, BEGIN and savepoint commands do not fail by themselves, and COMMIT fails
// only where a serialization conflict is found at the last moment (or by deferred constraints,
// which the swept schemas do not have).
bool postgres_raises(const std::string& code, const FaultPoint& point) {
  if (code.size() != sqlstate_length || point.transaction.failed) return false;
  const bool writes = point.kind == StatementKind::write;
  if (code == "40001") {
    return point.kind == StatementKind::commit
               ? point.transaction.commit_may_conflict
               : is_query(point.kind) && point.transaction.open && point.transaction.serializable;
  }
  if (code == "57014") return is_query(point.kind);
  if (code == "23505" || code == "40P01" || code == "53100") return writes;
  return is_query(point.kind);
}

bool sqlite_is_busy(const FaultPoint& point) {
  switch (point.kind) {
    case StatementKind::begin:
      return point.immediate;
    case StatementKind::commit:
      return point.transaction.open;
    case StatementKind::write:
      return !point.transaction.has_write_lock;
    case StatementKind::read:
      return !point.transaction.open;
    default:
      return false;
  }
}

// Outside a transaction there is nothing to roll back; inside, only what writes is swept both ways.
// An interrupted write always takes its transaction with it, an interrupted read never does.
bool sqlite_rolls_back(const RaiseError& fault, const FaultPoint& point, bool writes) {
  if (fault.code == "SQLITE_INTERRUPT" && writes && point.transaction.open) return fault.rolls_back;
  if (fault.rolls_back) return point.transaction.open && writes;
  return true;
}

bool sqlite_raises(const RaiseError& fault, const FaultPoint& point) {
  if (!fault.code.starts_with(sqlite_prefix)) return false;
  const bool writes = point.kind == StatementKind::write ||
                      (point.kind == StatementKind::commit && point.transaction.open);
  const bool reads = point.kind == StatementKind::read;
  if (!sqlite_rolls_back(fault, point, writes)) return false;
  if (fault.code == "SQLITE_BUSY") return sqlite_is_busy(point);
  if (fault.code == "SQLITE_CONSTRAINT_UNIQUE") return point.kind == StatementKind::write;
  if (fault.code == "SQLITE_FULL" || fault.code == "SQLITE_IOERR_WRITE") return writes;
  if (fault.code == "SQLITE_IOERR_READ") return reads;
  if (fault.code == "SQLITE_INTERRUPT") return is_query(point.kind);
  if (fault.code == "SQLITE_NOMEM") return writes || reads;
  return is_query(point.kind);
}

// The program's own code runs around its queries; BEGIN, COMMIT and ROLLBACK are the helper's, and
// between them and the neighbouring query nothing of the program runs. After a RELEASE the program
// goes on.
bool program_throws(const ThrowException& fault, const FaultPoint& point) {
  return is_query(point.kind) || (fault.after && point.kind == StatementKind::release);
}

struct CanStrike {
  const FaultPoint& point;
  bool operator()(const RaiseError& fault) const {
    if (point.place == PointKind::memory) return false;
    if (point.place == PointKind::connect) return refuses_connections(fault.code);
    if (point.place == PointKind::disk) return disk_raises(fault.code, point);
    if (point.place == PointKind::storage) return storage_raises(fault.code, point);
    if (refuses_connections(fault.code) || disk_fails(fault.code)) return false;
    return point.dialect == Dialect::postgres ? postgres_raises(fault.code, point)
                                              : sqlite_raises(fault, point);
  }
  bool operator()(const ThrowException& fault) const {
    return point.place == PointKind::session && program_throws(fault, point);
  }
  bool operator()(const DropConnection&) const {
    return is_statement() || point.place == PointKind::connect;
  }
  bool operator()(const LoseReply&) const { return is_statement(); }
  // When a connection was made, the first statement is not sent yet: that is a point of its own.
  bool operator()(const KillProcess& fault) const {
    if (point.client == memory_client) return false;
    if (point.place == PointKind::storage) return !fault.after && may_change_disk();
    return point.place != PointKind::connect || !fault.after;
  }
  bool operator()(const TerminateBackend&) const {
    return point.dialect == Dialect::postgres && is_statement();
  }
  bool operator()(const CrashServer&) const {
    return point.dialect == Dialect::postgres && is_statement() && commits(point);
  }
  bool operator()(const TearReply&) const { return point.place == PointKind::wire; }
  bool operator()(const DelayReply&) const { return point.place == PointKind::wire; }
  bool operator()(const EndProcess& fault) const {
    if (point.place == PointKind::session || is_of_machine(point.client)) return false;
    return point.place != PointKind::connect || !fault.after;
  }
  bool operator()(const StopProcess&) const { return point.place == PointKind::wire; }
  bool operator()(const FillDisk&) const {
    return point.dialect == Dialect::postgres && is_statement() && point.needs_room &&
           !point.transaction.failed;
  }
  bool operator()(const CutPower&) const {
    return point.place == PointKind::storage && may_change_disk();
  }
  bool operator()(const RefuseMemory&) const { return point.place == PointKind::memory; }
  bool operator()(const LoseSync&) const {
    return point.place == PointKind::storage && point.act == sim::DiskAct::sync;
  }

  // At the end nobody does anything any more; all that was changed is then at stake.
  bool may_change_disk() const { return !point.act || sim::changes_disk(*point.act); }

  bool is_statement() const {
    return point.place == PointKind::session || point.place == PointKind::wire;
  }
};

std::vector<Fault> errors_of(Dialect dialect) {
  if (dialect == Dialect::postgres) {
    return {RaiseError{"23505"}, RaiseError{"40001"}, RaiseError{"40P01"}, RaiseError{"53100"},
            RaiseError{"57014"}};
  }
  return {RaiseError{"SQLITE_CONSTRAINT_UNIQUE"},
          RaiseError{"SQLITE_BUSY"},
          RaiseError{"SQLITE_FULL"},
          RaiseError{"SQLITE_FULL", true},
          RaiseError{"SQLITE_IOERR_WRITE"},
          RaiseError{"SQLITE_IOERR_WRITE", true},
          RaiseError{"SQLITE_IOERR_READ"},
          RaiseError{"SQLITE_NOMEM"},
          RaiseError{"SQLITE_NOMEM", true},
          RaiseError{"SQLITE_INTERRUPT"},
          RaiseError{"SQLITE_INTERRUPT", true}};
}

bool is_of_programs(std::string_view name) {
  return name == "tear-reply" || name == "delay" || name == "term" || name == "stop";
}

constexpr std::string_view memory_family = "nomem";

// Beside the family of the kind: the other ways in which a server crashes.
constexpr const char* immediate_stop = "immediate-stop";
constexpr const char* kill_backend = "kill-backend";

bool is_only_if_asked_for(std::string_view name) {
  return name == immediate_stop || name == kill_backend;
}

// By the alternatives of Fault.
constexpr std::array families_of_kinds{
    "error", "throw", "drop", "lose-reply", "terminate", "crash",     "kill", "tear-reply",
    "delay", "term",  "stop", "full-disk",  "power",     "lose-sync", "nomem"};
static_assert(families_of_kinds.size() == std::variant_size_v<Fault>);

// What strikes no statement, but a simulated disk or SQLite's memory.
bool is_of_machine(std::string_view name) {
  return name == "power" || name == "lose-sync" || name == memory_family;
}

template <class LeftOut>
std::vector<Fault> of_families(std::vector<Fault> all, const std::vector<std::string>& families,
                               LeftOut left_out) {
  std::erase_if(all, [&](const Fault& fault) {
    const std::string_view name = family(fault);
    if (left_out(name) || (families.empty() && is_only_if_asked_for(name))) return true;
    return !families.empty() && std::ranges::find(families, name) == families.end();
  });
  return all;
}

}  // namespace

const std::vector<std::string>& fault_families() {
  static const std::vector<std::string> families = [] {
    std::vector<std::string> all(families_of_kinds.begin(), families_of_kinds.end());
    all.insert(all.end(), {immediate_stop, kill_backend});
    return all;
  }();
  return families;
}

std::string_view family(const Fault& fault) {
  const auto* const crash = std::get_if<CrashServer>(&fault);
  if (crash != nullptr && crash->how == CrashServer::How::immediate) return immediate_stop;
  if (crash != nullptr && crash->how == CrashServer::How::backend) return kill_backend;
  return families_of_kinds.at(fault.index());
}

bool ends_process(const Fault& fault) {
  return std::holds_alternative<KillProcess>(fault) || std::holds_alternative<EndProcess>(fault);
}

bool needs_process(const Fault& fault) { return std::holds_alternative<KillProcess>(fault); }

std::vector<Fault> faults_of(Dialect dialect, const std::vector<std::string>& families) {
  std::vector<Fault> all = errors_of(dialect);
  for (const auto& [word, fault] : worded_faults()) all.push_back(fault);
  return of_families(std::move(all), families, [&](std::string_view name) {
    const bool server =
        name == "terminate" || name == "crash" || name == "full-disk" || is_only_if_asked_for(name);
    return (server && dialect != Dialect::postgres) || is_of_programs(name) || is_of_machine(name);
  });
}

std::vector<Fault> faults_of_programs(Dialect dialect, const std::vector<std::string>& families) {
  const bool postgres = dialect == Dialect::postgres;
  std::vector<Fault> all{RaiseError{"EIO"}, RaiseError{"ENOSPC"}};
  if (postgres) {
    all = errors_of(dialect);
    all.insert(all.end(), {RaiseError{"57P03"}, RaiseError{"53300"}});
  }
  for (const auto& [word, fault] : worded_faults()) all.push_back(fault);
  return of_families(std::move(all), families, [&](std::string_view name) {
    const bool signal = name == "kill" || name == "term";
    return name == "throw" || is_of_machine(name) || (!postgres && name != "error" && !signal);
  });
}

std::vector<Fault> faults_of_storage(const std::vector<std::string>& families) {
  std::vector<Fault> all{RaiseError{"EIO"}, RaiseError{"ENOSPC"}, RaiseError{"SHORT_READ"},
                         LoseSync{}, KillProcess{}};
  return of_families(std::move(all), families, [](std::string_view) { return false; });
}

bool refuses_memory(const std::vector<std::string>& families) {
  return std::ranges::find(families, memory_family) != families.end();
}

std::optional<Fault> typical_fault(Dialect dialect, std::string_view family_name) {
  if (family_name == "error") {
    return RaiseError{dialect == Dialect::postgres ? "53100" : "SQLITE_FULL"};
  }
  return parse_fault(family_name);
}

bool commits(const FaultPoint& point) {
  if (point.transaction.failed) return false;
  return point.transaction.open ? point.kind == StatementKind::commit
                                : point.kind == StatementKind::write;
}

bool can_strike(const Fault& fault, const FaultPoint& point) {
  return std::visit(CanStrike{point}, fault);
}

}  // namespace splitproof::harness
