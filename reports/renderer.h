// A renderer turns a finished judgement into paper. It is a leaf: it reads plain data, writes to
// the stream that it is given, and asks nobody anything.
//
// The rule it keeps: the same verdict gives the same bytes. A renderer knows no clock, no locale
// and no terminal; whoever calls it decides where the text goes and whether it may have colours.
#pragma once

#include <iosfwd>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

class Renderer {
 public:
  virtual ~Renderer() = default;

  // Writes the whole run. The stream's own error state tells whether everything arrived.
  virtual void render(const harness::RunVerdict& run, std::ostream& out) const = 0;
};

}  // namespace splitproof::reports
