// A database of named locks and nothing else, for the scheduler's tests: one that makes its clients
// wait inside, as a server does, and one that answers busy, as SQLite does.
//
// Both may be used by several threads. The server breaks a circle by refusing the lock that closes
// it.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "harness/schedule/scheduler.h"

namespace splitproof::harness {

class FakeServer final : public LockWatch {
 public:
  // Returns when the lock is `client`'s; false where it is refused.
  bool lock(char client, const std::string& name) {
    std::unique_lock guard(mutex_);
    const auto free = [&] { return !holders_.contains(name) || holders_.at(name) == client; };
    waiting_[client] = name;
    const bool refused = circle(client);
    changed_.wait(guard, [&] { return refused || free() || cancelled_ == client; });
    waiting_.erase(client);
    const bool given = free();
    if (given) holders_[name] = client;
    if (cancelled_ == client) cancelled_ = '\0';
    return given;
  }
  void unlock(const std::string& name) {
    const std::lock_guard guard(mutex_);
    holders_.erase(name);
    changed_.notify_all();
  }
  void unlock_all(char client) {
    const std::lock_guard guard(mutex_);
    std::erase_if(holders_, [&](const auto& entry) { return entry.second == client; });
    changed_.notify_all();
  }

  bool waits_in_server() const override { return true; }
  std::optional<std::string> waits_for(char session) override {
    const std::lock_guard guard(mutex_);
    const auto waiting = waiting_.find(session);
    if (waiting == waiting_.end()) return std::nullopt;
    const auto holder = holders_.find(waiting->second);
    if (holder == holders_.end()) return std::nullopt;
    if (holder->second != outsider) return std::string(1, holder->second);
    if (--outsiders_patience_ == 0) {
      holders_.erase(holder);
      changed_.notify_all();
    }
    return "";
  }
  void cancel(char session) override {
    const std::lock_guard guard(mutex_);
    cancelled_ = session;
    ++cancels_;
    changed_.notify_all();
  }

  // Who is no session.
  static constexpr char outsider = '?';
  // How many questions about its lock it takes until it lets go.
  void outsider_lets_go_after(int questions) { outsiders_patience_ = questions; }
  int cancels() const { return cancels_; }

 private:
  bool circle(char client) const {
    char at = client;
    for (std::size_t i = 0; i <= waiting_.size(); ++i) {
      const auto waiting = waiting_.find(at);
      if (waiting == waiting_.end()) return false;
      const auto holder = holders_.find(waiting->second);
      if (holder == holders_.end() || holder->second == at) return false;
      at = holder->second;
      if (at == client) return true;
    }
    return false;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, char> holders_;
  std::map<char, std::string> waiting_;
  char cancelled_ = '\0';
  int cancels_ = 0;
  int outsiders_patience_ = 0;
};

// Only used by whoever holds the scheduler's token.
class FakeBusyLocks final : public LockWatch {
 public:
  explicit FakeBusyLocks(Scheduler& scheduler) : scheduler_(scheduler) {}

  bool lock(char client, const std::string& name) {
    wanted_[client] = name;
    while (taken_by_another(client)) {
      if (!scheduler_.yield(client)) return false;
    }
    holders_[name] = client;
    return true;
  }
  void unlock(const std::string& name) { holders_.erase(name); }

  bool waits_in_server() const override { return false; }
  std::optional<std::string> waits_for(char session) override {
    if (!taken_by_another(session)) return std::nullopt;
    return std::string(1, holders_.at(wanted_.at(session)));
  }
  void cancel(char) override {}

 private:
  bool taken_by_another(char client) const {
    const auto holder = holders_.find(wanted_.at(client));
    return holder != holders_.end() && holder->second != client;
  }

  Scheduler& scheduler_;
  std::map<std::string, char> holders_;
  std::map<char, std::string> wanted_;
};

}  // namespace splitproof::harness
