#include "harness/plan/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

bool is_code(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::string to_string(const Fault& fault) {
  struct Text {
    std::string operator()(const RaiseError& f) const {
      return fmt::format("{}{}{}", error_prefix, f.code, f.rolls_back ? rollback_suffix : "");
    }
    std::string operator()(const ThrowException& f) const {
      return f.after ? "throw-after" : "throw";
    }
    std::string operator()(const DropConnection&) const { return "drop"; }
    std::string operator()(const LoseReply&) const { return "lose-reply"; }
  };
  return std::visit(Text{}, fault);
}

std::optional<Fault> parse_fault(std::string_view text) {
  if (text == "throw") return ThrowException{};
  if (text == "throw-after") return ThrowException{.after = true};
  if (text == "drop") return DropConnection{};
  if (text == "lose-reply") return LoseReply{};
  if (!text.starts_with(error_prefix)) return std::nullopt;
  text.remove_prefix(error_prefix.size());
  const bool rolls_back = text.ends_with(rollback_suffix);
  if (rolls_back) text.remove_suffix(rollback_suffix.size());
  if (!is_code(text)) return std::nullopt;
  return RaiseError{std::string(text), rolls_back};
}

std::string_view family(const Fault& fault) {
  constexpr std::array<std::string_view, 4> names{"error", "throw", "drop", "lose-reply"};
  return names.at(fault.index());
}

const std::vector<std::string>& fault_families() {
  static const std::vector<std::string> families{"error", "throw", "drop", "lose-reply"};
  return families;
}

std::vector<Fault> faults_of(Dialect dialect, const std::vector<std::string>& families) {
  std::vector<Fault> all = errors_of(dialect);
  all.insert(all.end(),
             {ThrowException{}, ThrowException{.after = true}, DropConnection{}, LoseReply{}});
  std::erase_if(all, [&](const Fault& fault) {
    return !families.empty() && std::ranges::find(families, family(fault)) == families.end();
  });
  return all;
}

std::optional<Fault> typical_fault(Dialect dialect, std::string_view family_name) {
  if (family_name == "error") {
    return RaiseError{dialect == Dialect::postgres ? "53100" : "SQLITE_FULL"};
  }
  return parse_fault(family_name);
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
  };
  return std::visit(Words{}, fault);
}

}  // namespace splitproof::harness
