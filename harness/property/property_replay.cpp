// Step by step through one run of a property.
#include <fmt/format.h>

#include "harness/property/property_bench.h"
#include "harness/property/property_case.h"
#include "harness/property/property_finding.h"

namespace splitproof::harness {

ReplayResult replay_property(const Case& subject, World& world, const OperationCatalog& catalog,
                             const Plan& plan, std::uint64_t seed, std::ostream& out) {
  PropertyBench bench(subject, world, catalog, seed);
  bench.use(commands_of(plan));
  out << fmt::format("{} / {} on {}, plan: {}\n", subject.scenario->name, subject.variant->name,
                     subject.target, to_string(plan));
  std::vector<std::string> titles;
  for (const Command& command : bench.commands()) titles.push_back(in_words(command));
  Experiment& experiment = bench.experiment();
  ReplayResult result;
  result.run = bench.run(plan, narrated(world, std::move(titles), experiment.comparison(),
                                        experiment.initial()->state, out));
  const auto found =
      disagreement(bench.judged(result.run), bench.initial(), experiment.comparison());
  out << '\n';
  if (found) {
    Violation violation;
    violation.oracle = oracle_of(*subject.scenario);
    violation.because = found->because;
    if (found->found != nullptr) violation.damage = found->found->damage;
    result.violations.push_back(std::move(violation));
    out << found->because << '\n';
  }
  for (const Damage& damage : result.run.after->damage) out << damage.text << '\n';
  return result;
}

}  // namespace splitproof::harness
