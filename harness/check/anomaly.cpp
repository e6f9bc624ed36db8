#include "harness/check/anomaly.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>

namespace splitproof::harness {

namespace {

using Way = std::vector<Dependency>;
using Wanted = std::function<bool(const Dependency&)>;

bool writes_only(const Dependency& edge) { return edge.kind == DependencyKind::write_write; }
bool no_anti_dependency(const Dependency& edge) { return edge.kind != DependencyKind::read_write; }
bool no_predicate_missed(const Dependency& edge) {
  return no_anti_dependency(edge) || !edge.predicate;
}
bool any(const Dependency&) { return true; }

// The shortest way along wanted edges, breadth first and in the order of the edges; empty where
// there is none.
Way shortest_way(const Way& edges, int from, int to, const Wanted& wanted) {
  std::map<int, const Dependency*> reached_by;
  std::deque<int> ahead{from};
  while (!ahead.empty() && !reached_by.contains(to)) {
    const int here = ahead.front();
    ahead.pop_front();
    for (const Dependency& edge : edges) {
      if (edge.from != here || edge.to == from || !wanted(edge)) continue;
      if (reached_by.emplace(edge.to, &edge).second) ahead.push_back(edge.to);
    }
  }
  Way way;
  for (int at = to; reached_by.contains(at) && at != from; at = way.back().from) {
    way.push_back(*reached_by.at(at));
  }
  std::ranges::reverse(way);
  return way;
}

// The shortest circle that begins with a `first` edge and goes on along `rest`.
Way shortest_circle(const Way& edges, const Wanted& first, const Wanted& rest) {
  Way shortest;
  for (const Dependency& edge : edges) {
    if (!first(edge)) continue;
    Way way = shortest_way(edges, edge.to, edge.from, rest);
    if (way.empty() || (!shortest.empty() && way.size() + 1 >= shortest.size())) continue;
    way.insert(way.begin(), edge);
    shortest = std::move(way);
  }
  return shortest;
}

// One missed update that the reader overwrote, or others and then the reader.
Way lost_update(const Way& edges) {
  for (const Dependency& missed : edges) {
    if (missed.kind != DependencyKind::read_write || missed.predicate) continue;
    Way over = shortest_way(edges, missed.to, missed.from, [&](const Dependency& edge) {
      return writes_only(edge) && edge.item == missed.item;
    });
    if (over.empty()) continue;
    over.insert(over.begin(), missed);
    return over;
  }
  return {};
}

std::optional<Anomaly> read_too_early(const Dealings& dealings) {
  for (const Read& read : dealings.reads) {
    const std::vector<Version>& versions = dealings.versions.at(read.item);
    const int writer = versions.at(read.version).writer;
    const bool counts = read.shows_version && writer != nobody && writer != read.reader &&
                        !dealings.aborted.contains(read.reader);
    if (!counts) continue;
    Dependency edge{writer, read.reader, DependencyKind::write_read, read.predicate, read.item, ""};
    const std::string of =
        fmt::format("{} read in '{}' what {} had written of {} in '{}'",
                    dealings.transactions.at(static_cast<std::size_t>(read.reader)), read.statement,
                    dealings.transactions.at(static_cast<std::size_t>(writer)),
                    to_string(read.item), versions[read.version].statement);
    if (dealings.aborted.contains(writer)) {
      edge.because = of + ", and that one was told aborted.";
      return Anomaly{"G1a", {edge}};
    }
    for (std::size_t later = read.version + 1; later < versions.size(); ++later) {
      if (versions[later].writer != writer) continue;
      edge.because = fmt::format("{}, and wrote once more in '{}'.", of, versions[later].statement);
      return Anomaly{"G1b", {edge}};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Anomaly> worst_anomaly(const Dealings& dealings) {
  if (std::optional<Anomaly> early = read_too_early(dealings)) return early;
  const Way edges = dependencies(dealings);
  const Wanted misses = [](const Dependency& edge) { return !no_anti_dependency(edge); };
  const Wanted misses_item = [&](const Dependency& edge) {
    return misses(edge) && !edge.predicate;
  };
  const std::vector<std::pair<const char*, std::function<Way()>>> kinds{
      {"G0", [&] { return shortest_circle(edges, writes_only, writes_only); }},
      {"G1c", [&] { return shortest_circle(edges, no_anti_dependency, no_anti_dependency); }},
      {"P4", [&] { return lost_update(edges); }},
      {"G-single", [&] { return shortest_circle(edges, misses_item, no_anti_dependency); }},
      {"G-single", [&] { return shortest_circle(edges, misses, no_anti_dependency); }},
      {"G2-item", [&] { return shortest_circle(edges, misses_item, no_predicate_missed); }},
      {"G2", [&] { return shortest_circle(edges, misses, any); }},
  };
  for (const auto& [name, find] : kinds) {
    Way circle = find();
    if (!circle.empty()) return Anomaly{name, std::move(circle)};
  }
  return std::nullopt;
}

bool is_proof(const Anomaly& anomaly) {
  return std::ranges::none_of(anomaly.edges, &Dependency::predicate);
}

std::string in_words(const std::string& anomaly) {
  static const std::map<std::string, std::string> words{
      {"G0", "writes of two transactions are mixed"},
      {"G1a", "something was read whose writer was told aborted"},
      {"G1b", "something was read before its writer had finished with it"},
      {"G1c", "each of them read or overwrote what another one of them wrote"},
      {"P4", "an update is lost: it was overwritten by somebody who had not seen it"},
      {"G-single", "some of what a transaction wrote was seen, and some was missed"},
      {"G2-item", "each of them missed what another one wrote to a row that it had read"},
      {"G2", "each of them missed what another one wrote, and that would have met its condition"},
  };
  const auto known = words.find(anomaly);
  return known == words.end() ? "" : known->second;
}

}  // namespace splitproof::harness
