// From the text of an isolation spec to data, checked: what PostgreSQL's isolationtester refuses is
// refused here, by a place and a sentence; what it takes is taken.
#pragma once

#include <string>

#include "harness/run/scenario_file.h"
#include "harness/spec/spec.h"
#include "sim/base/result.h"

namespace splitproof::harness {

// `name` is the file's name in places. Reads nothing but the text.
sim::Result<IsolationSpec, ScenarioError> parse_isolation_spec(const std::string& text,
                                                               const std::string& name);

// The same of the file at `path`; a file that cannot be read is an error at its first character.
sim::Result<IsolationSpec, ScenarioError> read_isolation_spec(const std::string& path);

}  // namespace splitproof::harness
