// Makes data small, and puts it into letters that a page may hold.
#pragma once

#include <string>
#include <string_view>

namespace splitproof::reports {

// The text in the format of zlib (RFC 1950), as base64 with padding. The same text gives the same
// bytes with the same zlib. Throws std::runtime_error where zlib refuses, which only lack of memory
// makes it do.
std::string packed(std::string_view text);

// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace splitproof::reports
