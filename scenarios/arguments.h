// The arguments of a built-in operation, as a scenario file gives them: texts by name, each taken
// once and understood. One that is missing, that is not understood, or that is left over refuses
// the operation; what an argument means is the operation's business.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/run/scenario.h"
#include "sim/base/money.h"
#include "sim/base/period.h"

namespace splitproof::scenarios {

// Why an operation cannot be bound, a sentence for the author of the scenario. Thrown by the
// functions below and caught by find_operation(); it goes no further.
struct Refused {
  std::string why;
};

class Arguments {
 public:
  // The operation is borrowed.
  explicit Arguments(const harness::OperationSpec& spec) : spec_(spec), left_(spec.with) {}

  // Each takes the argument; Refused when it is not there or is not such a thing.
  std::string text(const std::string& key);
  std::int64_t number(const std::string& key);
  sim::Money money(const std::string& key);
  sim::Month month(const std::string& key);
  sim::Day day(const std::string& key);

  // The same, but the argument may be left out.
  std::string text_or(const std::string& key, const std::string& otherwise);

  // Refused when an argument is left that nobody took.
  void finish() const;

 private:
  const harness::OperationSpec& spec_;
  std::map<std::string, std::string> left_;
};

}  // namespace splitproof::scenarios
