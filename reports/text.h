// Text as a terminal shows it: measured in columns, not in bytes, and made safe to show.
//
// The rule it keeps: what comes out of a database never steers the reader's terminal. Control
// characters and broken UTF-8 are made visible here, in one place. It knows the widths that matter
// for tables (combining marks take no column, East Asian wide characters two); it does no
// hyphenation and knows no right-to-left layout.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace splitproof::reports {

// The text with control characters as escapes ("\n", "\x1b") and bytes that are not UTF-8 as
// U+FFFD.
std::string printable(std::string_view text);

// Columns that a terminal uses for a printable text.
std::size_t display_width(std::string_view text);

// The printable text, filled with blanks to `width` columns; longer text is left as it is.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

// At most `width` columns of a printable text; what was cut is marked by an ellipsis.
std::string shorten(std::string_view text, std::size_t width);

// Lines of at most `width` columns, broken at white space, and inside a word only where the word
// alone is wider. The result is printable and has at least one line. `width` must be at least 2.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace splitproof::reports
