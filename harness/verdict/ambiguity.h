// A transaction of a program of which its client was told nothing certain, or what is not so, and
// what became of it in the server.
#pragma once

#include <cstdint>
#include <string>

namespace splitproof::harness {

// Runs in which the same statements were told and held in the same way are one line.
struct Ambiguity {
  std::string plan;         // Of the first of these runs.
  std::string transaction;  // Its statements, in words.
  std::string told;         // "indeterminate"; "committed" or "aborted" where that is not so.
  std::string held;         // "committed", "rolled back" or "unknown".
  std::string known_by;     // How that is known, in the first of these runs.
  std::int64_t runs = 0;

  bool operator==(const Ambiguity&) const = default;
};

}  // namespace splitproof::harness
