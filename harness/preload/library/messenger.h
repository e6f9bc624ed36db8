// The library's side of the conversation with the harness.
//
// Each process has a connection of its own, made when it is loaded, or after a fork when it is
// first needed. One thread of a process talks at a time. Where the harness is not there, or is
// gone, everything goes on as without it. Nothing here allocates memory or changes errno.
#pragma once

#include <sys/types.h>

#include "harness/preload/protocol.h"

namespace splitproof::preload {

// Whether the program was started by the harness.
bool is_watched();
// Whether sleeps are to be told instead of slept, and locks to be told when they are given up.
bool takes_turns();

// Tells the harness, and waits for its word. `holder` answers its questions; it may be null where
// none can be asked.
Word tell(const Report& report, std::int32_t (*holder)() = nullptr);

// A descriptor that the program does not know of, and must not close.
bool is_ours(int descriptor);

// False in a process that shares its memory with its parent (vfork).
bool owns_its_memory();

}  // namespace splitproof::preload
