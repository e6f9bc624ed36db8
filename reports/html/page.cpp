#include "reports/html/page.h"

#include <fmt/format.h>

#include <ostream>

#include "reports/case_text.h"
#include "reports/digest.h"
#include "reports/html/assets.h"
#include "reports/html/comparison_data.h"
#include "reports/html/data.h"
#include "reports/html/pack.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

// As a content-security policy names the one script or style that may act: 'sha256-…'.
std::string source_of(std::string_view text) {
  return fmt::format("'sha256-{}'", base64(sha256_bytes_of(text)));
}

// Data that no browser runs: it is of no type that is a script.
std::string data_element(std::string_view id, const std::string& json) {
  return fmt::format("<script type=\"text/plain\" id=\"{}\">{}</script>\n", id, packed(json));
}

// What a page ends with, behind its data.
std::string end_of_page() {
  return fmt::format("<script>{}</script>\n</body>\n</html>\n", page_script);
}

std::string style_element() { return fmt::format("<style>{}</style>\n", page_style); }

}  // namespace

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char sign : printable(text)) {
    switch (sign) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += sign;
    }
  }
  return escaped;
}

void HtmlRenderer::render(const harness::RunVerdict& run, std::ostream& out) const {
  const std::string sentence = html_text(verdict_sentence(run, options_.strict));
  out << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      << "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src "
      << source_of(page_script) << "; style-src " << source_of(page_style)
      << "; base-uri 'none'; form-action 'none'\">\n"
      << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      << "<meta name=\"color-scheme\" content=\"light dark\">\n"
      << "<title>" << harness::to_string(overall(run, options_.strict))
      << " – splitproof report</title>\n"
      << style_element() << "</head>\n<body>\n"
      << "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
      << "<header id=\"top\"></header>\n<main id=\"main\" tabindex=\"-1\">\n<noscript>\n<h1>"
      << sentence << "</h1>\n<p>" << html_text(origin_text(run))
      << "</p>\n<p>This page is drawn by its own script, which is switched off here. summary.md "
         "and report.json beside it say the same.</p>\n</noscript>\n</main>\n"
      << "<footer id=\"foot\"></footer>\n";
  const HtmlData data = html_data(run, options_.strict);
  out << data_element("index", data.index);
  for (std::size_t i = 0; i < data.cases.size(); ++i) {
    out << data_element(fmt::format("cases-{}", i), data.cases[i]);
  }
  for (std::size_t i = 0; i < data.findings.size(); ++i) {
    out << data_element(fmt::format("findings-{}", i), data.findings[i]);
  }
  if (!options_.lacks.empty()) out << data_element("lacks", lacks_data(options_.lacks));
  if (options_.comparison) out << data_element("comparison", comparison_data(*options_.comparison));
  out << end_of_page();
}

bool is_drawn_as_today(std::string_view page) {
  return page.ends_with(end_of_page()) && page.find(style_element()) != std::string_view::npos;
}

std::string with_comparison(std::string page, const harness::ReportComparison& comparison) {
  page.insert(page.size() - end_of_page().size(),
              data_element("comparison", comparison_data(comparison)));
  return page;
}

}  // namespace splitproof::reports
