// A run as workflow commands of GitHub's actions: lines on standard output that the runner turns
// into annotations of a pull request.
//
// One line for each case that fails (an error) or stays undecided (a warning), failures first, for
// GitHub shows only the first ten of each kind; what was not run is one warning together, and a
// control that is caught as expected is silent. No text of a database can end a command or start
// another.
#pragma once

#include <utility>

#include "reports/place.h"
#include "reports/renderer.h"

namespace splitproof::reports {

struct AnnotationOptions {
  bool strict = false;  // As in harness::exit_code.
  PlaceOf place_of;     // Where an annotation is shown.
};

class AnnotationRenderer final : public Renderer {
 public:
  explicit AnnotationRenderer(AnnotationOptions options = {}) : options_(std::move(options)) {}

  void render(const harness::RunVerdict& run, std::ostream& out) const override;

 private:
  AnnotationOptions options_;
};

}  // namespace splitproof::reports
