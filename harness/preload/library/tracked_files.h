// Which files of a process are those of the database: by their place, and by their descriptors.
//
// A path is one of them by its name and by the folder that it leads to, over whatever symbolic
// links. Descriptors that were made by dup(2), or inherited from a program before exec(2), are not
// known; SQLite makes none.
#pragma once

#include "harness/preload/protocol.h"

namespace splitproof::preload {

// `database` is an absolute path; false where its folder cannot be looked at, or its name is too
// long for us.
bool track_files_of(const char* database);

// Relative paths begin at the open folder `folder`, or AT_FDCWD. Does not change errno.
DatabaseFile file_at(int folder, const char* path);

DatabaseFile file_of(int descriptor);
void opened(int descriptor, DatabaseFile file);
void closed(int descriptor);

}  // namespace splitproof::preload
