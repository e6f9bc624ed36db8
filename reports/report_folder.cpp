#include "reports/report_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>
#include <utility>

#include "reports/json.h"
#include "reports/junit.h"
#include "reports/ledger.h"
#include "reports/markdown.h"

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

}  // namespace

std::optional<FileError> write_report_folder(const std::string& folder,
                                             const harness::RunVerdict& verdict,
                                             const std::vector<harness::LedgerEntry>& ledger,
                                             bool strict, std::chrono::milliseconds took) {
  JUnitOptions junit;
  junit.strict = strict;
  MarkdownOptions markdown;
  markdown.strict = strict;
  const std::filesystem::path place(folder);
  for (const auto& [name, text] :
       {std::pair{"ledger.jsonl", render_ledger(ledger)},
        std::pair{"timings.json", timings(verdict, took)},
        std::pair{"junit.xml", text_of(JUnitRenderer(junit), verdict)},
        std::pair{"summary.md", text_of(MarkdownRenderer(markdown), verdict)},
        std::pair{"report.json", text_of(JsonRenderer(), verdict)}}) {
    if (auto failure = write_file_atomically((place / name).string(), text)) return failure;
  }
  return std::nullopt;
}

}  // namespace splitproof::reports
