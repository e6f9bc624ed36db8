// report.html: a run as one file that opens from disk, for the eye. No request leaves it, and only
// its own script and style, known by their hashes, may act in it; all text from data, SQL and
// programs is data, and never markup.
//
// The script and the style are the files of reports/html/page, joined at build time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/comparison.h"
#include "reports/renderer.h"

namespace splitproof::reports {

struct HtmlOptions {
  bool strict = false;  // As in harness::exit_code, so that the page's verdict agrees with it.
  // Of a page that is made of a report's files: what they do not hold, a sentence each.
  std::vector<std::string> lacks = {};
  std::optional<harness::ReportComparison> comparison = std::nullopt;  // With an older report.
};

class HtmlRenderer final : public Renderer {
 public:
  explicit HtmlRenderer(HtmlOptions options = {}) : options_(std::move(options)) {}

  void render(const harness::RunVerdict& run, std::ostream& out) const override;

 private:
  HtmlOptions options_;
};

// Whether a page has the script and the style of this program, so that this program may add to it.
bool is_drawn_as_today(std::string_view page);

// Such a page, which has no comparison, with one.
std::string with_comparison(std::string page, const harness::ReportComparison& comparison);

// The text with what has a meaning in HTML escaped, for elements and quoted attributes. Control
// characters and bytes that are not UTF-8 are made visible.
std::string html_text(std::string_view text);

}  // namespace splitproof::reports
