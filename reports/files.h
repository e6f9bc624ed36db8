// Files that are whole or not there. A report is written beside its place, forced to the disk and
// renamed, so that a reader never meets half of one and a crash leaves the old file.
//
// It makes no promise about several writers of one file: the last rename wins.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace splitproof::reports {

struct FileError {
  std::string message;  // Which file, what went wrong, what to do.
};

// Nothing on success. On an error the file at `path` is untouched and nothing is left beside it.
std::optional<FileError> write_file_atomically(const std::string& path, std::string_view text);

// Makes the folder and those above it. Nothing if it is there afterwards and can be written to.
std::optional<FileError> make_folder(const std::string& path);

}  // namespace splitproof::reports
