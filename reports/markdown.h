// summary.md: a run as a page of Markdown for the summary of a CI job. What did not pass comes
// first, each case with its argument, its damage and the line that shows it again; then the table
// of all cases, the table of the oracles, and what was not tested.
//
// A page that would be larger than CI shows leaves out stories first, then findings, then all but
// the counts, and says so: half a page would be refused as a whole. Escaping is markdown_text's.
#pragma once

#include <cstddef>

#include "reports/renderer.h"

namespace splitproof::reports {

struct MarkdownOptions {
  bool strict = false;  // As in harness::exit_code.
  // A comment on a pull request holds 65,536 characters, a step's summary more. Below 1,000 the
  // page may be larger than this.
  std::size_t bytes_max = 60'000;
};

class MarkdownRenderer final : public Renderer {
 public:
  explicit MarkdownRenderer(MarkdownOptions options = {}) : options_(options) {}

  void render(const harness::RunVerdict& run, std::ostream& out) const override;

 private:
  MarkdownOptions options_;
};

}  // namespace splitproof::reports
