#include "harness/run/process_bench.h"

#include "harness/run/process_sweep.h"

namespace splitproof::harness {

void ProcessBench::open(const Bench& usual, const Case& subject, const CaseOptions& options,
                        const std::vector<OperationFactory>& operations, Judge& judge) {
  bench_ = usual;
  if (usual.experiment->world().address().empty()) {
    world_ = options.reachable_world();
    experiment_.emplace(*world_, *subject.scenario, operations);
    prepared_.emplace(
        prepare(*experiment_, options.seed,
                [&](const RunRecord& run, const char* why) { judge.enter(run, why).bench = 1; }));
    bench_ = {&*experiment_, &*prepared_};
    for (const std::string& why : prepared_->unstable) {
      judge.unstable().push_back("with clients as processes: " + why);
    }
  }
  use_processes(*bench_.experiment, bench_.prepared->clean, *options.clients,
                subject.variant->code);
}

}  // namespace splitproof::harness
