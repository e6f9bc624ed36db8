// badge.svg: the verdict as a small picture for a README, which refers to no other file.
#pragma once

#include "reports/renderer.h"

namespace splitproof::reports {

class BadgeRenderer final : public Renderer {
 public:
  explicit BadgeRenderer(bool strict = false) : strict_(strict) {}

  void render(const harness::RunVerdict& run, std::ostream& out) const override;

 private:
  bool strict_;  // As in harness::exit_code.
};

}  // namespace splitproof::reports
