// junit.xml: a run as the test report that Jenkins, GitLab and GitHub's actions read: one suite for
// each scenario and target, one test case for each variant.
//
// A failure means that the code under test, or an oracle, did not do what was expected of it. What
// the harness could not decide is an error, and what was not run is skipped with its reason, so
// that a problem of the harness never looks like a bug of the code. The dialect is that of
// tests/reports/junit.xsd. There is no time in it unless the caller gives one: the same verdict
// gives the same bytes.
#pragma once

#include <chrono>
#include <utility>
#include <vector>

#include "reports/renderer.h"

namespace splitproof::reports {

struct JUnitOptions {
  bool strict = false;  // As in harness::exit_code.
  // How long each case took, in the order of the cases; cases beyond its end have no time.
  std::vector<std::chrono::milliseconds> took;
};

class JUnitRenderer final : public Renderer {
 public:
  explicit JUnitRenderer(JUnitOptions options = {}) : options_(std::move(options)) {}

  void render(const harness::RunVerdict& run, std::ostream& out) const override;

 private:
  JUnitOptions options_;
};

}  // namespace splitproof::reports
