#include "harness/schedule/order.h"

#include <algorithm>

namespace splitproof::harness {

namespace {

// Whoever moved last is offered first: when another is the first offer, the session before could
// not go on.
bool could_not_go_on(const std::vector<Chosen>& choices, std::size_t next) {
  return next >= choices.size() || choices[next].first_offer;
}

Turn turn_of(const std::vector<Chosen>& choices, std::size_t begin, std::size_t end, bool is_last) {
  Turn turn;
  turn.session = choices[begin].move.session;
  turn.refused = choices[begin].move.refused;
  const bool all = is_last || could_not_go_on(choices, end);
  if (!turn.refused && !all) turn.steps = static_cast<int>(end - begin);
  return turn;
}

}  // namespace

std::vector<Turn> shortest_order(const std::vector<Chosen>& choices) {
  // The last choice that does not happen by itself; the very first is always written.
  const auto last = std::ranges::find_if(choices.rbegin(), choices.rend(),
                                         [](const Chosen& one) { return !one.first_offer; });
  const std::size_t written = std::max<std::size_t>(
      std::min<std::size_t>(1, choices.size()), static_cast<std::size_t>(choices.rend() - last));
  std::vector<Turn> order;
  for (std::size_t begin = 0; begin < written;) {
    std::size_t end = begin + 1;
    const bool refused = choices[begin].move.refused;
    while (!refused && end < written && choices[end].move == choices[begin].move) ++end;
    order.push_back(turn_of(choices, begin, end, end == written));
    begin = end;
  }
  return order;
}

}  // namespace splitproof::harness
