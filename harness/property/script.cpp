#include "harness/property/script.h"

#include "harness/property/local_day.h"

namespace splitproof::harness {

namespace {

// A strike from there on may be seen only in a later step; that step alone shows it as well.
Script without(const Script& script, std::size_t step) {
  Script rest = script;
  if (step + 1 < rest.size()) {
    std::vector<StrikeDraft>& next = rest[step + 1].strikes;
    next.insert(next.begin(), rest[step].strikes.begin(), rest[step].strikes.end());
  }
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(step));
  return rest;
}

}  // namespace

std::vector<Script> smaller(const Script& script) {
  std::vector<Script> all;
  for (std::size_t i = 0; i < script.size(); ++i) {
    if (script.size() > 1) all.push_back(without(script, i));
    for (std::size_t j = 0; j < script[i].strikes.size(); ++j) {
      if (!script[i].strikes[j].persistent) continue;
      all.push_back(script);
      all.back()[i].strikes[j].persistent = false;
    }
    const auto* row = std::get_if<SaveRow>(&script[i].command);
    const auto* instant = row == nullptr ? nullptr : std::get_if<ZonedInstant>(&row->when);
    if (instant == nullptr) continue;
    all.push_back(script);
    std::get<SaveRow>(all.back()[i].command).when = local_day(*instant);
  }
  return all;
}

}  // namespace splitproof::harness
