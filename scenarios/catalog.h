// The built-in operations that scenario files name, in every form in which they are written. An
// explicit list: a form that is not here does not exist.
#pragma once

#include "harness/run/operation.h"

namespace splitproof::scenarios {

// The code of an operation in the form `code`, its arguments bound and checked.
sim::Result<harness::OperationFactory, std::string> find_operation(
    const harness::OperationSpec& operation, const std::string& code);

}  // namespace splitproof::scenarios
