#include "harness/oracle/serial_runs.h"

#include <algorithm>

namespace splitproof::harness {

namespace {

std::vector<Answered> last_of_each(const std::vector<Answered>& all) {
  std::vector<Answered> last;
  for (const Answered& one : all) {
    std::erase_if(last, [&](const Answered& other) { return other.statement == one.statement; });
    last.push_back(one);
  }
  return last;
}

void extend(const std::vector<char>& sessions, std::vector<int>& order,
            std::vector<std::vector<int>>& all) {
  all.push_back(order);
  for (int next = 0; next < static_cast<int>(sessions.size()); ++next) {
    const char session = sessions[static_cast<std::size_t>(next)];
    // An operation may be left out, but not be done after a later one of its session.
    const bool too_late = std::ranges::any_of(order, [&](int done) {
      return done == next || (done > next && sessions[static_cast<std::size_t>(done)] == session);
    });
    if (too_late) continue;
    order.push_back(next);
    extend(sessions, order, all);
    order.pop_back();
  }
}

}  // namespace

std::vector<Answered> answers_of(const History& history, int attempt,
                                 const std::set<std::string>& left_out) {
  std::vector<Answered> all;
  bool in_transaction = false;
  bool asks_what_became = false;
  for (const Event& event : history.events) {
    if (event.attempt != attempt) continue;
    if (event.kind == sim::StatementKind::begin) {
      in_transaction = true;
      asks_what_became = false;
      all.clear();
    }
    const bool ends_badly = event.kind == sim::StatementKind::commit && !event.struck.empty();
    asks_what_became = asks_what_became || ends_badly;
    if (asks_what_became) continue;
    const bool tells =
        event.kind == sim::StatementKind::read || event.kind == sim::StatementKind::write;
    if (tells && !event.seen.empty() && !left_out.contains(event.name)) {
      all.push_back({event.name, event.seen});
    }
  }
  return in_transaction ? all : last_of_each(all);
}

std::vector<std::vector<int>> serial_orders(const std::vector<char>& sessions) {
  std::vector<std::vector<int>> all;
  std::vector<int> order;
  extend(sessions, order, all);
  std::ranges::stable_sort(all, {}, &std::vector<int>::size);
  return all;
}

}  // namespace splitproof::harness
