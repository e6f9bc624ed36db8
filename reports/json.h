// report.json: a run as data that other programs read, and that renders again without a database.
//
// Keys, their order and their meaning are fixed by report_version and described in
// report.schema.json. The text has no times, no paths and no floating point, so one seed gives one
// file, byte for byte. `digest` is the SHA-256 of the file with `digest` empty; anybody can check
// it without this program:
//   sed 's/"digest": "sha256:[0-9a-f]*"/"digest": ""/' report.json | sha256sum
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "reports/renderer.h"

namespace splitproof::reports {

class JsonRenderer final : public Renderer {
 public:
  void render(const harness::RunVerdict& run, std::ostream& out) const override;
};

// Why a report cannot be used.
struct ReportError {
  std::string place;    // "line 3, column 5" or the path of a value, "/cases/0/verdict".
  std::string message;  // What was found and what was expected.
};

// "place: message"
std::string to_string(const ReportError& error);

// Reads a report of this version back. Keys that it does not know are passed over, so that reports
// of later programs stay readable; a key that is missing or of another type is an error.
// The digest is not checked here.
std::variant<harness::RunVerdict, ReportError> parse_report(std::string_view text);

// Nothing if the text is exactly what was written; else why not.
std::optional<ReportError> check_digest(std::string_view text);

}  // namespace splitproof::reports
