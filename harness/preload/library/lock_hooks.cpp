// Stands in the way of fcntl(2), by which SQLite locks bytes of its files, and of sleeps, by which
// its busy handler and programs wait for each other.
//
// Where several programs take turns, a sleep is not slept: the harness is told, and lets the
// program go on when the lock that it was last refused is to be had, or when the others have had
// their turn. A lock that a program waits for inside fcntl(2) is waited for in the same way.
#include <fcntl.h>
#include <sys/select.h>
#include <unistd.h>

#include <cstdarg>
#include <ctime>

#include "harness/preload/library/operation.h"

namespace splitproof::preload {

namespace {

using ControlFunction = int(int, int, ...);
using SelectFunction = int(int, fd_set*, fd_set*, fd_set*, timeval*);

Real<ControlFunction> real_fcntl{"fcntl"};
Real<ControlFunction> real_fcntl64{"fcntl64"};
Real<int(useconds_t)> real_usleep{"usleep"};
Real<unsigned(unsigned)> real_sleep{"sleep"};
Real<int(const timespec*, timespec*)> real_nanosleep{"nanosleep"};
Real<int(clockid_t, int, const timespec*, timespec*)> real_clock_nanosleep{"clock_nanosleep"};
Real<SelectFunction> real_select{"select"};

// The lock that this thread was last refused, by an F_SETLK of the kind that it used.
struct Refused {
  int descriptor = -1;
  bool of_open_file = false;
  struct flock range = {};
};

thread_local Refused refused;

// Whose lock is in the way, -1 where the kernel does not know a process, 0 for none.
std::int32_t holder_of_refused() {
  if (refused.descriptor < 0) return 0;
  struct flock range = refused.range;
  range.l_pid = 0;
  const int command = refused.of_open_file ? F_OFD_GETLK : F_GETLK;
  if (real_fcntl(refused.descriptor, command, &range) != 0) return 0;
  return range.l_type == F_UNLCK ? 0 : range.l_pid;
}

Word tell_that_it_sleeps() {
  Report report;
  report.kind = ReportKind::sleeps;
  report.holder = holder_of_refused();
  return tell(report, holder_of_refused);
}

bool takes_lock(int command) {
  return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK ||
         command == F_OFD_SETLKW;
}

class LockCall {
 public:
  LockCall(Real<ControlFunction>& real, int descriptor, int command, struct flock* wanted)
      : real_(real), descriptor_(descriptor), command_(command), wanted_(wanted) {
    of_open_file_ = command == F_OFD_SETLK || command == F_OFD_SETLKW;
    waits_ = command == F_SETLKW || command == F_OFD_SETLKW;
    report_.call = DiskCall::lock;
    report_.file = file_of(descriptor);
    const LockRange range{wanted->l_type == F_WRLCK, wanted->l_start, wanted->l_len};
    report_.lock = wanted->l_whence == SEEK_SET ? lock_of(report_.file, range) : FileLock::none;
  }

  int give_up() {
    const int result = real_(descriptor_, command_, wanted_);
    // A reader that has passed the pending byte lets it go, and keeps what it came for.
    if (wanted_->l_len == 1 && report_.file == DatabaseFile::database) return result;
    if (takes_turns()) tell({.kind = ReportKind::unlocked, .file = report_.file});
    return result;
  }

  int take() {
    while (true) {
      report_.kind = ReportKind::before;
      const Word word = is_told() ? tell(report_) : Word{};
      if (word.kind == Word::Kind::fail) return failed(word.error);
      const int result = attempt();
      if (is_told()) tell(report_);
      if (result == 0 || report_.error != EAGAIN || !waits_) return result;
      if (!takes_turns()) return real_(descriptor_, command_, wanted_);
      if (tell_that_it_sleeps().kind == Word::Kind::fail) return failed(EDEADLK);
    }
  }

 private:
  bool is_told() const { return report_.lock != FileLock::none; }

  static int failed(int error) {
    errno = error;
    return -1;
  }

  int attempt() {
    const int once = of_open_file_ ? F_OFD_SETLK : F_SETLK;
    const int result = real_(descriptor_, waits_ ? once : command_, wanted_);
    report_.kind = ReportKind::after;
    report_.error = result < 0 ? errno : 0;
    report_.holder = 0;
    if (report_.error == EACCES) report_.error = EAGAIN;
    refused.descriptor = report_.error == EAGAIN ? descriptor_ : -1;
    if (report_.error != EAGAIN) return result;
    refused.of_open_file = of_open_file_;
    refused.range = *wanted_;
    report_.holder = holder_of_refused();
    errno = EAGAIN;
    return result;
  }

  Real<ControlFunction>& real_;
  int descriptor_;
  int command_;
  struct flock* wanted_;
  bool of_open_file_;
  bool waits_;
  Report report_;
};

int control(Real<ControlFunction>& real, int descriptor, int command, void* argument) {
  const bool is_lock =
      takes_lock(command) && is_watched() && file_of(descriptor) != DatabaseFile::none;
  if (!is_lock) return real(descriptor, command, argument);
  auto* const wanted = static_cast<struct flock*>(argument);
  LockCall call(real, descriptor, command, wanted);
  return wanted->l_type == F_UNLCK ? call.give_up() : call.take();
}

bool sleeps_in_turn() {
  if (!takes_turns()) return false;
  tell_that_it_sleeps();
  return true;
}

void nothing_remains(timespec* rest) {
  if (rest != nullptr) *rest = {};
}

}  // namespace

extern "C" {

int fcntl(int descriptor, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  return control(real_fcntl, descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  return control(real_fcntl64, descriptor, command, argument);
}

// The program under test sleeps here, as it asks to; in turns it gives its turn away instead.
int usleep(useconds_t duration) { return sleeps_in_turn() ? 0 : real_usleep(duration); }

unsigned sleep(unsigned duration) { return sleeps_in_turn() ? 0 : real_sleep(duration); }

int nanosleep(const timespec* duration, timespec* rest) {
  if (!sleeps_in_turn()) return real_nanosleep(duration, rest);
  nothing_remains(rest);
  return 0;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* duration, timespec* rest) {
  if (!sleeps_in_turn()) return real_clock_nanosleep(clock, flags, duration, rest);
  if (flags != TIMER_ABSTIME) nothing_remains(rest);
  return 0;
}

// Without descriptors it is a sleep.
int select(int count, fd_set* read, fd_set* write, fd_set* except, timeval* duration) {
  const bool is_sleep =
      read == nullptr && write == nullptr && except == nullptr && duration != nullptr;
  if (is_sleep && sleeps_in_turn()) return 0;
  return real_select(count, read, write, except, duration);
}

}  // extern "C"

}  // namespace splitproof::preload
