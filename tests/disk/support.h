// What the tests of the simulated disk share: sessions on it, and short ways to ask them.
#pragma once

#include <stdexcept>
#include <string>

#include "sim/disk/disk.h"
#include "sim/disk/disk_database.h"
#include "sim/disk/persona.h"

namespace splitproof::tests {

inline std::unique_ptr<sim::Session> open(sim::Engine& engine) {
  sim::Answer<std::unique_ptr<sim::Session>> opened = engine.connect();
  if (!opened.ok()) throw std::runtime_error(opened.error().message);
  return std::move(opened).value();
}

inline sim::Rows run(sim::Session& session, const std::string& sql) {
  sim::Answer<sim::Rows> answer = session.execute(sim::Statement(sql));
  if (!answer.ok()) throw std::runtime_error(sql + ": " + answer.error().message);
  return std::move(answer).value();
}

// The rows, a space behind each value; or the native code of the error.
inline std::string answer_of(sim::Session& session, const std::string& sql) {
  const sim::Answer<sim::Rows> answer = session.execute(sim::Statement(sql));
  if (!answer.ok()) return answer.error().native_code;
  std::string text;
  for (const sim::Row& row : answer.value().rows) {
    for (const sim::Value& value : row) text += sim::to_string(value) + " ";
  }
  return text;
}

inline sim::Persona persona(const std::string& name) { return sim::persona_named(name).value(); }

inline sim::Persona honest_with_sectors_of(std::uint32_t size) {
  sim::Persona honest = persona("honest");
  honest.sector_size = size;
  return honest;
}

// A disk with a database on it, and a clock that moves when somebody waits.
struct DiskWorld {
  explicit DiskWorld(sim::Persona device = persona("honest"), sim::DiskDatabaseOptions options = {})
      : disk(device), database(disk, clock, std::move(options)) {
    database.reseed(1);
  }

  sim::ManualClock clock{sim::Instant{std::chrono::milliseconds{1756684800000}}};
  sim::Disk disk;
  sim::DiskDatabase database;
};

}  // namespace splitproof::tests
