#include "reports/page_again.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "reports/digest.h"
#include "reports/files.h"
#include "reports/html/page.h"
#include "reports/manifest.h"

namespace splitproof::reports {

namespace {

namespace fs = std::filesystem;

std::optional<std::string> text_in(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// The page of the folder, or why it is of no use.
struct OwnPage {
  std::string text;
  std::string why_not;
};

OwnPage own_page(const fs::path& folder) {
  const auto page = text_in(folder / "report.html");
  if (!page) return {"", "is not in the folder"};
  const Manifest manifest = parse_manifest(text_in(folder / manifest_name).value_or(""));
  const auto line = std::ranges::find(manifest.files, "report.html", &ManifestFile::path);
  if (line == manifest.files.end() || line->hash != sha256_of(*page)) {
    return {"", "is not the one that MANIFEST lists"};
  }
  if (!is_drawn_as_today(*page)) return {"", "was written by another version of splitproof"};
  return {*page, ""};
}

std::vector<std::string> what_is_lacking(const std::string& why_not) {
  return {
      fmt::format("The page that the run wrote {}, so this one is made of report.json.", why_not),
      "The sweeps as pictures, and the timelines and tables of findings, are not in it: only "
      "the run's own page holds them.",
      "Whether a warning counted as a failure (--strict) is not in it: here none does."};
}

// The files that lie beside report.json, and not in it.
harness::RunVerdict with_finding_files(harness::RunVerdict run, const fs::path& folder) {
  for (harness::CaseVerdict& one : run.cases) {
    for (harness::Finding& finding : one.findings) {
      // A report may be anybody's, and an id that leads elsewhere is none of ours.
      if (finding.id.find_first_of("/\\") != std::string::npos) continue;
      finding.spec = text_in(folder / "findings" / (finding.id + ".spec")).value_or("");
      finding.script = text_in(folder / "findings" / (finding.id + ".sql")).value_or("");
    }
  }
  return run;
}

// Why the page cannot lie there, in words.
std::optional<std::string> why_no_place(const std::string& file, const std::string& folder) {
  std::error_code absent;
  const fs::path place = fs::absolute(file).parent_path();
  if (!fs::is_directory(place, absent)) {
    return fmt::format("'--html' is '{}'; expected a file in a folder that exists", file);
  }
  if (fs::is_directory(file, absent)) {
    return fmt::format("'--html' is '{}', a folder; expected a file", file);
  }
  const fs::path whole = fs::weakly_canonical(place, absent) / "";
  const fs::path report = fs::weakly_canonical(folder, absent) / "";
  if (whole.string().starts_with(report.string())) {
    return fmt::format(
        "'--html' is '{}', in the folder of the report, whose MANIFEST lists what belongs "
        "there; expected a file outside of it",
        file);
  }
  return std::nullopt;
}

std::string page_text(const std::string& folder, const harness::RunVerdict& run,
                      const std::optional<harness::ReportComparison>& comparison) {
  const OwnPage own = own_page(folder);
  if (own.why_not.empty()) {
    return comparison ? with_comparison(own.text, *comparison) : own.text;
  }
  HtmlOptions options;
  options.lacks = what_is_lacking(own.why_not);
  options.comparison = comparison;
  std::ostringstream page;
  HtmlRenderer(std::move(options)).render(with_finding_files(run, folder), page);
  return page.str();
}

}  // namespace

std::optional<PageError> write_page_again(
    const std::string& file, const std::string& folder, const harness::RunVerdict& run,
    const std::optional<harness::ReportComparison>& comparison) {
  if (const auto problem = why_no_place(file, folder)) return PageError{*problem, true};
  const auto failure = write_file_atomically(file, page_text(folder, run, comparison));
  if (failure) return PageError{failure->message};
  return std::nullopt;
}

}  // namespace splitproof::reports
