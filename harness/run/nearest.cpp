#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/run/scenario_file.h"

namespace splitproof::harness {

namespace {

// How many slips of the finger (a letter too many, missing, wrong, or two exchanged) lie between
// two words: the optimal string alignment distance.
std::size_t slips(const std::string& from, const std::string& to) {
  std::vector<std::vector<std::size_t>> cost(from.size() + 1,
                                             std::vector<std::size_t>(to.size() + 1));
  for (std::size_t i = 0; i <= from.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= to.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = cost[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
      const bool exchanged = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (exchanged) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[from.size()][to.size()];
}

// Quadratic work on an argument of any length would let one long word stall the program.
constexpr std::size_t word_length_max = 100;
constexpr std::size_t beginning_length_min = 3;

bool is_beginning(const std::string& word, const std::string& candidate) {
  return word.size() >= beginning_length_min && candidate.starts_with(word);
}

}  // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > word_length_max) return "";
  std::string best;
  std::size_t best_slips = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t found = is_beginning(word, candidate) ? 1 : slips(word, candidate);
    const std::size_t allowed =
        std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    if (found > allowed || (!best.empty() && found >= best_slips)) continue;
    best = candidate;
    best_slips = found;
  }
  return best;
}

}  // namespace splitproof::harness
