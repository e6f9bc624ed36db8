// Failures of the harness itself. They are never findings: they end a case, not the program.
#pragma once

#include <stdexcept>

namespace splitproof::harness {

// The harness or its environment failed.
class HarnessFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The scenario's own data cannot be used; the message names the place.
class UnusableInput : public HarnessFailure {
 public:
  using HarnessFailure::HarnessFailure;
};

// Nothing can be said of a program, because what it does cannot be seen; the message says why. Its
// case is not run.
class NotInterceptable : public HarnessFailure {
 public:
  using HarnessFailure::HarnessFailure;
};

}  // namespace splitproof::harness
