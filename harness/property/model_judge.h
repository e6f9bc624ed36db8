// Compares a run of generated commands with the model: what each client was told, and what the
// database held when the faults stopped and after the retries.
//
// A pure function of the run. The model is not asked what must happen when something was struck:
// told committed, the command was applied; told aborted, it was not; indeterminate, either. All
// possible contents are carried on, and the database must hold one of them. Where nothing struck,
// the client must be told committed, or the refusal that the model demands.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/property/model.h"
#include "harness/run/experiment.h"

namespace splitproof::harness {

// A run with what it ran. All are borrowed.
struct PropertyRun {
  const RunRecord& record;
  const std::vector<Command>& commands;
  // By attempt: the kind of the error that the operation answered, if it answered one.
  const std::vector<std::optional<sim::ErrorKind>>& kinds;
};

struct Disagreement {
  std::string because;
  // What the database held and what the model says; null and empty where it is about what a client
  // was told.
  std::shared_ptr<const Observation> found;
  State expected;
};

// The first disagreement, if there is one. `initial` is the model of the content before the run.
std::optional<Disagreement> disagreement(const PropertyRun& run, const Model& initial,
                                         const Comparison& comparison);

using ModelJudge =
    std::function<std::optional<Disagreement>(const PropertyRun&, const Model&, const Comparison&)>;

}  // namespace splitproof::harness
