// Names that a server gives its files, in what it answers: they are others in every run, and say
// nothing to whoever reads.
#pragma once

#include <string>

namespace splitproof::harness {

// The text with PostgreSQL's names of the files of tables ("pg_tblspc/16384/…/16413", "base/5/24")
// replaced, so that it says "file of a table".
std::string without_file_names(std::string text);

}  // namespace splitproof::harness
