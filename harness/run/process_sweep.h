// The sweep of killed clients: SIGKILL before and after every statement of the clean run, in
// processes of their own.
//
// Each kill is swept once; a process dies only once. The closing run kills nobody and is the clean
// run in processes: it must equal the clean run event for event, as every other run must up to its
// kill. The experiment's world must have an address.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/inject/client_process.h"
#include "harness/run/sweep.h"

namespace splitproof::harness {

// From here on plans that kill a client can be run by the experiment; for a single plan, a sweep
// and the replay of what they found. `clean` is the experiment's own, `code` the form of the
// operations. The host is borrowed by the experiment. Throws HarnessFailure.
void use_processes(Experiment& experiment, const CleanRun& clean, ClientHost& host,
                   const std::string& code);

// Sweeps those faults of `options` that need a process; use_processes() comes first. `judge` is
// called with every run. Returns one account per fault.
std::vector<SweepAccount> process_sweep(Experiment& experiment, const CleanRun& clean,
                                        SweepOptions options,
                                        const std::function<void(const RunRecord&)>& judge);

}  // namespace splitproof::harness
