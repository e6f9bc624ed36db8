// Real client processes that can be killed: the parent's half.
//
// One host process is started (Boost.Process) and kept; it forks a client for each attempt, because
// loading our program anew takes longer than a whole run. The client carries out an operation on
// its own connections and stops before and after each statement; here its statements are shown to
// the director, written down, and struck. A planned kill is SIGKILL, by kill(2), to a client that
// waits for its next word: what it has sent is sent, what it has not is not.
//
// What a killed client's user knows is told by a fixed rule: `aborted` while nothing that makes
// anything durable was sent; `committed` once all that the clean run makes durable was answered;
// `indeterminate` in between. A client that ends in any other way is a failure of the harness.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/inject/client_messages.h"
#include "harness/run/client_processes.h"
#include "sim/process/child.h"
#include "sim/process/guardian.h"

namespace splitproof::harness {

class ClientHost final : public ClientProcesses {
 public:
  // `program` is started with the words "client-process" and a descriptor (see client_program.h).
  // The guardian is borrowed.
  ClientHost(sim::Guardian& guardian, std::string program);
  ~ClientHost() override;
  ClientHost(const ClientHost&) = delete;
  ClientHost& operator=(const ClientHost&) = delete;

  // What the clients do from here on: the operations of a scenario in the form `code`. Starts the
  // host where there is none. Throws HarnessFailure.
  void bind(const std::vector<OperationSpec>& operations, const std::string& code);

  // Which statements a clean run of these operations makes its changes durable by. Without it no
  // killed client is told `committed`. Forgotten by bind().
  void know_clean(const History& clean, sim::Dialect dialect);

  void attempt(World& world, Director& director, Told& told, std::uint64_t seed,
               const Turns* turns) override;

  // The host's process id; -1 where there is none.
  pid_t pid() const { return child_ ? child_->pid() : -1; }

 private:
  void start();
  void stop();

  sim::Guardian& guardian_;
  std::string program_;
  std::optional<sim::Child> child_;
  std::optional<Channel> channel_;
  std::vector<OperationSpec> operations_;
  std::string code_;
  // By operation: the texts of the statements that made something durable, in order.
  std::map<int, std::vector<std::string>> clean_;
};

}  // namespace splitproof::harness
