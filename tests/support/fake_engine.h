// A database that does as a test says: it answers by script and writes down what it was asked.
//
// It keeps the one rule that every real session keeps: after an answer of kind connection_lost all
// later statements of the session get the same answer. It stores nothing and knows no SQL.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sim/sql/engine.h"

namespace splitproof::tests {

class FakeEngine final : public sim::Engine {
 public:
  explicit FakeEngine(sim::Dialect dialect = sim::Dialect::sqlite) : dialect_(dialect) {}

  // The next `times` statements whose text contains `words` are answered by `error`.
  void fail(std::string words, sim::Error error, int times = 1) {
    scripts_.push_back({std::move(words), std::move(error), {}, false, times});
  }
  // The next `times` statements whose text contains `words` are answered by `rows`.
  void answer(std::string words, std::vector<sim::Row> rows, int times = 1) {
    sim::Rows found;
    found.rows = std::move(rows);
    scripts_.push_back({std::move(words), {}, std::move(found), false, times});
  }
  // The next statement whose text contains `words` throws std::runtime_error("thrown at <words>").
  void throw_at(std::string words) { scripts_.push_back({std::move(words), {}, {}, true, 1}); }

  // The next `times` connections are refused.
  void refuse_connections(sim::Error error, int times = 1) {
    refusal_ = std::move(error);
    refusals_ = times;
  }

  // "connect", "close", and the name of each statement, in order.
  const std::vector<std::string>& log() const { return log_; }
  // How many entries of the log begin with `words`.
  int count(const std::string& words) const {
    int found = 0;
    for (const std::string& entry : log_) found += entry.starts_with(words) ? 1 : 0;
    return found;
  }

  sim::Dialect dialect() const override { return dialect_; }

  sim::Answer<std::unique_ptr<sim::Session>> connect() override {
    if (refusals_ > 0) {
      --refusals_;
      log_.emplace_back("connection refused");
      return refusal_;
    }
    log_.emplace_back("connect");
    return std::unique_ptr<sim::Session>(std::make_unique<FakeSession>(*this));
  }

 private:
  struct Script {
    std::string words;
    std::optional<sim::Error> error;
    sim::Rows rows;
    bool throws = false;
    int times = 1;
  };

  class FakeSession final : public sim::Session {
   public:
    explicit FakeSession(FakeEngine& engine) : engine_(engine) {}
    ~FakeSession() override { engine_.log_.emplace_back("close"); }

    sim::Answer<sim::Rows> execute(const sim::Statement& statement) override {
      engine_.log_.push_back(statement.name());
      if (lost_) return *lost_;
      sim::Answer<sim::Rows> answer = engine_.reply(statement.text());
      if (!answer.ok() && answer.error().kind == sim::ErrorKind::connection_lost) {
        lost_ = answer.error();
      }
      return answer;
    }

   private:
    FakeEngine& engine_;
    std::optional<sim::Error> lost_;
  };

  sim::Answer<sim::Rows> reply(const std::string& text) {
    for (Script& script : scripts_) {
      if (script.times == 0 || text.find(script.words) == std::string::npos) continue;
      --script.times;
      if (script.throws) throw std::runtime_error("thrown at " + script.words);
      if (script.error) return *script.error;
      return script.rows;
    }
    return sim::Rows{};
  }

  sim::Dialect dialect_;
  std::deque<Script> scripts_;
  sim::Error refusal_;
  int refusals_ = 0;
  std::vector<std::string> log_;
};

// The errors that tests ask for most.
inline sim::Error conflict() {
  return {sim::ErrorKind::conflict, "40001", "could not serialize access"};
}
inline sim::Error constraint() {
  return {sim::ErrorKind::constraint, "23505", "duplicate key value"};
}
inline sim::Error connection_lost() {
  return {sim::ErrorKind::connection_lost, "08006", "the server closed the connection"};
}

}  // namespace splitproof::tests
