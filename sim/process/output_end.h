// The end of what a program has written.
#pragma once

#include <string>
#include <string_view>

namespace splitproof::sim {

// The last `count` lines of the text, without empty ones at its end.
std::string last_lines(std::string_view text, int count);

// Of a file; of a long one only its last part is looked at, and only that part's lines are found.
// Empty where it cannot be read.
std::string last_lines_of(const std::string& path, int count);

}  // namespace splitproof::sim
