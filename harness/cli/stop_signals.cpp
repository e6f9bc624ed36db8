#include "harness/cli/stop_signals.h"

#include <csignal>

namespace splitproof::harness {

namespace {

volatile std::sig_atomic_t received = 0;

void receive(int signal) {
  received = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void watch_stop_signals() {
  std::signal(SIGINT, receive);
  std::signal(SIGTERM, receive);
}

int stop_signal() { return received; }

}  // namespace splitproof::harness
