// A scenario of one variant as a case, for tests that run it whole.
#pragma once

#include <string>

#include "harness/run/case_runner.h"

namespace splitproof::harness {

// Expected to hold on the target; what it stands on is for the test to say.
inline void be_one_case(Scenario& scenario, const std::string& name, const std::string& target) {
  scenario.name = scenario.title = name;
  Variant variant;
  variant.name = variant.code = "as-it-is";
  variant.expect[target] = {};
  scenario.variants = {variant};
}

// The case of that variant; the scenario is borrowed.
inline Case case_of(const Scenario& scenario, const std::string& target) {
  Case subject;
  subject.scenario = &scenario;
  subject.variant = &scenario.variants.front();
  subject.target = subject.target_kind = target;
  subject.argument = scenario.name;
  return subject;
}

}  // namespace splitproof::harness
