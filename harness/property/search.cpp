// The search for a failing script: RapidCheck generates and shrinks, this file decides how long.
//
// Generators are asked with a given size and a given source of chance, so that neither RapidCheck's
// own seed nor its environment variable RC_PARAMS has a say.
#include <rapidcheck.h>

#include "harness/property/generators.h"

namespace splitproof::harness {

namespace {

rc::Gen<Script> generator_of(Theme theme) {
  return rc::gen::shrink(
      theme == Theme::operations ? scripts_of_operations() : scripts_of_daily_rows(),
      [](const Script& script) { return rc::seq::fromContainer(smaller(script)); });
}

// Takes the first smaller script that fails, then the first of its own, until none fails or enough
// were tried.
Script shrink(rc::Shrinkable<Script> failing, const SearchOptions& options,
              const std::function<bool(const Script&)>& fails) {
  int tried = 0;
  const auto go_on = [&] {
    return tried < options.shrinks_max && !(options.stopped && options.stopped());
  };
  rc::Seq<rc::Shrinkable<Script>> smaller = failing.shrinks();
  while (go_on()) {
    rc::Maybe<rc::Shrinkable<Script>> next = smaller.next();
    if (!next) break;
    const Script script = next->value();
    if (script.empty()) continue;
    ++tried;
    if (!fails(script)) continue;
    failing = *next;
    smaller = failing.shrinks();
  }
  return failing.value();
}

}  // namespace

std::optional<Failure> find_failing(Theme theme, const SearchOptions& options,
                                    const std::function<bool(const Script&)>& fails) {
  const rc::Gen<Script> generator = generator_of(theme);
  rc::Random chance(options.seed);
  for (int i = 0; i < options.scripts_max; ++i) {
    if (options.stopped && options.stopped()) return std::nullopt;
    const rc::Random own = chance.split();
    if (i < options.first) continue;
    const rc::Shrinkable<Script> script = generator(own, rc::kNominalSize);
    if (fails(script.value())) return Failure{i, shrink(script, options, fails)};
  }
  return std::nullopt;
}

std::vector<Script> first_scripts(Theme theme, std::uint64_t seed, int count) {
  std::vector<Script> scripts;
  SearchOptions options;
  options.seed = seed;
  options.scripts_max = count;
  static_cast<void>(find_failing(theme, options, [&](const Script& script) {
    scripts.push_back(script);
    return false;
  }));
  return scripts;
}

}  // namespace splitproof::harness
