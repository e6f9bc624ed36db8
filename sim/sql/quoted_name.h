// A table's or a column's name as both engines read it whatever is in it.
#pragma once

#include <string>

namespace splitproof::sim {

// In double quotes, with those inside doubled.
std::string quoted_name(const std::string& name);

}  // namespace splitproof::sim
