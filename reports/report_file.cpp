#include "reports/report_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "reports/json.h"

namespace splitproof::reports {

std::variant<harness::RunVerdict, std::string> read_report_file(const std::string& file,
                                                                DigestCheck check) {
  std::ifstream in(file);
  if (!in)
    return fmt::format("{} cannot be opened; run the cases first, or name it by --out", file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (check == DigestCheck::must_fit) {
    if (const auto changed = check_digest(text)) {
      return fmt::format("{}: {}", file, to_string(*changed));
    }
  }
  auto report = parse_report(text);
  if (const auto* error = std::get_if<ReportError>(&report)) {
    return fmt::format("{}: {}", file, to_string(*error));
  }
  return std::move(std::get<harness::RunVerdict>(report));
}

}  // namespace splitproof::reports
