// What a client was told about its operation. There are three answers, never two: after a COMMIT
// whose reply was lost, neither "it happened" nor "it did not" may be assumed.
#pragma once

#include <string_view>

namespace splitproof::sim {

enum class Outcome {
  committed,
  aborted,
  indeterminate,  // COMMIT was sent and no answer came. Not an error: a fact about the world.
};

constexpr std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::committed:
      return "committed";
    case Outcome::aborted:
      return "aborted";
    case Outcome::indeterminate:
      return "indeterminate";
  }
  return "";
}

}  // namespace splitproof::sim
