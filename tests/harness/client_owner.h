// This test program, run again as one that has a client process at work when it is killed.
#pragma once

#include <string>

namespace splitproof::harness {

// Writes the process ids of its host and client, and its run folder, to the file `report`, in the
// middle of a client's transaction; then waits to be killed. Never returns normally.
int own_clients(const std::string& report);

}  // namespace splitproof::harness
