// SIGINT and SIGTERM as a question: they end nothing by themselves, the run sees them at its next
// step, cleans up and writes the report so far. A second one ends the program at once.
#pragma once

namespace splitproof::harness {

void watch_stop_signals();

// The signal that came, or 0.
int stop_signal();

}  // namespace splitproof::harness
