#include "harness/plan/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace splitproof::harness {

namespace {

using sim::Dialect;
using sim::StatementKind;

constexpr std::string_view error_prefix = "error:";
constexpr std::string_view rollback_suffix = "+rollback";
constexpr std::string_view power_prefix = "power:";

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
    if (point.place == PointKind::storage) return false;
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
    if (point.place == PointKind::session || point.place == PointKind::storage) return false;
    return point.place != PointKind::connect || !fault.after;
  }
  bool operator()(const StopProcess&) const { return point.place == PointKind::wire; }
  bool operator()(const FillDisk&) const {
    return point.dialect == Dialect::postgres && is_statement() && point.needs_room &&
           !point.transaction.failed;
  }
  bool operator()(const CutPower&) const {
    return point.place == PointKind::storage && (!point.act || sim::changes_disk(*point.act));
  }
  bool operator()(const LoseSync&) const {
    return point.place == PointKind::storage && point.act == sim::DiskAct::sync;
  }

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

// Faults that are told apart by a word alone.
const std::vector<std::pair<std::string_view, Fault>>& worded_faults() {
  using When = CrashServer::When;
  static const std::vector<std::pair<std::string_view, Fault>> faults{
      {"throw", ThrowException{}},
      {"throw-after", ThrowException{.after = true}},
      {"drop", DropConnection{}},
      {"lose-reply", LoseReply{}},
      {"terminate", TerminateBackend{}},
      {"terminate-after", TerminateBackend{.after = true}},
      {"crash", CrashServer{}},
      {"crash-unanswered", CrashServer{When::unanswered}},
      {"crash-after", CrashServer{When::after}},
      {"kill", KillProcess{}},
      {"kill-after", KillProcess{.after = true}},
      {"tear-reply", TearReply{}},
      {"delay", DelayReply{}},
      {"term", EndProcess{}},
      {"term-after", EndProcess{.after = true}},
      {"stop", StopProcess{}},
      {"full-disk", FillDisk{}},
      {"lose-sync", LoseSync{}},
  };
  return faults;
}

bool is_of_programs(std::string_view name) {
  return name == "tear-reply" || name == "delay" || name == "term" || name == "stop";
}

// What strikes nothing but a simulated disk.
bool is_of_storage(std::string_view name) { return name == "power" || name == "lose-sync"; }

template <class LeftOut>
std::vector<Fault> of_families(std::vector<Fault> all, const std::vector<std::string>& families,
                               LeftOut left_out) {
  std::erase_if(all, [&](const Fault& fault) {
    const std::string_view name = family(fault);
    if (left_out(name)) return true;
    return !families.empty() && std::ranges::find(families, name) == families.end();
  });
  return all;
}

bool is_code(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

constexpr char recovery_mark = '/';

std::string in_plan(const sim::Survivors& survivors) {
  std::string text = sim::to_text(survivors);
  std::ranges::replace(text, ' ', ',');
  return text;
}

std::optional<sim::Survivors> survivors_in(std::string_view text) {
  std::string words(text);
  std::ranges::replace(words, ',', ' ');
  return sim::survivors_of(words);
}

// "3:keep=11"
std::optional<CutPower::Again> again_in(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  CutPower::Again again;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + colon, again.change);
  if (failure != std::errc{} || end != text.data() + colon || again.change < 1) return std::nullopt;
  std::optional<sim::Survivors> survivors = survivors_in(text.substr(colon + 1));
  if (!survivors) return std::nullopt;
  again.survivors = *std::move(survivors);
  return again;
}

std::optional<Fault> parse_cut(std::string_view text) {
  CutPower cut;
  std::optional<sim::Survivors> survivors = survivors_in(text.substr(0, text.find(recovery_mark)));
  if (!survivors) return std::nullopt;
  cut.survivors = *std::move(survivors);
  while (text.find(recovery_mark) != std::string_view::npos) {
    text.remove_prefix(text.find(recovery_mark) + 1);
    std::optional<CutPower::Again> again = again_in(text.substr(0, text.find(recovery_mark)));
    if (!again) return std::nullopt;
    cut.again.push_back(*std::move(again));
  }
  return cut;
}

}  // namespace

std::string to_string(const CutPower& cut) {
  std::string text = in_plan(cut.survivors);
  for (const CutPower::Again& again : cut.again) {
    text += fmt::format("{}{}:{}", recovery_mark, again.change, in_plan(again.survivors));
  }
  return text;
}

std::string to_string(const Fault& fault) {
  if (const auto* error = std::get_if<RaiseError>(&fault)) {
    return fmt::format("{}{}{}", error_prefix, error->code,
                       error->rolls_back ? rollback_suffix : "");
  }
  if (const auto* cut = std::get_if<CutPower>(&fault)) {
    return fmt::format("{}{}", power_prefix, to_string(*cut));
  }
  const auto known =
      std::ranges::find(worded_faults(), fault, &std::pair<std::string_view, Fault>::second);
  return std::string(known->first);
}

std::string fault_words() {
  std::string words;
  for (const auto& [word, fault] : worded_faults()) {
    if (!words.empty()) words += word == worded_faults().back().first ? " or " : ", ";
    words += word;
  }
  return words;
}

std::optional<Fault> parse_fault(std::string_view text) {
  for (const auto& [word, fault] : worded_faults()) {
    if (text == word) return fault;
  }
  if (text.starts_with(power_prefix)) return parse_cut(text.substr(power_prefix.size()));
  if (!text.starts_with(error_prefix)) return std::nullopt;
  text.remove_prefix(error_prefix.size());
  const bool rolls_back = text.ends_with(rollback_suffix);
  if (rolls_back) text.remove_suffix(rollback_suffix.size());
  if (!is_code(text)) return std::nullopt;
  return RaiseError{std::string(text), rolls_back};
}

std::string_view family(const Fault& fault) { return fault_families().at(fault.index()); }

const std::vector<std::string>& fault_families() {
  static const std::vector<std::string> families{"error",     "throw", "drop", "lose-reply",
                                                 "terminate", "crash", "kill", "tear-reply",
                                                 "delay",     "term",  "stop", "full-disk", "power", "lose-sync"};
  return families;
}

bool ends_process(const Fault& fault) {
  return std::holds_alternative<KillProcess>(fault) || std::holds_alternative<EndProcess>(fault);
}

bool needs_process(const Fault& fault) { return std::holds_alternative<KillProcess>(fault); }

std::vector<Fault> faults_of(Dialect dialect, const std::vector<std::string>& families) {
  std::vector<Fault> all = errors_of(dialect);
  for (const auto& [word, fault] : worded_faults()) all.push_back(fault);
  return of_families(std::move(all), families, [&](std::string_view name) {
    const bool server = name == "terminate" || name == "crash" || name == "full-disk";
    return (server && dialect != Dialect::postgres) || is_of_programs(name) || is_of_storage(name);
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
    return name == "throw" || is_of_storage(name) || (!postgres && name != "error" && !signal);
  });
}

std::vector<Fault> faults_of_storage(const std::vector<std::string>& families) {
  std::vector<Fault> all{RaiseError{"EIO"}, RaiseError{"ENOSPC"}, RaiseError{"SHORT_READ"},
                         LoseSync{}};
  return of_families(std::move(all), families, [](std::string_view) { return false; });
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
