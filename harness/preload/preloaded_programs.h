// Anyone's programs on an SQLite database, watched by a library that is loaded before them.
//
// A run of a program is an attempt: exit code 0 is `committed`. Otherwise it is `aborted` while
// nothing was written to the database file or its write-ahead log, and `indeterminate` from there
// on (see may_change_database()). The operations of all its processes on the files of the database
// are the fault points. Programs that have several sessions at once take turns at the locks that
// they take.
//
// What cannot be seen is not judged: where the clean run of a program succeeds and nothing of it
// was seen, or the database file changed unseen, the attempt throws NotInterceptable. What a
// program does with the file beside what is seen (through a descriptor that it duplicated, a
// mapping, io_uring) is found out only where it does nothing else with it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/run/client_processes.h"
#include "harness/run/scenario.h"
#include "sim/process/guardian.h"
#include "sim/server/server_folder.h"

namespace splitproof::harness {

class PreloadedPrograms final : public ClientProcesses {
 public:
  // The guardian is borrowed. `folder` is private to it; `library` is loaded before the programs.
  PreloadedPrograms(sim::Guardian& guardian, sim::ServerFolder folder,
                    std::vector<OperationSpec> operations, std::string code, std::string library);

  void attempt(World& world, Director& director, Told& told, std::uint64_t seed,
               const Turns* turns) override;

 private:
  sim::Guardian& guardian_;
  sim::ServerFolder folder_;
  std::vector<OperationSpec> operations_;
  std::string code_;
  std::string library_;
  std::set<int> seen_;             // The operations of which something was ever seen.
  std::map<pid_t, char> clients_;  // Whose the processes are that live.
};

// The programs of these operations, in the variant's form `code`. The guardian is borrowed. Throws
// HarnessFailure where there is no folder for them, or no library.
std::unique_ptr<ClientProcesses> make_preloaded_programs(
    sim::Guardian& guardian, const std::vector<OperationSpec>& operations, const std::string& code);

}  // namespace splitproof::harness
