// Pieces that the pages for people are made of: a wrapped paragraph behind a label, and a number of
// things in words. They write lines of at most 100 columns, or of as many as the caller
// has.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace splitproof::reports {

constexpr std::size_t page_width = 100;
constexpr std::size_t page_width_min = 40;

// Writes `text` wrapped behind `label`, its further lines aligned with the first; nothing when the
// text is empty. `label` counts with its blanks: "  because  ". At least 20 columns are left to the
// text, even if the line then is wider than `width`.
void write_labelled(std::string_view label, std::string_view text, std::ostream& out,
                    std::size_t width = page_width);

// "1 run", "2 runs"
std::string count_of(std::int64_t count, std::string_view singular, std::string_view plural);

}  // namespace splitproof::reports
