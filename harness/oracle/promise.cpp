#include "harness/oracle/promise.h"

#include <cstdlib>

namespace splitproof::harness {

std::string in_words(const Promise& promise) {
  if (!promise.whole) return "nothing";
  return promise.durable ? "whole and durable" : "whole";
}

std::string to_string(Breakdown failure) {
  switch (failure) {
    case Breakdown::process_killed:
      return "process killed";
    case Breakdown::power_lost:
      return "power lost";
    case Breakdown::error:
      return "error";
    case Breakdown::backend_killed:
      return "backend killed";
    case Breakdown::immediate_stop:
      return "immediate shutdown";
    case Breakdown::server_killed:
      return "server killed";
  }
  std::abort();
}

}  // namespace splitproof::harness
