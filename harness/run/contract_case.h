// The stages of a case of which it is asked what survives when the thing it stands on fails: a
// simulated disk and its power, or a server with settings of its own.
#pragma once

#include <string>
#include <vector>

#include "harness/run/contract_book.h"
#include "harness/run/judge.h"
#include "harness/run/sweep.h"

namespace splitproof::harness {

// All but the options are borrowed.
struct ContractCase {
  const Bench& bench;
  Judge& judge;
  SweepOptions sweep;  // Its faults are not looked at.
  const Variant& variant;
  const std::vector<std::string>& families;  // Of faults; empty: all.
  std::uint64_t seed = 1;
};

class ContractStages {
 public:
  // `verdict` is borrowed; what was counted is written into it by finish().
  ContractStages(const ContractCase& subject, CaseVerdict& verdict);

  // Each failure at each moment. Returns an account of each fault and mode.
  std::vector<SweepAccount> run();
  // One run that was made elsewhere, and judged there.
  void note(const RunRecord& run) { book_.note(run); }
  // Behind the last run.
  void finish();

 private:
  std::vector<SweepAccount> strike(std::vector<Fault> faults, const char* purpose);
  std::vector<SweepAccount> cut_power();

  const ContractCase& subject_;
  CaseVerdict& verdict_;
  ContractBook book_;
};

}  // namespace splitproof::harness
