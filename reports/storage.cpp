#include "reports/storage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ostream>

#include "reports/case_text.h"
#include "reports/layout.h"
#include "reports/markdown_text.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

std::string setting_text(const harness::StorageCount& storage) {
  return printable(
      fmt::format("{}, {}, {} disk", storage.journal, storage.synchronous, storage.persona));
}

}  // namespace

std::string storage_text(const harness::StorageCount& storage) {
  if (storage.moments == 0) return "the power was not swept";
  std::string text = fmt::format("{}, {}", count_of(storage.moments, "moment", "moments"),
                                 count_of(storage.images, "image", "images"));
  if (storage.in_recovery > 0) {
    text += fmt::format(", {} of them in recoveries", storage.in_recovery);
  }
  text += fmt::format(", {}", count_of(storage.outcomes, "outcome", "outcomes"));
  if (storage.sampled > 0) {
    text += fmt::format("; of {} not all sets that may survive",
                        count_of(storage.sampled, "moment", "moments"));
  }
  return text;
}

std::vector<std::string> contract_texts(const harness::StorageCount& storage) {
  std::vector<std::string> texts;
  bool observed = storage.promise == "whole and durable";
  for (const harness::ContractLoss& loss : storage.losses) {
    observed = observed || loss.clause == storage.clause;
    texts.push_back(fmt::format("the contract says so of {} such as '{}': {}",
                                count_of(loss.runs, "run", "runs"), printable(loss.plan),
                                printable(loss.clause)));
  }
  if (!observed && storage.images > 0) {
    texts.push_back(fmt::format("a loss may happen and was not observed in {}: {}",
                                count_of(storage.images, "image", "images"),
                                printable(storage.clause)));
  }
  return texts;
}

void write_storage(const harness::RunVerdict& run, const Paint& paint, std::ostream& out) {
  std::string title = "What the power left: promised, tried, and what the contract says of losses";
  for (const harness::CaseVerdict& verdict : run.cases) {
    if (!verdict.storage) continue;
    const harness::StorageCount& storage = *verdict.storage;
    if (!title.empty()) out << "\n" << paint.bold(title) << "\n";
    title.clear();
    write_labelled(
        "  ",
        fmt::format("{} ({}): promised is {}; {}", name_of(verdict), setting_text(storage),
                    printable(storage.promise), storage_text(storage)),
        out);
    for (const std::string& text : contract_texts(storage)) write_labelled("    - ", text, out);
  }
}

void write_markdown_storage(const harness::RunVerdict& run, std::ostream& out) {
  std::string_view title =
      "\n### What the power left\n\n"
      "| case | storage | promised | tried | the contract |\n"
      "|---|---|---|---|---|\n";
  for (const harness::CaseVerdict& verdict : run.cases) {
    if (!verdict.storage) continue;
    const harness::StorageCount& storage = *verdict.storage;
    out << title
        << fmt::format("| {} | {} | {} | {} | {} |\n", markdown_text(name_of(verdict)),
                       markdown_text(setting_text(storage)), markdown_text(storage.promise),
                       storage_text(storage),
                       markdown_text(fmt::format("{}", fmt::join(contract_texts(storage), "; "))));
    title = "";
  }
}

}  // namespace splitproof::reports
