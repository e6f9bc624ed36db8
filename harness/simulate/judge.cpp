#include "harness/simulate/judge.h"

#include <fmt/format.h>

#include <utility>

namespace splitproof::harness::life {
namespace {

// Nothing strikes while the judge looks.
class Looking {
 public:
  explicit Looking(Machine& machine) : machine_(machine) { machine_.mishaps().look_away(true); }
  ~Looking() { machine_.mishaps().look_away(false); }
  Looking(const Looking&) = delete;
  Looking& operator=(const Looking&) = delete;

 private:
  Machine& machine_;
};

// More are never open at a time but by strikes upon strikes.
constexpr std::size_t others_max = 8;

}  // namespace

Judge::Verdict Judge::unanswered(const sim::Error& error) {
  return Difference{Rule::integrity, fmt::format("the database does not answer: {} ({})",
                                                 error.message, error.native_code)};
}

// A writer that waits for readers to go keeps new ones out, the judge too. What is committed is
// then seen on a copy, as after a crash at this moment.
Compared Judge::look(const std::function<Compared(sim::Session&)>& question) {
  if (session_ == nullptr) {
    auto opened = machine_.database().look();
    if (!opened.ok()) return opened.error();
    session_ = std::move(opened).value();
  }
  Compared compared = question(*session_);
  if (compared.ok() || !is_retryable(compared.error())) return compared;
  const auto copy = machine_.look_at_copy();
  if (!copy.ok()) return copy.error();
  return question(*copy.value());
}

Compared Judge::compare(const Model& model, const Request& request) {
  return look([&](sim::Session& session) { return compare_touched(session, model, request); });
}

bool Judge::is_another(const Request& request, bool applied) {
  for (Other& other : others_) {
    Model model = other.model;
    if (applied) apply(model, request);
    const Compared compared = compare(model, request);
    if (!compared.ok() || compared.value()) continue;
    now_ = std::move(model);
    others_.clear();
    return true;
  }
  return false;
}

Judge::Verdict Judge::told(const Request& request, const sim::TransactionEnd& end, Doubt doubt) {
  const Looking looking(machine_);
  if (is_refused(request)) {
    const bool refused = end.outcome == sim::Outcome::aborted && end.attempts == 0;
    if (refused) return std::nullopt;
    return Difference{Rule::told, "a month that is not over was not refused"};
  }
  if (end.outcome == sim::Outcome::committed) return told_committed(request, doubt);
  return told_otherwise(request, end, doubt);
}

Judge::Verdict Judge::told_committed(const Request& request, Doubt doubt) {
  std::optional<Other> without;
  if (doubt == Doubt::storage) without = Other{now_, request};
  const bool changed = apply(now_, request);
  const Compared compared = compare(now_, request);
  if (!compared.ok()) return unanswered(compared.error());
  if (compared.value()) {
    const Difference difference = *compared.value();
    if (is_another(request, true)) return std::nullopt;
    return difference;
  }
  if (changed) others_.clear();
  for (Other& other : others_) {
    // What was only found there is not made more durable by that.
    Model model = other.model;
    if (apply(model, request)) {
      other.redo = request;
    } else {
      other.model = std::move(model);
    }
  }
  if (without) others_.push_back(*std::move(without));
  return std::nullopt;
}

Judge::Verdict Judge::told_otherwise(const Request& request, const sim::TransactionEnd& end,
                                     Doubt doubt) {
  const Compared without = compare(now_, request);
  if (!without.ok()) return unanswered(without.error());
  if (!without.value() && doubt != Doubt::storage) return std::nullopt;
  Model with = now_;
  apply(with, request);
  if (!without.value()) {
    if (others_.size() < others_max) others_.push_back({std::move(with), std::nullopt});
    return std::nullopt;
  }
  const Compared compared = compare(with, request);
  if (!compared.ok()) return unanswered(compared.error());
  if (!compared.value()) {
    if (end.outcome == sim::Outcome::aborted) {
      return Difference{Rule::told, fmt::format("told to be aborted ({}), and it is committed",
                                                end.error ? end.error->message : "no reason")};
    }
    if (doubt == Doubt::storage) others_.push_back({now_, std::nullopt});
    now_ = std::move(with);
    return std::nullopt;
  }
  if (is_another(request, false)) return std::nullopt;
  return *without.value();
}

Judge::Verdict Judge::sound(sim::Session& session) {
  const auto integrity = session.execute("PRAGMA integrity_check");
  if (!integrity.ok()) return unanswered(integrity.error());
  const sim::Value& word = integrity.value().rows.front().front();
  if (word == sim::Value(std::string("ok"))) return std::nullopt;
  return Difference{Rule::integrity, "PRAGMA integrity_check: " + sim::to_string(word)};
}

Judge::Verdict Judge::recovered(const Machine::Restarted& how, const std::optional<Request>& struck,
                                std::vector<Request>& redo) {
  ++whole_checks_;
  const auto looker = machine_.look_at_copy();
  if (!looker.ok()) return unanswered(looker.error());
  if (Verdict damaged = sound(*looker.value())) return damaged;
  std::vector<Other> all{{std::move(now_), std::nullopt}};
  all.insert(all.end(), std::make_move_iterator(others_.begin()),
             std::make_move_iterator(others_.end()));
  others_.clear();
  Verdict first;
  // First all as they are; then, with what was under way.
  const std::size_t count = all.size();
  for (std::size_t i = 0; i < all.size() || (struck && i < 2 * count); ++i) {
    if (i == all.size()) {
      all.push_back(all[i - count]);
      apply(all[i].model, *struck);
    }
    const Compared compared = compare_all(*looker.value(), all[i].model);
    if (!compared.ok()) return unanswered(compared.error());
    if (i == 0) first = compared.value();
    if (compared.value()) continue;
    now_ = std::move(all[i].model);
    if (all[i].redo) redo.push_back(*all[i].redo);
    if (how.power) return std::nullopt;
    for (std::size_t other = 0; other < all.size() && others_.size() < others_max; ++other) {
      if (other != i) others_.push_back(std::move(all[other]));
    }
    if (struck && i < count && others_.size() < others_max) {
      others_.push_back({now_, std::nullopt});
      apply(others_.back().model, *struck);
    }
    return std::nullopt;
  }
  now_ = std::move(all.front().model);
  return first;
}

Judge::Verdict Judge::whole() {
  const Looking looking(machine_);
  ++whole_checks_;
  const Compared compared =
      look([this](sim::Session& session) { return compare_all(session, now_); });
  if (!compared.ok()) return unanswered(compared.error());
  return compared.value();
}

Judge::Verdict Judge::at_rest() {
  const Looking looking(machine_);
  look_away();
  const auto looker = machine_.database().look();
  if (!looker.ok()) return unanswered(looker.error());
  sim::Session& session = *looker.value();
  for (const char* const statement : {"BEGIN EXCLUSIVE", "ROLLBACK"}) {
    const auto answer = session.execute(statement);
    if (answer.ok()) continue;
    return Difference{Rule::hand_back, "a lock is kept: " + answer.error().message};
  }
  return sound(session);
}

}  // namespace splitproof::harness::life
