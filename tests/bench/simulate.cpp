// How fast the service lives: seconds of a year with 16 clients, and how the time grows with the
// days and with the clients.
//
// Each number is the median over some seeds (first argument, default 7) of this program's processor
// time, on one core: seeds draw other faults and other manners of the source, and some lives crash
// a hundred times. Growth is shown by the time for a day of a client: where it is linear, that
// stays as it is.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "harness/simulate/life.h"
#include "sim/disk/memory_faults.h"

namespace splitproof::harness::life {
namespace {

// Of a year with 16 clients, that is aimed at.
constexpr double seconds_aim = 2.0;
constexpr double seconds_per_day = 86'400;

double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

// Sorted. Ends the program where a life does not hold: then nothing was measured.
std::vector<double> seconds_of(int days, int clients, int seeds) {
  std::vector<double> seconds;
  for (int seed = 1; seed <= seeds; ++seed) {
    LifeSpec spec;
    spec.days = days;
    spec.clients = clients;
    spec.seed = static_cast<std::uint64_t>(seed);
    const double begin = processor_seconds();
    const LifeEnd end = live(spec, {});
    seconds.push_back(processor_seconds() - begin);
    if (!end.found) continue;
    fmt::print("seed {} does not hold: {}\n", seed, end.found->what);
    std::exit(EXIT_FAILURE);
  }
  std::ranges::sort(seconds);
  return seconds;
}

void show(int days, int clients, int seeds) {
  const std::vector<double> seconds = seconds_of(days, clients, seeds);
  const double median = seconds[seconds.size() / 2];
  constexpr double microseconds = 1e6;
  fmt::print("{:>5} {:>8} {:>8.2f} {:>8.2f} {:>8.2f} {:>10.0f} {:>12.2f} {:>14.0f}\n", days,
             clients, seconds.front(), median, seconds.back(), median / days * microseconds,
             median / days / clients * microseconds, days * seconds_per_day / median);
}

int run(int seeds) {
  fmt::print("{} seeds; seconds: of the fastest life, the median, the slowest\n", seeds);
  fmt::print("{:>5} {:>8} {:>8} {:>8} {:>8} {:>10} {:>12} {:>14}\n", "days", "clients", "fastest",
             "median", "slowest", "us/day", "us/day/client", "simulated s/s");
  for (const int days : {90, 180, 365, 730}) show(days, 16, seeds);
  for (const int clients : {4, 8, 16, 32}) show(365, clients, seeds);
  fmt::print("aim: 365 days, 16 clients: median below {} s\n", seconds_aim);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace splitproof::harness::life

int main(int argc, char** argv) {
  if (!splitproof::sim::install_memory_gate()) return EXIT_FAILURE;
  const int seeds = argc > 1 ? std::atoi(argv[1]) : 7;
  return splitproof::harness::life::run(std::max(seeds, 1));
}
