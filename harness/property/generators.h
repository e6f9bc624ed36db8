// RapidCheck's generators for scripts; included only by files that include RapidCheck anyway.
//
// Each value shrinks toward the first of its range, each list toward none of its items.
#pragma once

#include "harness/property/script.h"

namespace rc {
template <typename T>
class Gen;
}

namespace splitproof::harness {

rc::Gen<Script> scripts_of_operations();
rc::Gen<Script> scripts_of_daily_rows();

}  // namespace splitproof::harness
