// The built-in operations that deal with whole months, in all their forms.
#pragma once

#include <map>
#include <string>

#include "harness/run/operation.h"
#include "scenarios/arguments.h"

namespace splitproof::scenarios {

// The forms of an operation by name.
using Forms = std::map<std::string, harness::OperationFactory, std::less<>>;

// An operation that remembers nothing between its runs.
inline harness::OperationFactory always(harness::Operation operation) {
  return [operation = std::move(operation)] { return operation; };
}

// Each takes its arguments, and throws Refused where one is missing or cannot be used.
Forms aggregate_forms(const harness::OperationSpec& spec, Arguments& arguments);
Forms close_month_forms(const harness::OperationSpec& spec, Arguments& arguments);
Forms finish_month_forms(const harness::OperationSpec& spec, Arguments& arguments);
Forms retention_forms(const harness::OperationSpec& spec, Arguments& arguments);

}  // namespace splitproof::scenarios
