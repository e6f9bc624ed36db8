// The parts of a scenario file, one reader each. A reader takes the node of its part and refuses
// what it cannot use; after a refusal what it returns is of no use to anybody.
#pragma once

#include <string>
#include <vector>

#include "harness/run/scenario_fields.h"

namespace splitproof::harness {

// The absolute path of a file that a scenario names; refuses one that cannot be read as a file.
std::string file_of(const YamlNode& node, const std::string& folder, FirstRefusal& refusal);

// The SQL statements of a list; none when the key is not there.
std::vector<std::string> statements_of(Fields& fields, std::string_view key, FirstRefusal& refusal);

// `data`. Relative paths are taken from `folder`; a file that is not there is refused.
InitialData read_data(const YamlNode& node, const std::string& folder, FirstRefusal& refusal);

// `operations`. The argument `file` of a built-in operation, and the folder of a command, are paths
// like those of `data`. All of them are programs or none is.
std::vector<OperationSpec> read_operations(const std::vector<YamlNode>& nodes,
                                           const std::string& folder, FirstRefusal& refusal);

// `system`: the one program that is the scenario's only operation.
OperationSpec read_system(const YamlNode& node, const std::string& title, const std::string& folder,
                          FirstRefusal& refusal);

// `sessions`: programs that are run at once, as the sessions a, b, ...
std::vector<OperationSpec> read_sessions(const std::vector<YamlNode>& nodes,
                                         const std::string& folder, FirstRefusal& refusal);

// `incident`, into `scenario`, whose operations have been read.
void read_incident(const YamlNode& node, Scenario& scenario, FirstRefusal& refusal);

std::vector<Invariant> read_invariants(const std::vector<YamlNode>& nodes, FirstRefusal& refusal);
std::vector<DamageQuery> read_damage(const std::vector<YamlNode>& nodes, FirstRefusal& refusal);

// `compare`.
std::vector<LeaveOut> read_compare(const YamlNode& node, FirstRefusal& refusal);

// Of a variant.
StorageSpec read_storage(const YamlNode& node, FirstRefusal& refusal);
ServerSpec read_server(const YamlNode& node, FirstRefusal& refusal);

// A variant of which `storage` or `server` gives lists stands for one variant for each combination
// of their items, the first list being the slowest; in its name and title `{journal}` and the like
// are replaced by what is set. Without lists it stands for itself.
std::vector<YamlNode> expanded(const YamlNode& variant, FirstRefusal& refusal);

// `variants`; `damage` is what the scenario declares, for the names in expectations.
std::vector<Variant> read_variants(const std::vector<YamlNode>& nodes,
                                   const std::vector<DamageQuery>& damage, FirstRefusal& refusal);

// `faults`, or any other list of fault families, each given once.
std::vector<std::string> read_faults(const std::vector<YamlNode>& nodes, FirstRefusal& refusal);

}  // namespace splitproof::harness
