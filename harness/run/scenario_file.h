// Reads a scenario from YAML. A file is taken whole or refused with one error that names the place,
// what was found and what was expected; unknown keys are refused, with the nearest known one.
#pragma once

#include <string>
#include <vector>

#include "harness/run/scenario.h"
#include "sim/base/result.h"

namespace splitproof::harness {

struct ScenarioError {
  SourcePlace place;
  std::string message;
};

// "file:line:column: message"
std::string to_string(const ScenarioError& error);

// Relative paths in the file are taken from the folder of the file.
sim::Result<Scenario, ScenarioError> read_scenario_file(const std::string& path);

// The same from text; `name` stands for the file in messages, `folder` for its folder.
sim::Result<Scenario, ScenarioError> read_scenario_text(const std::string& text,
                                                        const std::string& name,
                                                        const std::string& folder);

// The candidate nearest to `word`, if any is near enough to be meant: by edit distance (a slip of
// the finger) or because `word` is its beginning. Empty otherwise.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace splitproof::harness
