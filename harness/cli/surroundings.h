// What the program finds around it: its own place, the terminal, the CI that runs it. Everything
// that is read from the environment for the sake of output is read here.
#pragma once

#include <string>

#include "harness/cli/options.h"

namespace splitproof::harness {

// Installed, the scenarios lie beside the program; in a build tree they are `built_from`.
std::string scenario_folder(const std::string& built_from);

// Whether standard output is to be coloured: as chosen, else if it is a terminal that can.
bool use_colour(ColorChoice choice);

// Whether workflow commands are to be printed: as chosen, else where GitHub runs us and somebody
// reads standard output.
bool wants_annotations(const Options& options);

// The file as seen from the root of the repository that it lies in: the one that GitHub has checked
// out, else the folder above it that has a ".git". Empty outside.
std::string in_repository(const std::string& file);

}  // namespace splitproof::harness
