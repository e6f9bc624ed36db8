#include "harness/inject/client_sessions.h"

#include <algorithm>

#include "harness/run/failure.h"

namespace splitproof::harness {

void ClientSessions::add(char client, sim::Session& session) {
  live_.push_back({client, &session});
}

void ClientSessions::remove(const sim::Session& session) {
  std::erase_if(live_, [&](const Owned& owned) { return owned.session == &session; });
  std::erase_if(in_use_, [&](const auto& entry) { return entry.second == &session; });
}

void ClientSessions::watch(sim::Session& observer, std::function<void()> let_go) {
  observers_.push_back({&observer, std::move(let_go)});
}

std::optional<std::string> ClientSessions::waits_for(char client) {
  const auto question = questions_.find(client);
  if (question != questions_.end()) return question->second();
  const auto waiting = in_use_.find(client);
  if (waiting == in_use_.end()) return std::nullopt;
  std::vector<sim::Session*> others;
  for (const Owned& owned : live_) {
    if (owned.session != waiting->second) others.push_back(owned.session);
  }
  for (const Watcher& observer : observers_) others.push_back(observer.session);
  const sim::Answer<std::optional<Wait>> answer = world_.waits(*waiting->second, others);
  if (!answer.ok()) {
    throw HarnessFailure("nobody can say who waits for whom: " + answer.error().message);
  }
  if (!answer.value()) return std::nullopt;
  std::string letters;
  for (const sim::Session* const holder : answer.value()->holders) {
    const auto observer = std::ranges::find(observers_, holder, &Watcher::session);
    if (observer != observers_.end()) {
      observer->let_go();
      return std::nullopt;
    }
    letters += std::ranges::find(live_, holder, &Owned::session)->client;
  }
  std::ranges::sort(letters);
  letters.erase(std::ranges::unique(letters).begin(), letters.end());
  return letters;
}

void ClientSessions::cancel(char client) {
  const auto waiting = in_use_.find(client);
  if (waiting == in_use_.end()) return;
  const sim::Status cancelled = world_.cancel(*waiting->second);
  if (!cancelled.ok()) {
    throw HarnessFailure("a waiting statement cannot be cancelled: " + cancelled.error().message);
  }
}

}  // namespace splitproof::harness
