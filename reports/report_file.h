// A report.json of a folder, read back for whoever shows it again.
#pragma once

#include <string>
#include <variant>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

enum class DigestCheck { must_fit, ignored };

// The run, or why the file cannot be used: a sentence that names the file and what to do.
std::variant<harness::RunVerdict, std::string> read_report_file(const std::string& file,
                                                                DigestCheck check);

}  // namespace splitproof::reports
