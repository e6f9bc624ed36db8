// Counts what each failure of what a database stands on has left: the cells of a case's row in the
// contract matrix.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/oracle/contract.h"
#include "harness/verdict/contract.h"

namespace splitproof::harness {

class ContractBook {
 public:
  // Of those failures of which something is promised and which the families of faults bring about;
  // no families: all. `references` are borrowed.
  ContractBook(const References& references, const std::vector<std::string>& families);

  // Nothing is counted where nothing of what the database stands on failed.
  void note(const RunRecord& run);
  // The run stands for so many images that the power has left, which all were found alike.
  void note_images(const RunRecord& run, std::int64_t images);

  std::vector<ContractCell> cells() const;

 private:
  void count(Breakdown failure, const RunRecord& run, std::int64_t times);

  const References& references_;
  std::map<Breakdown, ContractCell> cells_;
};

}  // namespace splitproof::harness
