#include "reports/contract.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/case_text.h"
#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::CaseVerdict;
using harness::ContractCell;
using harness::ContractSetting;

// What goes without saying where all cases have it.
constexpr std::string_view usual_disk = "honest";

void note_once(std::vector<std::string>& texts, const std::string& text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

bool has_clause(const CaseVerdict& verdict, const std::string& clause) {
  const auto& cells = verdict.contract->cells;
  return std::ranges::find(cells, clause, &ContractCell::clause) != cells.end();
}

// Rows that begin alike stand together, whatever is expected of them.
void group_by_first_setting(ContractBlock& block) {
  const auto first_setting = [](const CaseVerdict* one) {
    return one->contract->settings.empty() ? "" : one->contract->settings.front().value;
  };
  std::vector<std::string> order;
  for (const CaseVerdict* const one : block.cases) note_once(order, first_setting(one));
  std::ranges::stable_sort(block.cases, {}, [&](const CaseVerdict* one) {
    return std::ranges::find(order, first_setting(one)) - order.begin();
  });
}

struct OtherLoss {
  std::string clause;
  std::int64_t runs = 0;
  std::string plan;
  std::string name;  // Of the case that the plan is of.
};

}  // namespace

std::vector<ContractBlock> contract_blocks(const harness::RunVerdict& run) {
  std::vector<ContractBlock> blocks;
  for (const CaseVerdict& verdict : run.cases) {
    if (!verdict.contract) continue;
    const auto is_its = [&](const ContractBlock& block) {
      return block.scenario == verdict.scenario && block.target == verdict.target;
    };
    auto block = std::ranges::find_if(blocks, is_its);
    if (block == blocks.end()) {
      block = blocks.insert(block, {verdict.scenario, verdict.target, {}});
    }
    block->cases.push_back(&verdict);
  }
  for (ContractBlock& block : blocks) group_by_first_setting(block);
  return blocks;
}

std::vector<std::string> ContractBlock::failures() const {
  std::vector<std::string> names;
  for (const CaseVerdict* const one : cases) {
    for (const ContractCell& cell : one->contract->cells) note_once(names, cell.failure);
  }
  return names;
}

std::vector<std::string> ContractBlock::settings() const {
  std::vector<std::string> names;
  for (const CaseVerdict* const one : cases) {
    for (const ContractSetting& setting : one->contract->settings) note_once(names, setting.name);
  }
  std::erase_if(names, [&](const std::string& name) {
    return std::ranges::all_of(
        cases, [&](const CaseVerdict* one) { return setting_of(*one, name) == usual_disk; });
  });
  return names;
}

bool ContractBlock::has_equal_rows() const {
  std::vector<std::vector<ContractSetting>> seen;
  for (const CaseVerdict* const one : cases) {
    if (std::ranges::find(seen, one->contract->settings) != seen.end()) return true;
    seen.push_back(one->contract->settings);
  }
  return false;
}

const ContractCell* cell_of(const CaseVerdict& verdict, std::string_view failure) {
  const auto& cells = verdict.contract->cells;
  const auto found = std::ranges::find(cells, failure, &ContractCell::failure);
  return found == cells.end() ? nullptr : &*found;
}

std::string setting_of(const CaseVerdict& verdict, std::string_view name) {
  const auto& settings = verdict.contract->settings;
  const auto found = std::ranges::find(settings, name, &ContractSetting::name);
  return found == settings.end() ? "" : found->value;
}

std::string images_text(const ContractBlock& block) {
  harness::StorageCount sum;
  for (const CaseVerdict* const one : block.cases) {
    if (!one->storage) continue;
    sum.moments += one->storage->moments;
    sum.images += one->storage->images;
    sum.in_recovery += one->storage->in_recovery;
    sum.sampled += one->storage->sampled;
    sum.moments_of += one->storage->moments_of;
    sum.unsynced_max = std::max(sum.unsynced_max, one->storage->unsynced_max);
  }
  if (sum.moments == 0) return "";
  std::string text =
      fmt::format("{} at {} of losing power", count_of(sum.images, "image", "images"),
                  count_of(sum.moments, "moment", "moments"));
  if (sum.in_recovery > 0) {
    text += fmt::format(", {} of them where it was lost again in a recovery", sum.in_recovery);
  }
  // Where moments were chosen, none has all its sets.
  if (sum.moments_of > 0) {
    return text + fmt::format(", a sample: there are {}, with up to {} not synced",
                              count_of(sum.moments_of, "moment", "moments"),
                              count_of(sum.unsynced_max, "thing", "things"));
  }
  if (sum.sampled > 0) {
    text += fmt::format("; of {} not all sets of what may survive",
                        count_of(sum.sampled, "moment", "moments"));
  }
  return text;
}

std::size_t ClauseNotes::number_of(const std::string& clause) {
  note_once(clauses_, clause);
  const auto found = std::ranges::find(clauses_, clause);
  return static_cast<std::size_t>(found - clauses_.begin()) + 1;
}

std::vector<std::string> other_losses(const harness::RunVerdict& run) {
  std::vector<OtherLoss> losses;
  for (const CaseVerdict& verdict : run.cases) {
    if (!verdict.contract || !verdict.storage) continue;
    for (const harness::ContractLoss& loss : verdict.storage->losses) {
      if (has_clause(verdict, loss.clause)) continue;
      auto known = std::ranges::find(losses, loss.clause, &OtherLoss::clause);
      if (known == losses.end()) {
        known = losses.insert(known, {loss.clause, 0, loss.plan, name_of(verdict)});
      }
      known->runs += loss.runs;
    }
  }
  std::vector<std::string> texts;
  for (const OtherLoss& loss : losses) {
    texts.push_back(fmt::format("the contract says so of {}, such as '{}' of {}: {}",
                                count_of(loss.runs, "run", "runs"), printable(loss.plan), loss.name,
                                printable(loss.clause)));
  }
  return texts;
}

}  // namespace splitproof::reports
