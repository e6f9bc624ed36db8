// The properties that scenarios can ask for, and the oracles that judge them, by name; for whoever
// reads or lists scenarios and runs nothing.
#pragma once

#include <string>
#include <vector>

namespace splitproof::harness {

// "independent-sums" and "random-operations".
const std::vector<std::string>& property_names();

// "model" and "sums".
const std::vector<std::string>& property_oracles();

}  // namespace splitproof::harness
