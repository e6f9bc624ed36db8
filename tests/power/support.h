// What the tests of power that fails below PostgreSQL share.
#pragma once

#include "sim/process/guardian.h"

namespace splitproof::tests {

// The guardian that main() started.
sim::Guardian& test_guardian();

}  // namespace splitproof::tests
