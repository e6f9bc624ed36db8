// report.html: a run as one file that opens from disk, for the eye. No request leaves it, and only
// its own script and style, known by their hashes, may act in it; all text from data, SQL and
// programs is data, and never markup.
//
// The script and the style are the files of reports/html/page, joined at build time.
#pragma once

#include "reports/renderer.h"

namespace splitproof::reports {

struct HtmlOptions {
  bool strict = false;  // As in harness::exit_code, so that the page's verdict agrees with it.
};

class HtmlRenderer final : public Renderer {
 public:
  explicit HtmlRenderer(HtmlOptions options = {}) : options_(options) {}

  void render(const harness::RunVerdict& run, std::ostream& out) const override;

 private:
  HtmlOptions options_;
};

// The text with what has a meaning in HTML escaped, for elements and quoted attributes. Control
// characters and bytes that are not UTF-8 are made visible.
std::string html_text(std::string_view text);

}  // namespace splitproof::reports
