// What a client pays for the proxy: `pgbench -S` straight to a server, through our proxy, and
// through pgbouncer in session pooling, which does the least of all pgbouncers. Ours runs as in a
// run of the harness: it shows a rule, which counts, every statement before it is sent and after it
// was executed.
//
// First argument: rounds, default 5; second: seconds of each measurement, default 3; third: a word
// that the lines to be measured have in them, such as "prepared", default all. In a round
// every path takes its turn, so that what else the machine does falls on all alike; the ratio is
// the median of those of the rounds. "cpu" is the processor time of the proxy for a transaction, in
// microseconds, pgbouncer's next to it: it is exact where rates swing. Clients, pgbouncer and the
// proxy reach the next one by a unix socket, or, in the lines that say so, clients by the loopback.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <regex>
#include <stdexcept>
#include <vector>

#include "harness/wire/proxy.h"
#include "harness/wire/sockets.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_server.h"
#include "sim/sql/postgres/postgres_engine.h"
#include "tests/support/postgres_client.h"

namespace splitproof::harness {
namespace {

constexpr const char* pgbouncer_program = "/usr/sbin/pgbouncer";

class Counts final : public WireRule {
 public:
  WireVerdict before(int, const WireUnit& unit) override {
    asked += unit.statements.size();
    return WireVerdict::pass;
  }
  WireVerdict after(int, const WireUnitEnd& end) override {
    answered += end.answers.size();
    return WireVerdict::pass;
  }
  std::size_t asked = 0;
  std::size_t answered = 0;
};

// With what pgbouncer is compared fairly: it asks for no password, and has a server's connection
// for each client at once.
class Pgbouncer {
 public:
  explicit Pgbouncer(const sim::PostgresServer& server)
      : port_(free_port()), folder_(server.folder() + "/pgbouncer"), child_(start(server)) {}
  ~Pgbouncer() {
    child_.signal(SIGTERM);
    child_.wait();
  }
  Pgbouncer(const Pgbouncer&) = delete;
  Pgbouncer& operator=(const Pgbouncer&) = delete;

  int port() const { return port_; }
  const std::string& folder() const { return folder_; }

  double processor_seconds() const {
    std::ifstream file(fmt::format("/proc/{}/stat", child_.pid()));
    std::string word;
    double ticks = 0;
    for (int field = 1; field <= 15 && file >> word; ++field) {
      if (field >= 14) ticks += std::atof(word.c_str());
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

 private:
  static int free_port() { return port_of(listen_on_loopback()); }

  sim::Child start(const sim::PostgresServer& server) const {
    const auto account = sim::server_account();
    if (!account.ok()) throw std::runtime_error(account.error().message);
    std::filesystem::create_directory(folder_);
    std::ofstream(folder_ + "/users") << "\"postgres\" \"\"\n";
    std::ofstream(folder_ + "/ini") << fmt::format(
        "[databases]\n* = host={} port=5432\n"
        "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir = {}\n"
        "auth_type = trust\nauth_file = {}/users\npool_mode = session\ndefault_pool_size = 20\n"
        "max_client_conn = 100\n",
        server.folder(), port_, folder_, folder_);
    if (account.value()) {
      const auto& [name, user, group] = *account.value();
      for (const std::string part : {"", "/users", "/ini"}) {
        if (::chown((folder_ + part).c_str(), user, group) != 0) throw std::runtime_error("chown");
      }
    }
    auto child = sim::Child::start({.command = {pgbouncer_program, folder_ + "/ini"},
                                    .environment = sim::server_environment(),
                                    .folder = folder_,
                                    .output = folder_ + "/log",
                                    .account = account.value()});
    if (!child.ok()) throw std::runtime_error(child.error().message);
    while (!connect_to(socket_path(folder_, port_)).is_open()) {
      if (child.value().wait_for(std::chrono::milliseconds(10))) {
        throw std::runtime_error("pgbouncer: " + tests::text_of_file(folder_ + "/log"));
      }
    }
    return std::move(child).value();
  }

  int port_;
  std::string folder_;
  sim::Child child_;
};

// A way to the server.
struct Path {
  std::string host;
  int port = 0;
  std::function<double()> processor_seconds;
};

struct Load {
  std::string protocol;
  int clients = 1;
  int seconds = 1;
};

struct Measured {
  double rate = 0;          // Transactions a second.
  double microseconds = 0;  // Of the processor, for one.
};

// The processor time of this process: while it measures, nothing of it runs but the proxy.
double own_processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double number_behind(const std::string& text, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern + "([0-9.]+)"))) {
    throw std::runtime_error("pgbench did not say what was expected: " + text);
  }
  return std::stod(match[1]);
}

Measured measure(const Path& path, const Load& load) {
  const double before = path.processor_seconds();
  const tests::ClientRun run = tests::run_client(
      {"pgbench", "-n", "-S", "-M", load.protocol, "-c", std::to_string(load.clients), "-T",
       std::to_string(load.seconds), "--random-seed=1", "-h", path.host, "-p",
       std::to_string(path.port), "-U", "postgres", "postgres"});
  if (!run.status.success()) throw std::runtime_error("pgbench: " + run.output);
  const double used = path.processor_seconds() - before;
  const double count = number_behind(run.output, "actually processed: ");
  return {number_behind(run.output, "tps = "), used / count * 1e6};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double median_of(const std::vector<Measured>& all, double Measured::*what) {
  std::vector<double> values;
  for (const Measured& one : all) values.push_back(one.*what);
  return median(values);
}

constexpr std::size_t path_count = 3;

// Direct, ours, pgbouncer.
void compare(const std::string& title, const std::array<Path, path_count>& paths, const Load& load,
             int rounds) {
  std::array<std::vector<Measured>, path_count> seen;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < path_count; ++i) {
      const std::size_t turn = (i + static_cast<std::size_t>(round)) % path_count;
      seen[turn].push_back(measure(paths[turn], load));
    }
  }
  std::vector<double> to_direct;
  std::vector<double> to_pgbouncer;
  for (std::size_t round = 0; round < seen[1].size(); ++round) {
    to_direct.push_back(seen[1][round].rate / seen[0][round].rate);
    to_pgbouncer.push_back(seen[1][round].rate / seen[2][round].rate);
  }
  fmt::print("{:<34} {:>8.0f} {:>8.0f} {:>9.0f} {:>9.2f} {:>12.2f} {:>8.1f} {:>6.1f}\n", title,
             median_of(seen[0], &Measured::rate), median_of(seen[1], &Measured::rate),
             median_of(seen[2], &Measured::rate), median(to_direct), median(to_pgbouncer),
             median_of(seen[1], &Measured::microseconds),
             median_of(seen[2], &Measured::microseconds));
  std::fflush(stdout);
}

