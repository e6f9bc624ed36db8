#include "harness/simulate/lives.h"

#include <fmt/format.h>

#include "harness/cli/shell_quote.h"

namespace splitproof::harness::life {
namespace {

std::vector<SimulatedFaults> faults_of(const LifeEnd& end) {
  std::vector<SimulatedFaults> faults;
  for (int i = 0; i < families_count; ++i) {
    const auto family = static_cast<Family>(i);
    SimulatedFaults one{std::string(to_string(family)), 0, 0};
    for (std::size_t strike = 0; strike < end.strikes.size(); ++strike) {
      if (family_of(end.strikes[strike].blow) != family) continue;
      ++one.planned;
      if (end.fired[strike]) ++one.fired;
    }
    if (one.planned > 0) faults.push_back(one);
  }
  return faults;
}

SimulationFinding finding_of(const Shrunk& shrunk, const std::string& variant) {
  SimulationFinding finding;
  const Found& found = *shrunk.end.found;
  finding.rule = to_string(found.rule);
  finding.what = found.what;
  finding.job = found.job;
  finding.day = found.at.day;
  finding.step = found.at.step;
  finding.plan = to_text(*shrunk.spec.strikes);
  finding.days = shrunk.spec.days;
  finding.clients = shrunk.spec.clients;
  finding.replay = fmt::format(
      "splitproof simulate --days {} --clients {} --seed {}{} --plan {}", finding.days,
      finding.clients, shrunk.spec.seed,
      variant.empty() || variant == "transactional" ? "" : " --variant " + shell_quote(variant),
      shell_quote(finding.plan));
  finding.lives = shrunk.lives;
  finding.stable = shrunk.stable;
  finding.differs = shrunk.differs;
  return finding;
}

SimulatedLife life_of(const LifeSpec& spec, const LifeEnd& end) {
  SimulatedLife life;
  life.seed = spec.seed;
  life.drawn = described(end.swarm);
  life.counts = end.counts;
  life.faults = faults_of(end);
  life.digest = end.digest;
  life.complete = end.complete;
  return life;
}

}  // namespace

SimulationVerdict live_all(const LivesSpec& spec, const ServiceMaker& service) {
  SimulationVerdict verdict;
  verdict.version = spec.version;
  verdict.variant = spec.variant;
  verdict.days = spec.first.days;
  verdict.clients = spec.first.clients;
  const auto stopped = [&spec] { return spec.first.stopped && spec.first.stopped(); };
  for (std::uint64_t count = 0; spec.more(count); ++count) {
    if (stopped()) {
      verdict.complete = false;
      break;
    }
    LifeSpec one = spec.first;
    one.seed = spec.first.seed + count;
    const LifeEnd end = live(one, service());
    SimulatedLife life = life_of(one, end);
    if (end.found) {
      life.finding = finding_of(shrink(one, end, service, spec.first.stopped), spec.variant);
    }
    verdict.complete = verdict.complete && life.complete;
    if (spec.lived) spec.lived(life);
    verdict.lives.push_back(std::move(life));
  }
  return verdict;
}

}  // namespace splitproof::harness::life
