#include "harness/spec/spec.h"

#include <algorithm>

namespace splitproof::harness {

std::vector<std::string> unused_steps(const IsolationSpec& spec) {
  if (spec.permutations.empty()) return {};
  std::vector<bool> used(spec.steps.size(), false);
  for (const SpecPermutation& permutation : spec.permutations) {
    for (const SpecUse& use : permutation) used[use.step] = true;
  }
  std::vector<std::string> names;
  for (std::size_t step = 0; step < spec.steps.size(); ++step) {
    if (!used[step]) names.push_back(spec.steps[step].name);
  }
  std::ranges::sort(names);
  return names;
}

SpecOrders::SpecOrders(const IsolationSpec& spec) : spec_(spec) {
  for (const SpecStep& step : spec.steps) turns_.push_back(step.session);
}

std::optional<SpecPermutation> SpecOrders::next() {
  if (!spec_.permutations.empty()) {
    if (given_ == spec_.permutations.size()) return std::nullopt;
    return spec_.permutations[given_++];
  }
  if (over_) return std::nullopt;
  SpecPermutation order;
  std::vector<std::size_t> taken(spec_.sessions.size(), 0);
  for (const std::size_t session : turns_) {
    order.push_back({.step = spec_.sessions[session].steps[taken[session]++], .blockers = {}});
  }
  over_ = !std::ranges::next_permutation(turns_).found;
  return order;
}

}  // namespace splitproof::harness
