// The contract matrix on the page of a pull request.
#include <fmt/format.h>

#include <ostream>

#include "reports/contract.h"
#include "reports/markdown_text.h"

namespace splitproof::reports {

namespace {

using harness::CaseVerdict;
using harness::ContractCell;

std::string long_cell(const ContractCell* cell, ClauseNotes& notes) {
  if (cell == nullptr) return "–";
  return fmt::format("{} \\[{}\\]: {}", markdown_text(cell->promise), notes.number_of(cell->clause),
                     markdown_text(harness::seen_in_words(*cell)));
}

void write_table_row(const std::vector<std::string>& texts, std::ostream& out) {
  for (const std::string& text : texts) out << "| " << text << " ";
  out << "|\n";
}

void write_contract_block(const ContractBlock& block, ClauseNotes& notes, std::ostream& out) {
  const std::vector<std::string> settings = block.settings();
  const std::vector<std::string> failures = block.failures();
  std::vector<std::string> row{"variant"};
  for (const auto* const titles : {&settings, &failures}) {
    for (const std::string& title : *titles) row.push_back(markdown_text(title));
  }
  write_table_row(row, out);
  write_table_row(std::vector<std::string>(row.size(), "---"), out);
  for (const CaseVerdict* const one : block.cases) {
    row = {markdown_text(one->variant)};
    for (const std::string& name : settings) row.push_back(markdown_text(setting_of(*one, name)));
    for (const std::string& failure : failures) {
      row.push_back(long_cell(cell_of(*one, failure), notes));
    }
    write_table_row(row, out);
  }
  const std::string images = images_text(block);
  if (!images.empty()) out << "\n" << markdown_text(images) << "\n";
}

void write_plan_items(const ContractBlock& block, std::ostream& out) {
  for (const CaseVerdict* const one : block.cases) {
    for (const ContractCell& cell : one->contract->cells) {
      if (cell.plan.empty()) continue;
      out << fmt::format("- **plan** {} of {} / {}, {}\n", markdown_code(cell.plan),
                         markdown_text(block.scenario), markdown_text(one->variant),
                         markdown_text(cell.failure));
    }
  }
}

}  // namespace

void write_markdown_contract(const harness::RunVerdict& run, std::ostream& out) {
  const std::vector<ContractBlock> blocks = contract_blocks(run);
  if (blocks.empty()) return;
  ClauseNotes notes;
  for (const ContractBlock& block : blocks) {
    out << fmt::format("\n### What {} keeps when what it stands on fails: {}\n\n",
                       markdown_text(block.target), markdown_text(block.scenario));
    write_contract_block(block, notes, out);
  }
  out << "\nWhat the documentation says, and the first plans that show a loss:\n\n";
  for (std::size_t i = 0; i < notes.clauses().size(); ++i) {
    out << fmt::format("- \\[{}\\] {}\n", i + 1, markdown_text(notes.clauses()[i]));
  }
  for (const std::string& loss : other_losses(run)) out << "- " << markdown_text(loss) << "\n";
  for (const ContractBlock& block : blocks) write_plan_items(block, out);
}

}  // namespace splitproof::reports
