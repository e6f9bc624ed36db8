#include "sim/process/acting_as.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

namespace splitproof::sim {
namespace {

// The system calls themselves concern one thread; the C library's functions of the same names would
// change all threads of the process. The real and the saved ids stay, for the way back.
void set_effective_user(uid_t user) { ::syscall(SYS_setresuid, -1, user, -1); }
void set_effective_group(gid_t group) { ::syscall(SYS_setresgid, -1, group, -1); }

}  // namespace

ActingAs::ActingAs(uid_t user, gid_t group) { change(user, group); }

ActingAs::ActingAs(pid_t process) {
  struct stat owner {};
  const std::string path = "/proc/" + std::to_string(process);
  if (::stat(path.c_str(), &owner) == 0) change(owner.st_uid, owner.st_gid);
}

ActingAs::~ActingAs() {
  if (!changed_) return;
  set_effective_user(0);
  set_effective_group(0);
  // The kernel forbids core files after a change of user; ours was none that could leak anything.
  ::prctl(PR_SET_DUMPABLE, dumpable_);
}

void ActingAs::change(uid_t user, gid_t group) {
  if (::geteuid() != 0 || ::getegid() != 0 || user == 0) return;
  changed_ = true;
  dumpable_ = ::prctl(PR_GET_DUMPABLE);
  // The group first: the right to change it goes with the user.
  set_effective_group(group);
  set_effective_user(user);
}

}  // namespace splitproof::sim
