// The calling thread acts as another user, for as long as the object lives.
//
// A server's processes and shared memory belong to its account. In many containers root may
// neither look into another user's processes nor remove his shared memory (CAP_SYS_PTRACE,
// CAP_IPC_OWNER and CAP_SYS_ADMIN are missing there), but it may become that user. An ordinary user
// stays himself, and so does root for what is root's.
#pragma once

#include <sys/types.h>

namespace splitproof::sim {

class ActingAs {
 public:
  ActingAs(uid_t user, gid_t group);
  // The user that the process runs as.
  explicit ActingAs(pid_t process);
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

 private:
  void change(uid_t user, gid_t group);

  bool changed_ = false;
  int dumpable_ = 0;
};

}  // namespace splitproof::sim
