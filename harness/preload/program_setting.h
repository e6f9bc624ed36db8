// What a program of anyone's is given when it is run under the library that is loaded before it.
#pragma once

#include <map>
#include <string>

#include "harness/run/scenario.h"

namespace splitproof::harness {

// Where a run puts what its program needs; absolute paths.
struct ProgramPlaces {
  std::string database;  // With every symbolic link followed.
  std::string library;   // The preloaded one.
  std::string socket;
};

// What every program is given, SQLITE_PATH, and what the library needs. A library that the program
// preloads itself is loaded behind ours.
std::map<std::string, std::string> environment_of(const ProgramSpec& program,
                                                  const ProgramPlaces& places);

// Where the library lies: beside this program, in the folder `lib` beside its folder, or where it
// was built. Throws HarnessFailure where it is in none of them.
std::string preload_library();

}  // namespace splitproof::harness
