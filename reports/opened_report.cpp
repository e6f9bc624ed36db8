#include "reports/opened_report.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "reports/evidence_file.h"
#include "reports/json.h"
#include "reports/ledger.h"
#include "reports/ledger_reader.h"

namespace splitproof::reports {

namespace {

std::optional<std::string> text_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// A ledger without a chain is that of an older program, of which one line says enough.
std::optional<OpenError> read_ledger(const std::string& file, OpenedReport& opened) {
  const std::optional<std::string> text = text_in(file);
  if (!text) {
    opened.lacks.push_back("ledger.jsonl, the runs that its verdicts stand on");
    return std::nullopt;
  }
  auto ledger = parse_ledger(*text);
  if (const auto* error = std::get_if<ReportError>(&ledger)) {
    return OpenError{fmt::format("{}: {}", file, to_string(*error))};
  }
  opened.ledger = std::get<std::vector<harness::LedgerEntry>>(std::move(ledger));
  if (!text->empty() && text->find("\"chain\":\"") == std::string::npos) {
    opened.lacks.push_back("the chain of ledger.jsonl: an older program wrote it");
  } else {
    opened.changed = broken_links(*text);
  }
  return std::nullopt;
}

std::optional<OpenError> read_evidence(const std::string& file, OpenedReport& opened) {
  const std::optional<std::string> text = text_in(file);
  if (!text) {
    opened.lacks.push_back(
        "evidence.jsonl, what its runs are judged by: the report is that of an older program, or "
        "it was removed");
    return std::nullopt;
  }
  auto evidence = parse_evidence(*text);
  if (const auto* error = std::get_if<ReportError>(&evidence)) {
    return OpenError{fmt::format("{}: {}", file, to_string(*error))};
  }
  opened.evidence = std::get<std::vector<harness::CaseEvidence>>(std::move(evidence));
  return std::nullopt;
}

}  // namespace

std::variant<harness::RunVerdict, OpenError> read_report(const std::string& file, bool whole) {
  const std::optional<std::string> text = text_in(file);
  if (!text) return OpenError{fmt::format("{} cannot be opened", file)};
  if (whole) {
    if (const auto changed = check_digest(*text)) {
      return OpenError{fmt::format("{}: {}", file, to_string(*changed))};
    }
  }
  auto report = parse_report(*text);
  if (const auto* error = std::get_if<ReportError>(&report)) {
    return OpenError{fmt::format("{}: {}", file, to_string(*error))};
  }
  return std::get<harness::RunVerdict>(std::move(report));
}

std::variant<OpenedReport, OpenError> open_report(const std::string& folder) {
  const std::filesystem::path place(folder);
  auto verdict = read_report((place / "report.json").string(), false);
  if (auto* error = std::get_if<OpenError>(&verdict)) return std::move(*error);
  OpenedReport opened;
  opened.verdict = std::get<harness::RunVerdict>(std::move(verdict));
  if (auto error = read_ledger((place / "ledger.jsonl").string(), opened)) return *error;
  if (auto error = read_evidence((place / "evidence.jsonl").string(), opened)) return *error;
  return opened;
}

std::variant<harness::Finding, OpenError> find_finding(const std::string& folder,
                                                       const std::string& words) {
  const std::size_t hash = words.find('#');
  const std::string file = hash == std::string::npos
                               ? (std::filesystem::path(folder) / "report.json").string()
                               : words.substr(0, hash);
  const std::string id = hash == std::string::npos ? words : words.substr(hash + 1);
  if (!std::ifstream(file)) {
    return OpenError{
        fmt::format("{} cannot be opened; run the cases first, or name it by --out", file)};
  }
  auto report = read_report(file, false);
  if (auto* error = std::get_if<OpenError>(&report)) return std::move(*error);
  for (const harness::CaseVerdict& verdict : std::get<harness::RunVerdict>(report).cases) {
    for (const harness::Finding& finding : verdict.findings) {
      if (finding.id == id) return finding;
    }
  }
  return OpenError{fmt::format("{} has no finding '{}'", file, id)};
}

}  // namespace splitproof::reports
