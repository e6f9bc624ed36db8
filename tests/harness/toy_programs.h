// Sessions whose steps do nothing but touch what the test says, for the tests of strategies.
#pragma once

#include <string>
#include <vector>

#include "harness/schedule/strategy.h"

namespace splitproof::harness {

// "r:x w:y", "all", "" for each step.
using Program = std::vector<Footprint>;

inline Footprint touches(const std::string& words) {
  Footprint touched;
  if (words == "all") touched.everything();
  for (std::size_t at = 0; words != "all" && at < words.size(); at += 4) {
    const std::string place = words.substr(at + 2, 1);
    words[at] == 'r' ? touched.read(place) : touched.write(place);
  }
  return touched;
}

inline Program program(const std::vector<std::string>& steps) {
  Program program;
  for (const std::string& step : steps) program.push_back(touches(step));
  return program;
}

struct Step {
  std::size_t session = 0;
  std::size_t number = 0;
  friend auto operator<=>(const Step&, const Step&) = default;
};
using Order = std::vector<Step>;
using Programs = std::vector<Program>;

inline const Footprint& touched_by(const Programs& programs, const Step& step) {
  return programs[step.session][step.number];
}

// One run; whoever moved last is offered first, as the scheduler does it.
inline Order run_once(const Programs& programs, Strategy& strategy) {
  std::vector<std::size_t> progress(programs.size());
  Order order;
  std::size_t last = programs.size();
  while (true) {
    std::vector<Move> options;
    const auto offer = [&](std::size_t session) {
      if (progress[session] < programs[session].size()) {
        options.push_back({static_cast<char>('a' + session), false});
      }
    };
    if (last < programs.size()) offer(last);
    for (std::size_t session = 0; session < programs.size(); ++session) {
      if (session != last) offer(session);
    }
    if (options.empty()) return order;
    last = static_cast<std::size_t>(options[strategy.choose(options)].session - 'a');
    order.push_back({last, progress[last]++});
    strategy.moved(touched_by(programs, order.back()));
  }
}

}  // namespace splitproof::harness
