// What was left on simulated disks when the power failed, beside what their settings promise: in
// words, and as sections of the pages for people.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "harness/verdict/verdict.h"
#include "reports/paint.h"

namespace splitproof::reports {

// "21 moments, 1203 images, 214 of them in recoveries, 24 outcomes", or that nobody looked for
// them: of a single plan.
std::string storage_text(const harness::StorageCount& storage);

// What the contract allows, a sentence each: losses that were seen, and that one which may happen
// was not; none where everything is promised and held.
std::vector<std::string> contract_texts(const harness::StorageCount& storage);

// Nothing where no case is on a simulated disk.
void write_storage(const harness::RunVerdict& run, const Paint& paint, std::ostream& out);
void write_markdown_storage(const harness::RunVerdict& run, std::ostream& out);

}  // namespace splitproof::reports
