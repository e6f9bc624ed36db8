// The habits of this project as functions from text to complaints. Each is pure, so that each is
// tested on a small bad example: a rule that cannot complain proves nothing about the tree.
//
// They are heuristics over text, not a compiler. What one of them cannot see is left to review.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/tidy/source_file.h"

namespace splitproof::tidy {

using Complaints = std::vector<Complaint>;

// A room includes only what stands below it, and always by its path from the root.
Complaints include_arrows(const SourceFile& file);

// A third-party library is included only where it is wrapped.
Complaints third_party_includes(const SourceFile& file);

// Headers say `#pragma once` and open with a comment.
Complaints header_opening(const SourceFile& file);

// At most 300 lines, tests at most 500.
Complaints file_size(const SourceFile& file);

// At most 70 lines from a function's opening brace to its closing one.
Complaints function_size(const SourceFile& file);

// At most 100 characters, whatever their bytes.
Complaints line_length(const SourceFile& file);

// No hidden clock, chance, or sleep; no test that skips or cannot fail.
Complaints banned_calls(const SourceFile& file);

// No loop over an unordered container: its order is nobody's choice.
Complaints unordered_loops(const SourceFile& file);

// No words that mark unfinished work.
Complaints unfinished_words(const SourceFile& file);

// No path that exists on one machine only.
Complaints machine_paths(const SourceFile& file);

// Every scenario file is named in a row of README's table.
Complaints unlisted_scenarios(const std::vector<std::string>& scenario_files,
                              const SourceFile& readme);

// An exception from a rule for one file, with its reason.
struct Allowance {
  std::string rule;
  std::string path;
  std::string reason;
  std::size_t line = 0;  // In the list.
};

struct AllowanceList {
  std::vector<Allowance> allowances;
  Complaints complaints;  // Lines that are no "rule path: reason".
};

// Lines "rule path: reason"; blank lines and those that start with '#' are passed over.
AllowanceList read_allowances(const SourceFile& list);

// The complaints that no allowance covers, and one for each allowance that covers nothing.
Complaints without_allowed(const Complaints& complaints, const AllowanceList& list,
                           const std::string& list_path);

}  // namespace splitproof::tidy
