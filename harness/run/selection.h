// From words on the command line to cases: which scenarios, which variants, on which targets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/run/case_runner.h"

namespace splitproof::harness {

// What the command line asks for.
struct Wanted {
  std::vector<std::string> scenarios;  // Names or files; empty: every documented case.
  std::string variant;                 // Empty: all.
  std::vector<std::string> targets;    // "sqlite", "postgres" or URLs.
  ProgramOptions programs = {};        // With commands: their case, and no scenario.
};

// The scenarios stay where they are as long as the selection lives; cases point to them.
struct Selection {
  std::vector<std::unique_ptr<Scenario>> scenarios;
  std::vector<Case> cases;
};

// An input that cannot be used (exit code 3): one sentence that says what to do.
struct SelectionError {
  std::string message;
};

// The documented cases, in the order of the README's table.
const std::vector<std::string>& documented_cases();

// Those of which it is asked what survives when the disk or the server below them fails.
const std::vector<std::string>& storage_cases();

// All of these, and the isolation table; but the documented ones they are run only where somebody
// asks for them.
std::vector<std::string> listed_cases();

// `folder` holds the documented scenarios' files. A word with a slash, or ending in .yaml or .yml,
// is a file; any other is a documented case's name, that of the isolation table or that of one of
// its anomalies. An anomaly of a file of one's own is FILE#NAME.
sim::Result<Selection, SelectionError> select_cases(const Wanted& wanted,
                                                    const std::string& folder);

// The variant of the verdict's case; of a case without one its scenario, and no file where the
// selection has neither.
SourcePlace place_of(const Selection& selection, const CaseVerdict& verdict);

// The scenarios with their variants, and what each is expected to do on each engine.
std::string listing(const Selection& selection);

}  // namespace splitproof::harness
