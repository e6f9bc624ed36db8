// Words for a POSIX shell, for the lines that a report tells its reader to paste.
//
// It quotes one word at a time and never a whole line: what joins the words is the caller's.
#pragma once

#include <string>

namespace splitproof::harness {

// The word as a shell reads it back unchanged: as it is where nothing in it is special, in single
// quotes otherwise.
std::string shell_quote(const std::string& word);

}  // namespace splitproof::harness
