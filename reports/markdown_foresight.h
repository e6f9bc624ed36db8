// The sections of summary.md on what was predicted of programs, and the ambiguity ledger.
#pragma once

#include <iosfwd>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

// Both leave out what is beyond the first of each case, and say so; nothing where there is none.
void write_markdown_predictions(const harness::RunVerdict& run, std::ostream& out);
void write_markdown_ambiguities(const harness::RunVerdict& run, std::ostream& out);

}  // namespace splitproof::reports
