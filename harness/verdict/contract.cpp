#include "harness/verdict/contract.h"

namespace splitproof::harness {

namespace {

// "12 of 998 images (2 torn, 1 damaged)"
std::string share_in_words(const ContractCell& cell, std::int64_t count) {
  std::string text = std::to_string(count) + " of " + tried_in_words(cell);
  std::string worse;
  if (cell.torn > 0) worse = std::to_string(cell.torn) + " torn";
  if (cell.damaged > 0) {
    worse += (worse.empty() ? "" : ", ") + std::to_string(cell.damaged) + " damaged";
  }
  return worse.empty() ? text : text + " (" + worse + ")";
}

}  // namespace

std::int64_t not_kept(const ContractCell& cell) { return cell.lost + cell.torn + cell.damaged; }

std::string tried_in_words(const ContractCell& cell) {
  return std::to_string(cell.tried) + " " + cell.unit + (cell.tried == 1 ? "" : "s");
}

std::string seen_in_words(const ContractCell& cell) {
  if (cell.tried == 0) return "not tried";
  if (cell.broken > 0) return "BROKEN: " + share_in_words(cell, cell.broken);
  if (not_kept(cell) > 0) return "lost, as allowed: " + share_in_words(cell, not_kept(cell));
  if (cell.promise == "whole and durable") return "kept in " + tried_in_words(cell);
  return "a loss is allowed and was not observed in " + tried_in_words(cell);
}

}  // namespace splitproof::harness
