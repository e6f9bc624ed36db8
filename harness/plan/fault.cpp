#include "harness/plan/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace splitproof::harness {

namespace {

using sim::Dialect;
using sim::StatementKind;

constexpr std::string_view error_prefix = "error:";
constexpr std::string_view rollback_suffix = "+rollback";

// An engine never answers with a code of the other one.
constexpr std::size_t sqlstate_length = 5;
constexpr std::string_view sqlite_prefix = "SQLITE_";

const std::map<std::string, std::string, std::less<>>& code_words() {
  static const std::map<std::string, std::string, std::less<>> words{
      {"23505", "a duplicate key is reported"},
      {"40001", "the transaction cannot be serialized"},
      {"40P01", "a deadlock is broken at its cost"},
      {"53100", "the disk is full"},
      {"57014", "the statement is cancelled"},
      {"SQLITE_CONSTRAINT_UNIQUE", "a duplicate key is reported"},
      {"SQLITE_BUSY", "the database is locked by another connection"},
      {"SQLITE_FULL", "the disk is full"},
      {"SQLITE_IOERR_READ", "reading the disk fails"},
      {"SQLITE_IOERR_WRITE", "writing to the disk fails"},
      {"SQLITE_NOMEM", "memory runs out"},
      {"SQLITE_INTERRUPT", "the statement is interrupted"},
  };
  return words;
}

bool is_query(StatementKind kind) {
  return kind == StatementKind::read || kind == StatementKind::write;
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
    return point.dialect == Dialect::postgres ? postgres_raises(fault.code, point)
                                              : sqlite_raises(fault, point);
  }
  bool operator()(const ThrowException& fault) const { return program_throws(fault, point); }
  bool operator()(const DropConnection&) const { return true; }
  bool operator()(const LoseReply&) const { return true; }
  bool operator()(const KillProcess&) const { return true; }
  bool operator()(const TerminateBackend&) const { return point.dialect == Dialect::postgres; }
  bool operator()(const CrashServer&) const {
    return point.dialect == Dialect::postgres && commits(point);
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
  };
  return faults;
}

bool is_code(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::string to_string(const Fault& fault) {
  if (const auto* error = std::get_if<RaiseError>(&fault)) {
    return fmt::format("{}{}{}", error_prefix, error->code,
                       error->rolls_back ? rollback_suffix : "");
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
                                                 "terminate", "crash", "kill"};
  return families;
}

bool needs_process(const Fault& fault) { return std::holds_alternative<KillProcess>(fault); }

std::vector<Fault> faults_of(Dialect dialect, const std::vector<std::string>& families) {
  std::vector<Fault> all = errors_of(dialect);
  for (const auto& [word, fault] : worded_faults()) all.push_back(fault);
  std::erase_if(all, [&](const Fault& fault) {
    const std::string_view name = family(fault);
    const bool server = name == "terminate" || name == "crash";
    if (server && dialect != Dialect::postgres) return true;
    return !families.empty() && std::ranges::find(families, name) == families.end();
  });
  return all;
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

std::string planned_message(const RaiseError& fault) {
  const auto known = code_words().find(fault.code);
  return "planned: " + (known == code_words().end() ? std::string("an error") : known->second);
}

std::string in_words(const Fault& fault) {
  struct Words {
    std::string operator()(const RaiseError& f) const {
      const auto known = code_words().find(f.code);
      return fmt::format(
          "{} ({}){}", known == code_words().end() ? "an error" : known->second, f.code,
          f.rolls_back ? ", and the engine rolls the transaction back by itself" : "");
    }
    std::string operator()(const ThrowException& f) const {
      return f.after ? "the program throws an exception right after it"
                     : "the program throws an exception right before it";
    }
    std::string operator()(const DropConnection&) const {
      return "the connection is lost before it is sent";
    }
    std::string operator()(const LoseReply&) const {
      return "it is executed, and its answer is lost with the connection";
    }
    std::string operator()(const KillProcess& f) const {
      return f.after ? "the client's process is killed when the answer came"
                     : "the client's process is killed before it is sent";
    }
    std::string operator()(const TerminateBackend& f) const {
      return f.after ? "the server ends the connection right after its answer"
                     : "the server ends the connection before it is sent";
    }
    std::string operator()(const CrashServer& f) const {
      switch (f.when) {
        case CrashServer::When::before:
          return "the server is killed before it is sent, and recovers";
        case CrashServer::When::unanswered:
          return "it is executed, the server is killed before it answers, and recovers";
        case CrashServer::When::after:
          return "the server is killed right after its answer, and recovers";
      }
      return "";
    }
  };
  return std::visit(Words{}, fault);
}

}  // namespace splitproof::harness
