// The service's database, empty but for accounts, for tests of single operations.
#pragma once

#include <stdexcept>
#include <string>

#include "harness/run/sqlite_world.h"
#include "sim/aggregator/aggregator.h"

namespace splitproof::scenarios {

// What the question's rows hold, with blanks between; or the database's complaint.
inline std::string held_in(harness::World& world, const sim::Statement& question) {
  const auto answer = world.query(question);
  if (!answer.ok()) return answer.error().message;
  std::string text;
  for (const sim::Row& row : answer.value().rows) {
    for (const sim::Value& value : row) text += (text.empty() ? "" : " ") + to_string(value);
  }
  return text;
}

// Makes the service's tables and then runs `accounts`; an exception, which fails the test, where
// that is refused.
inline void make_service_database(harness::World& world, sim::Rng& rng,
                                  const std::string& accounts) {
  const sim::Status filled = world.fill([&](sim::Engine& engine) -> sim::Status {
    sim::Client client(engine, world.clock(), rng);
    if (sim::create_schema(client).outcome != sim::Outcome::committed) {
      return sim::Error{sim::ErrorKind::invalid, "", "no schema"};
    }
    const auto answer = client.session().value()->execute(accounts);
    return answer.ok() ? sim::Status(sim::Done{}) : sim::Status(answer.error());
  });
  if (!filled.ok()) throw std::runtime_error(filled.error().message);
}

}  // namespace splitproof::scenarios
