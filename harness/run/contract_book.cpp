#include "harness/run/contract_book.h"

#include <algorithm>
#include <cstdlib>

namespace splitproof::harness {

namespace {

// What is tried of a failure, and by which families of faults.
struct Trial {
  const char* unit;
  std::vector<std::string> families;
};

Trial trial_of(Breakdown failure) {
  switch (failure) {
    case Breakdown::process_killed:
      return {"moment", {"kill"}};
    case Breakdown::power_lost:
      return {"image", {"power"}};
    case Breakdown::error:
      return {"run", {"error"}};
    case Breakdown::backend_killed:
      return {"run", {"kill-backend"}};
    case Breakdown::immediate_stop:
      return {"run", {"immediate-stop"}};
    case Breakdown::server_killed:
      return {"run", {"crash"}};
  }
  std::abort();
}

void add_left(ContractCell& cell, Left left, std::int64_t times) {
  switch (left) {
    case Left::kept:
      break;
    case Left::lost:
      cell.lost += times;
      break;
    case Left::torn:
      cell.torn += times;
      break;
    case Left::damaged:
      cell.damaged += times;
      break;
  }
}

}  // namespace

ContractBook::ContractBook(const References& references, const std::vector<std::string>& families)
    : references_(references) {
  for (const auto& [failure, promise] : references.promises) {
    const Trial trial = trial_of(failure);
    const bool is_meant =
        families.empty() || std::ranges::find_first_of(families, trial.families) != families.end();
    if (!is_meant) continue;
    ContractCell cell;
    cell.failure = to_string(failure);
    cell.promise = in_words(promise);
    cell.clause = promise.clause;
    cell.unit = trial.unit;
    cells_.emplace(failure, std::move(cell));
  }
}

void ContractBook::note(const RunRecord& run) {
  if (const std::optional<Breakdown> failure = failure_of(run, references_))
    count(*failure, run, 1);
}

void ContractBook::note_images(const RunRecord& run, std::int64_t images) {
  count(Breakdown::power_lost, run, images);
}

void ContractBook::count(Breakdown failure, const RunRecord& run, std::int64_t times) {
  const auto found = cells_.find(failure);
  if (found == cells_.end() || run.fired.empty()) return;
  ContractCell& cell = found->second;
  cell.tried += times;
  const Left left = left_of(run, references_);
  if (left == Left::kept) return;
  const bool is_broken = !allows(references_.promises.at(failure), left);
  if (cell.plan.empty() || (is_broken && cell.broken == 0)) cell.plan = to_string(run.plan);
  if (is_broken) cell.broken += times;
  add_left(cell, left, times);
}

std::vector<ContractCell> ContractBook::cells() const {
  std::vector<ContractCell> cells;
  for (const auto& [failure, cell] : cells_) cells.push_back(cell);
  return cells;
}

}  // namespace splitproof::harness
