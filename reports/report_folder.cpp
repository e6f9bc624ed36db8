#include "reports/report_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "reports/badge.h"
#include "reports/digest.h"
#include "reports/evidence_file.h"
#include "reports/html/page.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/ledger.h"
#include "reports/manifest.h"
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

// What an earlier run has copied: its MANIFEST says so. A folder of that name may be anybody's.
void remove_copies(const std::filesystem::path& folder) {
  std::ifstream in(folder / manifest_name);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::error_code absent;
  for (const ManifestFile& file : parse_manifest(text).files) {
    const bool is_copy = file.path.starts_with("evidence/") &&
                         std::filesystem::path(file.path).lexically_normal() == file.path;
    if (is_copy) std::filesystem::remove(folder / file.path, absent);
  }
}

// Writes files into the folder, and notes each for MANIFEST.
class FolderWriter {
 public:
  explicit FolderWriter(const std::string& folder) : folder_(folder) {}

  // `path` is one in the folder, with '/' between its parts. Nothing is written behind a failure.
  void write(const std::string& path, const std::string& text) {
    if (failure_) return;
    const std::filesystem::path file = folder_ / path;
    if (path.find('/') != std::string::npos) failure_ = make_folder(file.parent_path().string());
    if (!failure_) failure_ = write_file_atomically(file.string(), text);
    written_.push_back({path, sha256_of(text)});
  }

  std::optional<FileError> finish() {
    write(std::string(manifest_name), render_manifest(written_));
    return failure_;
  }

 private:
  std::filesystem::path folder_;
  std::vector<ManifestFile> written_;
  std::optional<FileError> failure_;
};

// A copy of each file that can still be read; what cannot is missing, as `verify` then says.
void write_copies(FolderWriter& writer, const std::vector<harness::SourceCopy>& sources) {
  for (const harness::SourceCopy& copy : sources) {
    std::ifstream in(copy.file, std::ios::binary);
    if (in) writer.write(copy.path, std::string{std::istreambuf_iterator<char>(in), {}});
  }
}

// FOLDER/findings/ID.spec and ID.sql.
void write_finding_files(FolderWriter& writer, const harness::RunVerdict& verdict) {
  for (const harness::CaseVerdict& one : verdict.cases) {
    for (const harness::Finding& finding : one.findings) {
      for (const auto& [text, ending] :
           {std::pair{finding.spec, ".spec"}, std::pair{finding.script, ".sql"}}) {
        if (!text.empty()) writer.write("findings/" + finding.id + ending, text);
      }
    }
  }
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
  remove_finding_files(place / "findings");
  // A signature is one of what was there before.
  std::error_code absent;
  std::filesystem::remove(place / signature_name, absent);
  remove_copies(place);
  FolderWriter writer(folder);
  write_finding_files(writer, verdict);
  write_copies(writer, options.evidence.sources);
  for (const auto& [name, text] :
       {std::pair{"ledger.jsonl", render_ledger(ledger)},
        std::pair{"evidence.jsonl", render_evidence(options.evidence.cases)},
        std::pair{"environment.json", render_environment(verdict, options.evidence.settings)},
        std::pair{"timings.json", timings(verdict, options.took)},
        std::pair{"junit.xml", text_of(JUnitRenderer(junit), verdict)},
        std::pair{"results.sarif", text_of(sarif, verdict)},
        std::pair{"badge.svg", text_of(BadgeRenderer(options.strict), verdict)},
        std::pair{"summary.md", text_of(MarkdownRenderer(markdown), verdict)},
        std::pair{"report.html", text_of(HtmlRenderer({options.strict}), verdict)},
        std::pair{"report.json", text_of(JsonRenderer(), verdict)}}) {
    writer.write(name, text);
  }
  return writer.finish();
}

}  // namespace splitproof::reports
