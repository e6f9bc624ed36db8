#include "reports/report_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "reports/badge.h"
#include "reports/html/page.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/ledger.h"
#include "reports/markdown.h"
#include "reports/sarif.h"

namespace splitproof::reports {

namespace {

template <class Renderer>
std::string text_of(const Renderer& renderer, const harness::RunVerdict& verdict) {
  std::ostringstream text;
  renderer.render(verdict, text);
  return text.str();
}

std::string timings(const harness::RunVerdict& verdict, std::chrono::milliseconds took) {
  std::int64_t runs = 0;
  for (const harness::CaseVerdict& one : verdict.cases) runs += one.runs;
  return fmt::format("{{\"milliseconds\": {}, \"runs\": {}}}\n", took.count(), runs);
}

// What an earlier run wrote, and nothing else: such a file begins with its own name.
void remove_finding_files(const std::filesystem::path& folder) {
  std::error_code absent;
  std::vector<std::filesystem::path> ours;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    const std::filesystem::path& file = entry.path();
    std::string line;
    if (!std::getline(std::ifstream(file) >> std::ws, line)) continue;
    const std::string comment = file.extension() == ".sql" ? "-- " : "# ";
    if (line == comment + file.stem().string()) ours.push_back(file);
  }
  for (const std::filesystem::path& file : ours) std::filesystem::remove(file, absent);
}

// FOLDER/ID.spec and ID.sql.
std::optional<FileError> write_finding_files(const std::filesystem::path& folder,
                                             const harness::RunVerdict& verdict) {
  remove_finding_files(folder);
  for (const harness::CaseVerdict& one : verdict.cases) {
    for (const harness::Finding& finding : one.findings) {
      for (const auto& [text, ending] :
           {std::pair{finding.spec, ".spec"}, std::pair{finding.script, ".sql"}}) {
        if (text.empty()) continue;
        if (auto failure = make_folder(folder.string())) return failure;
        if (auto failure = write_file_atomically((folder / (finding.id + ending)).string(), text)) {
          return failure;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<FileError> write_report_folder(const std::string& folder,
                                             const harness::RunVerdict& verdict,
                                             const std::vector<harness::LedgerEntry>& ledger,
                                             const FolderOptions& options) {
  JUnitOptions junit;
  junit.strict = options.strict;
  MarkdownOptions markdown;
  markdown.strict = options.strict;
  const SarifRenderer sarif({options.strict, options.place_of});
  const std::filesystem::path place(folder);
  if (auto failure = write_finding_files(place / "findings", verdict)) return failure;
  for (const auto& [name, text] :
       {std::pair{"ledger.jsonl", render_ledger(ledger)},
        std::pair{"timings.json", timings(verdict, options.took)},
        std::pair{"junit.xml", text_of(JUnitRenderer(junit), verdict)},
        std::pair{"results.sarif", text_of(sarif, verdict)},
        std::pair{"badge.svg", text_of(BadgeRenderer(options.strict), verdict)},
        std::pair{"summary.md", text_of(MarkdownRenderer(markdown), verdict)},
        std::pair{"report.html", text_of(HtmlRenderer({options.strict}), verdict)},
        std::pair{"report.json", text_of(JsonRenderer(), verdict)}}) {
    if (auto failure = write_file_atomically((place / name).string(), text)) return failure;
  }
  return std::nullopt;
}

}  // namespace splitproof::reports
