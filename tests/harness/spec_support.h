// What the tests of isolation specs share: databases of their own on the shared server, and a
// listener that keeps what it hears.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/spec/spec_parser.h"
#include "harness/spec/spec_runner.h"
#include "sim/sql/postgres/postgres_session.h"
#include "tests/harness/server.h"
#include "tests/support/paths.h"

namespace splitproof::harness {

class SpecMemory final : public SpecListener {
 public:
  void out(const std::string& text) override { transcript += text; }
  void complain(const std::string& text) override {
    transcript += text;
    complaints += text;
  }
  void ended(const SpecOutcome& outcome) override { outcomes.push_back(outcome); }

  std::string transcript;  // What both streams of isolationtester would show.
  std::string complaints;
  std::vector<SpecOutcome> outcomes;
};

// A fresh database of this name on the shared server, as a libpq connection string.
inline std::string fresh_database(const std::string& name) {
  const auto session = sim::PostgresSession::connect(server_connection());
  if (!session.ok()) throw std::runtime_error(session.error().message);
  for (const char* const order :
       {"DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"}) {
    const auto done = session.value()->execute(fmt::format(fmt::runtime(order), name));
    if (!done.ok()) throw std::runtime_error(done.error().message);
  }
  // The last word wins.
  return server_connection() + " dbname=" + name;
}

struct SpecRunSeen {
  SpecMemory memory;
  SpecTotals totals;
};

// Runs a spec, given as text, on a fresh database; `name` is the database's and the file's.
inline SpecRunSeen run_spec_text(const std::string& text, const std::string& name,
                                 std::chrono::milliseconds step_limit = std::chrono::seconds(60),
                                 bool as_original = false) {
  auto spec = parse_isolation_spec(text, name + ".spec");
  if (!spec.ok()) throw std::runtime_error(to_string(spec.error()));
  SpecRunSeen seen;
  const SpecRunOptions options{.file = name + ".spec",
                               .connection = fresh_database(name),
                               .limits = {step_limit, [] { return false; }},
                               .ends_as_original = as_original};
  seen.totals = run_isolation_spec(spec.value(), options, seen.memory);
  return seen;
}

inline std::string text_of_spec(const std::string& name) {
  std::ifstream in(tests::in_tree("tests/harness/specs/" + name + ".spec"), std::ios::binary);
  if (!in) throw std::runtime_error("there is no spec " + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace splitproof::harness
