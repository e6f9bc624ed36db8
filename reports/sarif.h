// results.sarif: a run in SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format), which
// code scanning and editors show at the lines of the scenarios' files.
//
// Each finding of a case that fails is a result, its rule the oracle that objects, its steps a code
// flow; a case that fails without one (a control that nobody catches) and one that stays undecided
// are results, too. Controls that are caught are none: nothing is wrong there. What was not run is
// a notification of the tool's invocation. There is no time in it: the same verdict gives the same
// bytes.
#pragma once

#include <utility>

#include "reports/place.h"
#include "reports/renderer.h"

namespace splitproof::reports {

struct SarifOptions {
  bool strict = false;  // As in harness::exit_code.
  PlaceOf place_of;     // Results of cases without a place name their case only.
};

class SarifRenderer final : public Renderer {
 public:
  explicit SarifRenderer(SarifOptions options = {}) : options_(std::move(options)) {}

  void render(const harness::RunVerdict& run, std::ostream& out) const override;

 private:
  SarifOptions options_;
};

}  // namespace splitproof::reports
