// The contract matrix: of each scenario and target a table with a row for each variant, whose
// settings the row begins with, and a column for each failure; what the documentation says is in
// numbered notes below.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/verdict.h"
#include "reports/paint.h"

namespace splitproof::reports {

// The cases of one scenario on one target that have a row; never empty.
struct ContractBlock {
  std::string scenario;
  std::string target;
  std::vector<const harness::CaseVerdict*> cases;

  // Of all its cases, in the order in which they first occur.
  std::vector<std::string> failures() const;
  // The names of the settings of its cases that tell one from another, or are not what goes without
  // saying.
  std::vector<std::string> settings() const;
  // Whether two of its cases have the same settings.
  bool has_equal_rows() const;
};

std::vector<ContractBlock> contract_blocks(const harness::RunVerdict& run);

// Null where the case has no such cell.
const harness::ContractCell* cell_of(const harness::CaseVerdict& verdict, std::string_view failure);
// Empty where the case has no such setting.
std::string setting_of(const harness::CaseVerdict& verdict, std::string_view name);

// "1203 images at 21 moments, 214 of them where the power failed again in a recovery": of all cases
// of the block. Empty where no power failed.
std::string images_text(const ContractBlock& block);

// Numbers sentences of the documentation in the order in which they are asked for, from 1.
class ClauseNotes {
 public:
  std::size_t number_of(const std::string& clause);
  const std::vector<std::string>& clauses() const { return clauses_; }

 private:
  std::vector<std::string> clauses_;
};

// What the contract allows beside the failures of the columns: one sentence for each clause.
std::vector<std::string> other_losses(const harness::RunVerdict& run);

// Nothing where no case has a row.
void write_contract(const harness::RunVerdict& run, const Paint& paint, std::ostream& out);
void write_markdown_contract(const harness::RunVerdict& run, std::ostream& out);

}  // namespace splitproof::reports
