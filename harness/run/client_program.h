// The child's half of client processes: a program that is started once and forks one client after
// another, each of which carries out one operation on a database and can be killed at any moment.
//
// A client connects by itself. Before each statement it says what it is about to send, and waits;
// when the answer came it says so, and waits again: what happens in between is the parent's choice.
// It ends when the parent's socket closes, wherever it is. Nothing is judged or counted here.
#pragma once

#include "harness/run/operation.h"

namespace splitproof::harness {

// Serves the parent at the other end of `socket`, a descriptor that is taken over, until that
// closes. The result is an exit code. The process must have one thread only, for it forks.
int serve_clients(int socket, const OperationCatalog& catalog);

// The hidden command's words: "client-process" and the descriptor. Empty where it is something
// else.
std::optional<int> client_process_socket(const std::vector<std::string>& words);

}  // namespace splitproof::harness
