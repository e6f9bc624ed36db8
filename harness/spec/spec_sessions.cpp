#include "harness/spec/spec_sessions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace splitproof::harness {
namespace {

constexpr const char* blocked_question = "splitproof_blocked";
constexpr const char* blockers_question = "splitproof_blockers";
constexpr const char* end_order = "splitproof_end";

// A loaded server needs long for a small question, but not as long as this.
constexpr std::chrono::seconds answer_time{60};

std::unique_ptr<sim::AsyncSession> opened_or_lost(
    sim::Answer<std::unique_ptr<sim::AsyncSession>> session) {
  if (!session.ok()) throw SpecServerLost(session.error().message);
  return std::move(session).value();
}

void prepare_or_lose(sim::AsyncSession& session, const std::string& name, const std::string& text) {
  const sim::Status prepared = session.prepare(name, text);
  if (!prepared.ok()) throw SpecServerLost(prepared.error().message);
}

// "{12,34}" as the server writes an array of numbers.
std::vector<int> numbers_in(const std::string& text) {
  std::vector<int> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    int number = 0;
    const auto parsed = std::from_chars(at, end, number);
    if (parsed.ec == std::errc{}) numbers.push_back(number);
    at = parsed.ec == std::errc{} ? parsed.ptr : at + 1;
  }
  return numbers;
}

using Blockers = std::map<int, std::vector<int>>;  // By the process that waits.

// Whether, going from each waiting one to those it waits for, one comes back to `first`.
bool waits_in_a_circle(int first, const Blockers& blockers) {
  std::vector<int> open{first};
  std::set<int> seen;
  while (!open.empty()) {
    const auto waiting = blockers.find(open.back());
    open.pop_back();
    if (waiting == blockers.end()) continue;
    for (const int blocker : waiting->second) {
      if (blocker == first) return true;
      if (seen.insert(blocker).second) open.push_back(blocker);
    }
  }
  return false;
}

}  // namespace

SpecSessions::SpecSessions(const IsolationSpec& spec, std::string connection, std::string name,
                           Notices notices)
    : spec_(spec),
      connection_(std::move(connection)),
      name_(std::move(name)),
      notices_(std::move(notices)) {
  control_ = open("control connection", {});
  prepare_or_lose(*control_, blocked_question,
                  "SELECT pg_catalog.pg_isolation_test_session_is_blocked($1, $2)");
  prepare_or_lose(
      *control_, blockers_question,
      "SELECT one.pid, pg_catalog.pg_isolation_test_session_is_blocked(one.pid, $2), "
      "pg_catalog.pg_blocking_pids(one.pid) "
      "FROM pg_catalog.unnest($1::pg_catalog.int4[]) WITH ORDINALITY AS one(pid, place) "
      "ORDER BY one.place");
  prepare_or_lose(*control_, end_order,
                  "SELECT pg_catalog.pg_terminate_backend(one.pid) "
                  "FROM pg_catalog.unnest($1::pg_catalog.int4[]) AS one(pid)");
  open_sessions();
}

std::unique_ptr<sim::AsyncSession> SpecSessions::open(const std::string& name,
                                                      sim::AsyncSession::NoticeSink sink) const {
  std::unique_ptr<sim::AsyncSession> session =
      opened_or_lost(sim::AsyncSession::connect(connection_, name_, std::move(sink)));
  prepare_or_lose(*session, "",
                  "SELECT pg_catalog.set_config('application_name', "
                  "pg_catalog.current_setting('application_name') || '/' || $1, false)");
  ask(*session, "", {name});
  return session;
}

void SpecSessions::open_sessions() {
  std::vector<int> pids;
  for (std::size_t i = 0; i < spec_.sessions.size(); ++i) {
    sessions_.push_back(
        open(spec_.sessions[i].name, [this, i](const std::string& text) { notices_(i, text); }));
    pids.push_back(sessions_.back()->backend_pid());
  }
  pids_ = fmt::format("{{{}}}", fmt::join(pids, ","));
}

void SpecSessions::reopen() {
  // A backend that is at work, or waits for a lock, does not see that its client has gone.
  ask(*control_, end_order, {pids_});
  sessions_.clear();
  open_sessions();
}

sim::AsyncResult SpecSessions::ask(sim::AsyncSession& asked, const std::string& name,
                                   const std::vector<std::string>& parameters) const {
  if (!asked.send_prepared(name, parameters)) throw SpecServerLost(asked.trouble());
  const auto begin = std::chrono::steady_clock::now();
  std::optional<sim::AsyncResult> last;
  while (true) {
    while (asked.is_busy()) {
      asked.wait(patience);
      if (!asked.consume()) break;
      if (std::chrono::steady_clock::now() - begin > answer_time) {
        throw SpecServerLost("it does not answer the control connection");
      }
    }
    std::optional<sim::AsyncResult> result = asked.next_result();
    if (!result) break;
    last = std::move(result);
  }
  if (last && last->kind == sim::AsyncResult::Kind::rows) return *last;
  throw SpecServerLost(last ? last->message : asked.trouble());
}

bool SpecSessions::is_blocked(std::size_t session, const std::vector<std::size_t>& others,
                              std::chrono::microseconds asked_for) {
  const std::string pid = std::to_string(sessions_[session]->backend_pid());
  const sim::AsyncResult answer = ask(*control_, blocked_question, {pid, pids_});
  if (answer.cells.at(0).at(0) != "t") return false;
  return others.empty() || asked_for >= patience || wait_for_idle_ones(session, others);
}

// All that have not answered wait, and not for each other in a circle, which the server would cut:
// so what they wait for in the end is a session that is idle, and only we can move that.
bool SpecSessions::wait_for_idle_ones(std::size_t session, std::vector<std::size_t> others) {
  others.push_back(session);
  std::vector<int> pids;
  for (const std::size_t one : others) pids.push_back(sessions_[one]->backend_pid());
  const sim::AsyncResult answer =
      ask(*control_, blockers_question, {fmt::format("{{{}}}", fmt::join(pids, ",")), pids_});
  Blockers blockers;
  for (const std::vector<std::string>& row : answer.cells) {
    if (row.at(1) != "t") return false;
    blockers[numbers_in(row.at(0)).at(0)] = numbers_in(row.at(2));
  }
  return std::ranges::none_of(pids, [&](int pid) { return waits_in_a_circle(pid, blockers); });
}

bool SpecSessions::is_control_blocked() {
  if (watch_ == nullptr) {
    watch_ = open("watch", {});
    prepare_or_lose(*watch_, blocked_question,
                    "SELECT pg_catalog.pg_isolation_test_session_is_blocked($1, $2)");
  }
  const std::string pid = std::to_string(control_->backend_pid());
  return ask(*watch_, blocked_question, {pid, pids_}).cells.at(0).at(0) == "t";
}

}  // namespace splitproof::harness