void fill(const sim::PostgresServer& server) {
  const tests::ClientRun run =
      tests::run_client({"pgbench", "-q", "-i", "-s", "1", "-h", server.folder(), "-p", "5432",
                         "-U", "postgres", "postgres"});
  if (!run.status.success()) throw std::runtime_error("pgbench -i: " + run.output);
}

void run(int rounds, int seconds, const std::string& word) {
  const auto guardian = sim::Guardian::start();
  auto server = sim::PostgresServer::start(*guardian);
  if (!server.ok()) throw std::runtime_error(server.error().message);
  fill(*server.value());
  const std::string folder = server.value()->folder();
  std::filesystem::create_directory(folder + "/proxy");
  Counts counts;
  const auto proxy = WireProxy::start({folder, 5432}, folder + "/proxy", counts);
  if (!proxy.ok()) throw std::runtime_error(proxy.error());
  const Pgbouncer pgbouncer(*server.value());
  const auto theirs = [&pgbouncer] { return pgbouncer.processor_seconds(); };
  fmt::print("{:<34} {:>8} {:>8} {:>9} {:>9} {:>12} {:>8} {:>6}\n",
             "pgbench -S, transactions a second", "direct", "proxy", "pgbouncer", "of direct",
             "of pgbouncer", "cpu", "theirs");
  for (const bool is_local : {true, false}) {
    const std::string here = "127.0.0.1";
    const std::array<Path, path_count> paths{
        Path{folder, 5432, [] { return 0.0; }},
        Path{is_local ? proxy.value()->folder() : here, proxy.value()->port(),
             own_processor_seconds},
        Path{is_local ? pgbouncer.folder() : here, pgbouncer.port(), theirs}};
    for (const int clients : {1, 8}) {
      for (const std::string protocol : {"simple", "extended", "prepared"}) {
        const Load load{protocol, clients, seconds};
        const std::string title =
            fmt::format("{}, {} client{}{}", protocol, clients, clients == 1 ? "" : "s",
                        is_local ? "" : ", loopback");
        if (title.find(word) != std::string::npos) compare(title, paths, load, rounds);
      }
    }
  }
  if (!proxy.value()->failure().empty()) throw std::runtime_error(proxy.value()->failure());
  fmt::print("counted before {} statements and after {}\n", counts.asked, counts.answered);
}

}  // namespace
}  // namespace splitproof::harness

int main(int count, char** words) {
  splitproof::harness::run(count > 1 ? std::atoi(words[1]) : 5, count > 2 ? std::atoi(words[2]) : 3,
                           count > 3 ? words[3] : "");
}
