// Colours of a terminal, or none. Colour only repeats what a sign and a word say already: a report
// read in black and white, or by ear, loses nothing.
#pragma once

#include <string>
#include <string_view>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

// A sign of one column that is distinct for each result: "✓" for pass.
std::string_view sign_of(harness::CaseResult result);

class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}

  std::string bold(std::string_view text) const { return wrap(text, "1"); }
  std::string dim(std::string_view text) const { return wrap(text, "2"); }

  // The text in the colour of a result: green, red, yellow, or dim for what was not run.
  std::string as(harness::CaseResult result, std::string_view text) const;

 private:
  std::string wrap(std::string_view text, std::string_view code) const;

  bool colour_;
};

}  // namespace splitproof::reports
