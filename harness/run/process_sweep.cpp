#include "harness/run/process_sweep.h"

namespace splitproof::harness {

void use_processes(Experiment& experiment, const CleanRun& clean, ClientHost& host,
                   const std::string& code) {
  host.bind(experiment.scenario().operations, code);
  host.know_clean(clean.record.history, experiment.world().dialect());
  experiment.run_clients_in(&host);
}

std::vector<SweepAccount> process_sweep(Experiment& experiment, const CleanRun& clean,
                                        SweepOptions options,
                                        const std::function<void(const RunRecord&)>& judge) {
  std::erase_if(options.faults, [](const Fault& fault) { return !needs_process(fault); });
  options.modes = {false};
  return sweep(experiment, base_of(clean), options, judge);
}

}  // namespace splitproof::harness
