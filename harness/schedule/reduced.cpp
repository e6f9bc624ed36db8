#include "harness/schedule/reduced.h"

#include <algorithm>
#include <limits>
#include <map>

namespace splitproof::harness {

namespace {

std::int64_t sum(std::int64_t left, std::int64_t right) {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  return left > largest - right ? largest : left + right;
}

}  // namespace

void Reduced::begin() {
  depth_ = 0;
  in_node_ = false;
  redundant_ = false;
}

bool Reduced::sleeps(const Node& node, std::size_t option) const {
  return std::ranges::find(node.asleep, node.options[option], &Tried::move) != node.asleep.end();
}

// Whoever slept and is not touched by the step goes on sleeping.
std::vector<Reduced::Tried> Reduced::asleep_after(const Node& node) const {
  std::vector<Tried> asleep;
  const Move taken = node.options[node.taken];
  for (const Tried& tried : node.asleep) {
    if (tried.move.session == taken.session || relation_(tried.touched, node.touched)) continue;
    asleep.push_back(tried);
  }
  return asleep;
}

std::size_t Reduced::choose(const std::vector<Move>& options) {
  in_node_ = !redundant_;
  if (redundant_) return 0;
  if (depth_ < nodes_.size()) {
    Node& node = nodes_[depth_++];
    if (node.options == options) return node.taken;
    diverged_ = true;
    node.options = options;
    node.taken = std::min(node.taken, options.size() - 1);
    node.wanted.assign(options.size(), false);
    return node.taken;
  }
  Node node;
  node.options = options;
  node.wanted.assign(options.size(), false);
  if (!nodes_.empty()) node.asleep = asleep_after(nodes_.back());
  while (node.taken < options.size() && sleeps(node, node.taken)) ++node.taken;
  if (node.taken == options.size()) {
    redundant_ = true;
    in_node_ = false;
    return 0;
  }
  // Which of those who all wait is refused is nobody's step: each is tried.
  if (options.front().refused) node.wanted.assign(options.size(), true);
  nodes_.push_back(std::move(node));
  ++depth_;
  return nodes_.back().taken;
}

void Reduced::moved(const Footprint& touched) {
  if (!in_node_) return;
  nodes_[depth_ - 1].touched = touched;
  in_node_ = false;
}

// Makes sure that one of `initials`, each of which could begin the reversal, is tried here; false
// where none was offered.
bool Reduced::want_source(Node& node, const std::vector<Move>& initials) const {
  const auto is_initial = [&](const Move& move) {
    return std::ranges::find(initials, move) != initials.end();
  };
  for (std::size_t i = 0; i < node.options.size(); ++i) {
    const bool tried = node.wanted[i] || i == node.taken || sleeps(node, i);
    if (tried && is_initial(node.options[i])) return true;
  }
  for (std::size_t i = 0; i < node.options.size(); ++i) {
    if (!is_initial(node.options[i])) continue;
    node.wanted[i] = true;
    return true;
  }
  return false;
}

// Each pair of steps that touched each other, with nothing between them that makes the one come
// before the other, is a race; the other way round must be run too.
void Reduced::want_reversals() {
  const std::size_t count = nodes_.size();
  const auto move_of = [&](std::size_t step) { return nodes_[step].options[nodes_[step].taken]; };
  // before[j][i]: i must come before j.
  std::vector<std::vector<bool>> before(count, std::vector<bool>(count, false));
  for (std::size_t j = 0; j < count; ++j) {
    std::vector<std::size_t> races;
    for (std::size_t i = j; i-- > 0;) {
      if (before[j][i]) continue;
      const bool own = move_of(i).session == move_of(j).session;
      if (!own && !relation_(nodes_[i].touched, nodes_[j].touched)) continue;
      if (!own) races.push_back(i);
      before[j][i] = true;
      for (std::size_t k = 0; k < i; ++k) before[j][k] = before[j][k] || before[i][k];
    }
    for (const std::size_t i : races) {
      // The steps after i that i need not come before, and then j: those of them that nothing in
      // this sequence must come before could begin it.
      std::vector<std::size_t> sequence;
      std::vector<Move> initials;
      for (std::size_t k = i + 1; k <= j; ++k) {
        if (k != j && before[k][i]) continue;
        const auto first = [&](std::size_t earlier) { return before[k][earlier]; };
        if (std::ranges::none_of(sequence, first)) initials.push_back(move_of(k));
        sequence.push_back(k);
      }
      Node& node = nodes_[i];
      if (!want_source(node, initials)) node.wanted.assign(node.options.size(), true);
    }
    want_overtaking(j);
  }
}

// Of two sessions that wait for one lock the one gets it, and the other one, which was offered at
// that moment too, only after all that the first does with it. Those steps stand between the two,
// so that they are no race; yet the other one could have come first (Flanagan, Godefroid: the last
// dependent step at which it was enabled).
void Reduced::want_overtaking(std::size_t step) {
  const Move move = nodes_[step].options[nodes_[step].taken];
  for (std::size_t i = step; i-- > 0;) {
    Node& node = nodes_[i];
    if (node.options[node.taken].session == move.session) return;
    const auto offer = std::ranges::find(node.options, move);
    if (offer == node.options.end() || !relation_(node.touched, nodes_[step].touched)) continue;
    node.wanted[static_cast<std::size_t>(offer - node.options.begin())] = true;
    return;
  }
}

// The linear extensions of the order that the steps of this run must keep, counted over how many
// steps each session has taken.
std::int64_t Reduced::orders_of_class() const {
  std::map<char, std::vector<std::size_t>> steps;  // By session, in its order.
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    steps[nodes_[i].options[nodes_[i].taken].session].push_back(i);
  }
  std::vector<std::vector<std::size_t>> lines;
  for (const auto& [session, line] : steps) lines.push_back(line);
  // How many steps of each line must come before a step.
  const auto needs = [&](std::size_t step, const std::vector<std::size_t>& line) {
    std::size_t needed = 0;
    for (std::size_t n = 0; n < line.size() && line[n] < step; ++n) {
      if (relation_(nodes_[line[n]].touched, nodes_[step].touched)) needed = n + 1;
    }
    return needed;
  };
  std::map<std::vector<std::size_t>, std::int64_t> layer{
      {std::vector<std::size_t>(lines.size()), 1}};
  for (std::size_t taken = 0; taken < nodes_.size(); ++taken) {
    std::map<std::vector<std::size_t>, std::int64_t> further;
    for (const auto& [progress, ways] : layer) {
      for (std::size_t next = 0; next < lines.size(); ++next) {
        if (progress[next] == lines[next].size()) continue;
        const std::size_t step = lines[next][progress[next]];
        bool free = true;
        for (std::size_t other = 0; free && other < lines.size(); ++other) {
          free = other == next || progress[other] >= needs(step, lines[other]);
        }
        if (!free) continue;
        std::vector<std::size_t> after = progress;
        ++after[next];
        std::int64_t& count = further[after];
        count = sum(count, ways);
      }
    }
    layer = std::move(further);
  }
  return layer.begin()->second;
}

bool Reduced::next() {
  ++explored_;
  if (depth_ < nodes_.size()) {
    diverged_ = true;
    nodes_.resize(depth_);
  }
  if (!redundant_) {
    ++classes_;
    orders_ = sum(orders_, orders_of_class());
  }
  want_reversals();
  while (!nodes_.empty()) {
    Node& last = nodes_.back();
    last.asleep.push_back({last.options[last.taken], last.touched});
    last.wanted[last.taken] = false;
    for (std::size_t i = 0; i < last.options.size(); ++i) {
      if (!last.wanted[i] || sleeps(last, i)) continue;
      last.taken = i;
      last.touched = Footprint{};
      return true;
    }
    nodes_.pop_back();
  }
  return false;
}

}  // namespace splitproof::harness
