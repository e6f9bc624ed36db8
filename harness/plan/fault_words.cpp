// What faults are, in words for people.
#include <fmt/format.h>

#include <map>

#include "harness/plan/fault.h"

namespace splitproof::harness {

namespace {

const std::map<std::string, std::string, std::less<>>& code_words() {
  static const std::map<std::string, std::string, std::less<>> words{
      {"23505", "a duplicate key is reported"},
      {"40001", "the transaction cannot be serialized"},
      {"40P01", "a deadlock is broken at its cost"},
      {"53100", "the disk is full"},
      {"57014", "the statement is cancelled"},
      {"57P03", "the database system is starting up"},
      {"53300", "the server has too many clients already"},
      {"EIO", "the disk fails"},
      {"SHORT_READ", "the file ends too early"},
      {"ENOSPC", "the disk is full"},
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

std::string power_in_words(const CutPower& f) {
  std::string words =
      fmt::format("the power fails before it is done; of what was not synced this is left: {}",
                  sim::to_text(f.survivors));
  for (const CutPower::Again& again : f.again) {
    words += fmt::format("; it fails again before change {} of the recovery, and this is left: {}",
                         again.change, sim::to_text(again.survivors));
  }
  return words;
}

std::string crash_in_words(const CrashServer& f) {
  const char* what = "";
  switch (f.how) {
    case CrashServer::How::all:
      what = "the server is killed";
      break;
    case CrashServer::How::immediate:
      what = "the server is stopped at once (SIGQUIT)";
      break;
    case CrashServer::How::backend:
      what = "the backend is killed, on which the server ends all others,";
      break;
  }
  switch (f.when) {
    case CrashServer::When::before:
      return fmt::format("{} before it is sent, and recovers", what);
    case CrashServer::When::unanswered:
      return fmt::format("it is executed, {} before it answers, and recovers", what);
    case CrashServer::When::after:
      return fmt::format("{} right after its answer, and recovers", what);
  }
  return "";
}

}  // namespace

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
    std::string operator()(const TearReply&) const {
      return "it is executed, and the connection is lost in the middle of its answer";
    }
    std::string operator()(const DelayReply&) const {
      return "it is executed, and its answer does not come before the program's own time-out";
    }
    std::string operator()(const EndProcess& f) const {
      return f.after ? "the program is asked to end (SIGTERM) when the answer came"
                     : "the program is asked to end (SIGTERM) before it is sent";
    }
    std::string operator()(const StopProcess&) const {
      return "the program is stopped before it is sent, and goes on when the server has ended its "
             "connection";
    }
    std::string operator()(const FillDisk&) const {
      return "the disk below the server is full while it is executed";
    }
    std::string operator()(const CutPower& f) const { return power_in_words(f); }
    std::string operator()(const RefuseMemory&) const { return "memory runs out"; }
    std::string operator()(const LoseSync&) const {
      return "the sync fails, what it should have written is forgotten, and later syncs succeed "
             "without it";
    }
    std::string operator()(const KillProcess& f) const {
      return f.after ? "the client's process is killed when the answer came"
                     : "the client's process is killed right before it";
    }
    std::string operator()(const TerminateBackend& f) const {
      return f.after ? "the server ends the connection right after its answer"
                     : "the server ends the connection before it is sent";
    }
    std::string operator()(const CrashServer& f) const { return crash_in_words(f); }
  };
  return std::visit(Words{}, fault);
}

}  // namespace splitproof::harness
