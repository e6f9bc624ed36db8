// A run as a page for a person at a terminal: the table first, then what did not pass and why, then
// what the controls showed, which oracle objects to which mutant, what was not tested, and in the
// last line the verdict in one sentence.
//
// Lines fit into 100 columns, except replay lines, which must stay whole to be pasted, and the
// last, which is one sentence. Whether the reader has a colour terminal is decided by the caller.
#pragma once

#include <string>

#include "reports/renderer.h"

namespace splitproof::reports {

struct TerminalOptions {
  bool colour = false;
  bool strict = false;  // As in harness::exit_code, so that the last line agrees with it.
  // Tell what happened, step by step, for the first cases that failed. Off where the caller tells
  // the same findings in full.
  bool stories = true;
  // Where report.html is, to be named at the end; empty where there is none.
  std::string page = {};
};

class TerminalRenderer final : public Renderer {
 public:
  explicit TerminalRenderer(TerminalOptions options = {}) : options_(options) {}

  void render(const harness::RunVerdict& run, std::ostream& out) const override;

 private:
  TerminalOptions options_;
};

// The verdict in one sentence, the last line of the page.
std::string verdict_sentence(const harness::RunVerdict& run, bool strict);

}  // namespace splitproof::reports
