// Lives of the service in simulated time, for people and as JSON.
//
// What is written depends on the verdict alone, so that the same seed gives the same bytes; how
// long it took is nowhere in it.
#pragma once

#include <chrono>
#include <optional>
#include <ostream>
#include <string>

#include "harness/verdict/simulation.h"
#include "reports/files.h"

namespace splitproof::reports {

// One life, all of it.
void render_life(const harness::SimulatedLife& life, int clients, std::ostream& out);
// What all lives come to, in a line; behind more than one.
void render_lives(const harness::SimulationVerdict& verdict, std::ostream& out);

// "seed 1: 1.90 s, 16597894 simulated seconds per second", and a line feed.
std::string pace(const harness::SimulatedLife& life, std::chrono::nanoseconds took);

// The text of simulate.json.
std::string simulation_json(const harness::SimulationVerdict& verdict);
// Writes it into the folder, which is made where it is not there; nowhere, where it has no name.
std::optional<FileError> write_simulation(const std::string& folder,
                                          const harness::SimulationVerdict& verdict);

}  // namespace splitproof::reports
