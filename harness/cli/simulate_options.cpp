#include "harness/cli/simulate_options.h"

#include <fmt/format.h>

#include "harness/cli/option_values.h"

namespace splitproof::harness {
namespace {

// A hundred years; more clients than that make the names of accounts longer, and nothing else.
constexpr int days_most = 36'525;
constexpr int clients_most = 999;
constexpr int minutes_most = 60 * 24 * 365;

life::Strikes strikes_of(const std::string& text, int days) {
  auto strikes = life::parse_strikes(text);
  if (!strikes.ok()) throw Refused{"'--plan': " + strikes.error()};
  for (const life::Strike& strike : strikes.value()) {
    if (strike.at.day <= days) continue;
    throw Refused{
        fmt::format("'--plan': '{}' is on day {}; expected at most day {}, the last of "
                    "'--days'",
                    to_text(strike), strike.at.day, days)};
  }
  return std::move(strikes).value();
}

}  // namespace

void read_simulate(const CommandLine& line, Options& options) {
  SimulateOptions& simulate = options.simulate;
  if (const std::string* const days = given_once(line, "--days")) {
    simulate.days = number_of("--days", *days, 1, days_most);
  }
  if (const std::string* const clients = given_once(line, "--clients")) {
    simulate.clients = number_of("--clients", *clients, 1, clients_most);
  }
  if (const std::string* const seed = given_once(line, "--seed")) {
    options.seed = number_of<std::uint64_t>("--seed", *seed, 0, UINT64_MAX);
  }
  if (const std::string* const seeds = given_once(line, "--seeds")) {
    simulate.seeds = number_of<std::uint64_t>("--seeds", *seeds, 1, 1'000'000'000);
  }
  if (const std::string* const minutes = given_once(line, "--minutes")) {
    simulate.time = std::chrono::minutes(number_of("--minutes", *minutes, 1, minutes_most));
  }
  read_text(line, "--variant", options.variant);
  const std::string* const plan = given_once(line, "--plan");
  if (plan == nullptr) return;
  if (simulate.seeds > 1 || simulate.time) {
    throw Refused{"'--plan' is one life; expected it without '--seeds' and '--minutes'"};
  }
  simulate.strikes = strikes_of(*plan, simulate.days);
}

}  // namespace splitproof::harness
