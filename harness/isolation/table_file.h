// Reads the isolation table from YAML. A file is taken whole or refused with one error that names
// the place, what was found and what was expected, as a scenario file is.
//
// Each anomaly becomes a scenario, and each column a variant of it, so that a cell is a case like
// any other.
#pragma once

#include <string>
#include <vector>

#include "harness/isolation/anomaly.h"
#include "harness/run/scenario_fields.h"

namespace splitproof::harness {

// What the names of the anomalies' scenarios begin with.
inline constexpr std::string_view isolation_prefix = "isolation-";
// The name of the whole table on the command line, and of its file.
inline constexpr std::string_view isolation_table_name = "isolation-table";

// Whether the file says of itself that it is an isolation table. False where it cannot be read.
bool is_isolation_table(const std::string& path);

sim::Result<std::vector<Scenario>, ScenarioError> read_isolation_table(const std::string& path);
// The same from text; `name` stands for the file in messages.
sim::Result<std::vector<Scenario>, ScenarioError> read_isolation_text(const std::string& text,
                                                                      const std::string& name);

// The parts of an anomaly that no column matters to: sessions, held, occurs.
void read_anomaly_sessions(Fields& fields, AnomalyProgram& anomaly, FirstRefusal& refusal);
void read_anomaly_symptoms(Fields& fields, AnomalyProgram& anomaly, FirstRefusal& refusal);

}  // namespace splitproof::harness
