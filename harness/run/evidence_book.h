// What a case leaves for those who check its verdict later: the states that clean runs leave, and
// the rows of each state that some run ended in.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/oracle/oracles.h"
#include "harness/verdict/evidence.h"

namespace splitproof::harness {

// The clean runs and promises of a case, without the rows of its states.
CaseEvidence recorded(const References& references);

class EvidenceBook {
 public:
  // Notes the states that the run ended in and that observers saw, as far as there is room; those
  // of a run that `always` counts are kept all the same. `bench` is that of the ledger's line.
  // Where the world of a bench cannot be asked for its keys, its tables are written without them.
  void note(std::size_t bench, const RunRecord& run, World& world, bool always = false);

  // Adds the rows to what recorded() says of a bench.
  void write_states(std::size_t bench, const References& references, CaseEvidence& evidence) const;

 private:
  struct States {
    Shape shape;
    std::vector<std::shared_ptr<const Observation>> kept;
    std::set<std::string> known;  // Digests of those that are kept or left out.
    std::set<std::string> left_out;
  };

  static void keep(States& states, const std::shared_ptr<const Observation>& one, bool always);

  std::vector<States> benches_;
};

}  // namespace splitproof::harness
