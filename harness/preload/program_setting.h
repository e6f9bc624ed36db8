// What a program of anyone's is given when it is run: its words, its environment, and the library
// that is loaded before it. And what is kept of its output.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/scenario.h"

namespace splitproof::harness {

// Where a run puts what its program needs; absolute paths.
struct ProgramPlaces {
  std::string database;  // With every symbolic link followed.
  std::string library;   // The preloaded one.
  std::string socket;
};

// Its words, with "{code}" replaced by the form: the operation's own, or else `code`.
std::vector<std::string> command_of(const OperationSpec& operation, const std::string& code);

// PATH, HOME, LANG and TZ as in `ours`, SQLITE_PATH, what the operation says, and what the library
// needs; nothing else. A library that the operation preloads itself is loaded behind ours.
std::map<std::string, std::string> environment_of(const ProgramSpec& program,
                                                  const ProgramPlaces& places,
                                                  const std::map<std::string, std::string>& ours);

// Of this process: PATH, HOME, LANG and TZ, where they are set.
std::map<std::string, std::string> own_surroundings();

// The last `count` lines of the text, without empty ones at its end.
std::string last_lines(std::string_view text, int count);

// Where the library lies: beside this program, in the folder `lib` beside its folder, or where it
// was built. Throws HarnessFailure where it is in none of them.
std::string preload_library();

}  // namespace splitproof::harness
