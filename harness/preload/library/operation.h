// How the library carries an operation out: the harness is told before and after it, and may let it
// fail instead.
#pragma once

#include <dlfcn.h>

#include <atomic>
#include <cerrno>

#include "harness/preload/library/messenger.h"
#include "harness/preload/library/tracked_files.h"

namespace splitproof::preload {

// The function of this name that the program would call without us.
template <class Function>
class Real {
 public:
  explicit constexpr Real(const char* name) : name_(name) {}

  template <class... Arguments>
  auto operator()(Arguments... arguments) {
    auto* function = found_.load(std::memory_order_relaxed);
    if (function == nullptr) {
      function = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name_));
      found_.store(function, std::memory_order_relaxed);
    }
    return function(arguments...);
  }

 private:
  const char* name_;
  std::atomic<Function*> found_ = nullptr;
};

// `action` answers as system calls do: below 0 with an errno where it fails.
template <class Action>
auto carry_out(Report report, Action action) {
  report.kind = ReportKind::before;
  const Word word = tell(report);
  if (word.kind == Word::Kind::fail) {
    errno = word.error;
    return static_cast<decltype(action())>(-1);
  }
  const auto result = action();
  report.kind = ReportKind::after;
  report.error = result < 0 ? errno : 0;
  tell(report);
  return result;
}

// Only locks of the write-ahead log's index are points.
inline bool is_seen(DatabaseFile file) {
  return file != DatabaseFile::none && file != DatabaseFile::index && is_watched();
}

}  // namespace splitproof::preload
