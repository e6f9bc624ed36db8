// What the statements of a clean run let one expect, before anything is broken, and whether it came
// true.
//
// A guess from texts, by rules of thumb: it decides no verdict, only what is tried first.
#pragma once

#include <string>

namespace splitproof::harness {

struct Prediction {
  // The fault point of this number, from 1, of the client. The harm is done by what comes behind
  // statement `after`, up to this one; where both are equal, by what strikes at it.
  int statement = 0;
  int after = 0;
  char client = 'a';
  // "writes-apart", "several-connections", "read-modify-write", "swallowed-error" or
  // "doubling-retry".
  std::string kind = {};
  int danger = 0;            // The higher, the sooner it is tried.
  std::string because = {};  // A sentence.
  bool confirmed = false;
  std::string finding = {};  // The id of the first finding that confirms it; else empty.

  bool operator==(const Prediction&) const = default;
};

}  // namespace splitproof::harness
