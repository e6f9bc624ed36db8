// How many permutations of an isolation spec are run in a second: by PostgreSQL's isolationtester,
// by us, and by a bare loop over libpq that knows beforehand which steps wait, and only sends them
// and reads the answers. One server, one database, one run; setups and teardowns included.
//
// First argument: rounds, default 5; the median counts, and the three take turns, so that they have
// the same share of a busy machine. Starting up is counted too: isolationtester has no other form.
#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

#include "harness/spec/spec_parser.h"
#include "harness/spec/spec_runner.h"
#include "sim/process/child.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_programs.h"
#include "sim/server/postgres_server.h"

namespace splitproof::harness {
namespace {

constexpr const char* without_waits = R"(
setup { CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 0), (2, 0), (3, 0); }
teardown { DROP TABLE t; }
session a
step a1 { UPDATE t SET v = v + 1 WHERE id = 1; }
step a2 { SELECT v FROM t WHERE id = 2; }
session b
step b1 { UPDATE t SET v = v + 1 WHERE id = 2; }
step b2 { SELECT v FROM t WHERE id = 3; }
session c
step c1 { UPDATE t SET v = v + 1 WHERE id = 3; }
step c2 { SELECT v FROM t WHERE id = 1; }
)";

// Every permutation has a step that waits for another session.
std::string with_waits() {
  std::string spec = R"(
setup { CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 0); }
teardown { DROP TABLE t; }
session a
step a1 { BEGIN; UPDATE t SET v = v + 1; }
step a2 { COMMIT; }
session b
step b1 { UPDATE t SET v = v + 1; }
session c
step c1 { SELECT v FROM t; }
)";
  for (int i = 0; i < 45; ++i) spec += "permutation a1 b1 c1 a2\npermutation a1 c1 b1 a2\n";
  return spec;
}

class Silence final : public SpecListener {
 public:
  void out(const std::string& text) override { size += text.size(); }
  void complain(const std::string& text) override { throw std::runtime_error(text); }
  void ended(const SpecOutcome&) override { ++count; }
  std::size_t size = 0;
  int count = 0;
};

// The loop: its connections are opened as the others open theirs.
class BareLoop {
 public:
  BareLoop(const IsolationSpec& spec, const std::string& connection) : spec_(spec) {
    for (std::size_t i = 0; i <= spec.sessions.size(); ++i) {
      connections_.emplace_back(PQconnectdb(connection.c_str()), &PQfinish);
      if (PQstatus(connections_.back().get()) != CONNECTION_OK) throw std::runtime_error("connect");
    }
  }

  int run() {
    SpecOrders orders(spec_);
    int count = 0;
    while (const auto order = orders.next()) {
      for (const SpecBlock& block : spec_.setups) finish(0, block.sql);
      std::set<std::size_t> waiting;
      for (const SpecUse& use : *order) run_step(spec_.steps[use.step], waiting);
      for (const std::size_t one : waiting) read(one);
      finish(0, spec_.teardown->sql);
      ++count;
    }
    return count;
  }

 private:
  void run_step(const SpecStep& step, std::set<std::size_t>& waiting) {
    const std::size_t index = step.session + 1;
    if (PQsendQuery(connections_[index].get(), step.sql.c_str()) != 1) {
      throw std::runtime_error("send");
    }
    if (step.name == "b1" && spec_.permutations.size() > 1) {
      waiting.insert(index);
    } else {
      read(index);
    }
  }

  void read(std::size_t index) {
    while (PGresult* const result = PQgetResult(connections_[index].get())) PQclear(result);
  }

  void finish(std::size_t index, const std::string& sql) {
    PQclear(PQexec(connections_[index].get(), sql.c_str()));
  }

  const IsolationSpec& spec_;
  std::vector<std::unique_ptr<PGconn, void (*)(PGconn*)>> connections_;
};

struct Bench {
  IsolationSpec spec;
  std::string file;
  std::string connection;
  std::string original;  // The program.
};

int by_original(const Bench& bench) {
  sim::ChildOptions options;
  options.command = {"/bin/sh",        "-c",      "exec \"$0\" \"$1\" < \"$2\"", bench.original,
                     bench.connection, bench.file};
  auto child = sim::Child::start(options);
  if (!child.ok() || !child.value().wait().success()) throw std::runtime_error("isolationtester");
  SpecOrders orders(bench.spec);
  int count = 0;
  while (orders.next()) ++count;
  return count;
}

int by_us(const Bench& bench) {
  Silence silence;
  const SpecRunOptions options{.file = bench.file,
                               .connection = bench.connection,
                               .limits = {std::chrono::minutes(5), [] { return false; }}};
  run_isolation_spec(bench.spec, options, silence);
  return silence.count;
}

int by_loop(const Bench& bench) { return BareLoop(bench.spec, bench.connection).run(); }

double rate_of(const Bench& bench, int (*run)(const Bench&)) {
  const auto begin = std::chrono::steady_clock::now();
  const int count = run(bench);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return count / took.count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void measure(const std::string& title, const Bench& bench, int rounds) {
  std::vector<double> original;
  std::vector<double> ours;
  std::vector<double> loop;
  for (int round = 0; round < rounds; ++round) {
    original.push_back(rate_of(bench, by_original));
    ours.push_back(rate_of(bench, by_us));
    loop.push_back(rate_of(bench, by_loop));
  }
  fmt::print("{:<40} {:>10.0f} {:>10.0f} {:>10.0f}   {:.1f} of isolationtester, {:.2f} of libpq\n",
             title, median(original), median(ours), median(loop), median(ours) / median(original),
             median(ours) / median(loop));
}

void run(int rounds) {
  const auto guardian = sim::Guardian::start();
  const auto server = sim::PostgresServer::start(*guardian);
  const auto programs = sim::find_postgres(sim::postgres_folders());
  if (!server.ok() || !programs.ok()) throw std::runtime_error("no server");
  const std::string original =
      std::filesystem::path(programs.value().postgres).parent_path().parent_path() /
      "lib/pgxs/src/test/isolation/isolationtester";
  fmt::print("{:<40} {:>10} {:>10} {:>10}   permutations a second\n", "", "original", "ours",
             "bare libpq");
  for (const auto& [title, text] :
       {std::pair<std::string, std::string>{"three sessions of two steps, no waits", without_waits},
        {"three sessions, one step waits", with_waits()}}) {
    const std::string file =
        std::filesystem::temp_directory_path() / fmt::format("splitproof-bench-{}", ::getpid());
    std::ofstream(file) << text;
    auto spec = parse_isolation_spec(text, "bench.spec");
    if (!spec.ok()) throw std::runtime_error(to_string(spec.error()));
    measure(title, {std::move(spec).value(), file, server.value()->connection(), original}, rounds);
    std::filesystem::remove(file);
  }
}

}  // namespace
}  // namespace splitproof::harness

int main(int count, char** words) { splitproof::harness::run(count > 1 ? std::atoi(words[1]) : 5); }
