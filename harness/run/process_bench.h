// A calibrated experiment of a case whose clients are processes of their own, which can be killed.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "harness/run/judge.h"

namespace splitproof::harness {

class ProcessBench {
 public:
  // A second experiment on a world of its own, where the case's own world cannot be reached from
  // outside; else the case's own. All are borrowed. What differs between clean runs is added to
  // judge.unstable().
  void open(const Bench& usual, const Case& subject, const CaseOptions& options,
            const std::vector<OperationFactory>& operations, Judge& judge);

  bool is_open() const { return bench_.experiment != nullptr; }
  const Bench& bench() const { return bench_; }

 private:
  std::unique_ptr<World> world_;  // Null where it is the case's own.
  std::optional<Experiment> experiment_;
  std::optional<Prepared> prepared_;
  Bench bench_;
};

}  // namespace splitproof::harness
