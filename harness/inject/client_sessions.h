// The real sessions behind the letters of the clients, for the scheduler's questions about locks.
//
// Belongs to one run. It is used by whoever holds the scheduler's token, and by the scheduler while
// a statement runs in the server.
#pragma once

#include <functional>
#include <vector>

#include "harness/inject/statement_watch.h"
#include "harness/run/world.h"
#include "harness/schedule/scheduler.h"

namespace splitproof::harness {

class ClientSessions final : public LockWatch {
 public:
  // `world` is borrowed.
  explicit ClientSessions(World& world) : world_(world) {}

  void add(char client, sim::Session& session);
  void remove(const sim::Session& session);
  // The client's next statement goes to this session.
  void use(char client, sim::Session& session) { in_use_[client] = &session; }

  // The client is a program that waits: `question` answers as waits_for() does. Until
  // ask_no_more().
  void ask(char client, std::function<std::optional<std::string>()> question) {
    questions_[client] = std::move(question);
  }
  void ask_no_more(char client) { questions_.erase(client); }

  // A reader of the harness's own, which must not keep anybody waiting: when a client waits for it,
  // `let_go` is called, which ends whatever it holds.
  void watch(sim::Session& observer, std::function<void()> let_go);

  bool waits_in_server() const override { return world_.dialect() == sim::Dialect::postgres; }
  std::optional<std::string> waits_for(char client) override;
  void cancel(char client) override;

 private:
  struct Owned {
    char client = 'a';
    sim::Session* session = nullptr;
  };
  World& world_;
  std::vector<Owned> live_;
  std::map<char, sim::Session*> in_use_;
  std::map<char, std::function<std::optional<std::string>()>> questions_;
  struct Watcher {
    sim::Session* session = nullptr;
    std::function<void()> let_go;
  };
  std::vector<Watcher> observers_;
};

// How the sessions of a run take turns. All are borrowed.
struct Turns {
  Scheduler& scheduler;
  ClientSessions& sessions;
  StatementWatch* watch = nullptr;  // May be null.
};

}  // namespace splitproof::harness
