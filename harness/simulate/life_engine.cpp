#include "harness/simulate/life_engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/history/history.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness::life {

using sim::Answer;
using sim::Error;
using sim::ErrorKind;
using sim::Rows;
using sim::Statement;
using sim::StatementKind;

namespace {

Error gone() {
  return {ErrorKind::connection_lost, "SQLITE_IOERR",
          "the file behind the connection is out of reach"};
}

bool is_control(StatementKind kind) {
  return kind != StatementKind::read && kind != StatementKind::write;
}

}  // namespace

class LifeSession final : public sim::Session {
 public:
  LifeSession(LifeEngine& engine, std::unique_ptr<sim::Session> real)
      : engine_(engine), real_(std::move(real)) {
    engine_.sessions_.push_back(this);
  }
  ~LifeSession() override { std::erase(engine_.sessions_, this); }
  LifeSession(const LifeSession&) = delete;
  LifeSession& operator=(const LifeSession&) = delete;

  Answer<Rows> execute(const Statement& statement) override;
  bool has_open_transaction() const {
    return real_ != nullptr && sim::SqliteEngine::use_of(*real_) != sim::TransactionUse::nothing;
  }

 private:
  // Empty where the statement is to be executed.
  std::optional<Error> struck_before(const Statement& statement, const std::optional<Blow>& blow);
  Answer<Rows> carry_out(const Statement& statement);
  // Its answer, if it is an error, may hide that it was carried out.
  bool decides(const Statement& statement) const {
    return statement.kind() == StatementKind::commit ||
           (!in_transaction_ && statement.kind() == StatementKind::write);
  }
  void note(const Statement& statement, const Answer<Rows>& answer);

  LifeEngine& engine_;
  std::unique_ptr<sim::Session> real_;  // Null once the connection is lost.
  bool in_transaction_ = false;
};

std::optional<Error> LifeSession::struck_before(const Statement& statement,
                                                const std::optional<Blow>& blow) {
  if (!blow) return std::nullopt;
  if (std::holds_alternative<Drop>(*blow)) {
    real_.reset();
    return gone();
  }
  if (std::holds_alternative<NoMemory>(*blow)) {
    return Error{ErrorKind::resource, "SQLITE_NOMEM", "out of memory"};
  }
  if (std::holds_alternative<Interrupt>(*blow) && !is_control(statement.kind())) {
    // Of a statement that writes, SQLite rolls back the whole transaction.
    if (in_transaction_ && statement.kind() == StatementKind::write) {
      static_cast<void>(real_->execute("ROLLBACK").ok());
      in_transaction_ = false;
    }
    return Error{ErrorKind::interrupted, "SQLITE_INTERRUPT", "interrupted"};
  }
  return std::nullopt;
}

Answer<Rows> LifeSession::carry_out(const Statement& statement) {
  const sim::MemoryScope memory(&engine_.machine_.mishaps());
  Answer<Rows> answer = real_->execute(statement);
  if (!answer.ok()) return answer;
  if (statement.kind() == StatementKind::begin) in_transaction_ = true;
  if (statement.kind() == StatementKind::commit) ++engine_.course_.counts.transactions;
  if (statement.kind() == StatementKind::commit || statement.kind() == StatementKind::rollback) {
    in_transaction_ = false;
  }
  return answer;
}

Answer<Rows> LifeSession::execute(const Statement& statement) {
  if (engine_.machine_.is_down() || real_ == nullptr) return gone();
  const std::optional<Blow> blow = engine_.take_step();
  const bool in_doubt_if_lost = decides(statement);
  ++engine_.course_.counts.statements;
  std::optional<Error> struck = struck_before(statement, blow);
  Answer<Rows> answer = struck ? Answer<Rows>(*std::move(struck)) : carry_out(statement);
  if (blow && std::holds_alternative<LoseAnswer>(*blow)) {
    real_.reset();
    answer = gone();
  }
  engine_.end_step();
  if (!answer.ok() && in_doubt_if_lost && leaves_commit_in_doubt(answer.error())) {
    engine_.doubt(answer.error());
  }
  note(statement, answer);
  return answer;
}

void LifeSession::note(const Statement& statement, const Answer<Rows>& answer) {
  Digest& digest = engine_.course_.digest;
  digest.add(static_cast<std::uint64_t>(statement.kind()) + 16 * engine_.machine_.crew().turn());
  if (answer.ok()) {
    digest.add(answer.value());
  } else {
    digest.add(answer.error().native_code);
  }
  if (engine_.course_.keeps_trace()) {
    engine_.course_.note(fmt::format("worker {}, {}: {}", engine_.machine_.crew().turn() + 1,
                                     statement.name(), answer_text(answer, statement.kind())));
  }
}

Answer<std::unique_ptr<sim::Session>> LifeEngine::open() {
  const sim::MemoryScope memory(&machine_.mishaps());
  return machine_.database().connect();
}

Answer<std::unique_ptr<sim::Session>> LifeEngine::connect() {
  if (machine_.is_down()) return gone();
  const std::optional<Blow> blow = take_step();
  auto opened = blow ? Answer<std::unique_ptr<sim::Session>>(gone()) : open();
  end_step();
  course_.digest.add(opened.ok() ? "connected" : opened.error().native_code);
  if (!opened.ok()) return opened;
  return std::unique_ptr<sim::Session>(
      std::make_unique<LifeSession>(*this, std::move(opened).value()));
}

bool LifeEngine::has_open_transaction() const {
  return std::ranges::any_of(sessions_, &LifeSession::has_open_transaction);
}

void LifeEngine::begin_operation() {
  doubt_ = Doubt::none;
  machine_.crew().hold(false);
}

void LifeEngine::doubt(const Error& error) {
  doubt_ = error.kind == ErrorKind::connection_lost ? Doubt::lost : Doubt::storage;
  machine_.crew().hold(true);
}

bool LifeEngine::carry_out(Strike& strike, std::optional<Blow>& left) {
  struct Act {
    LifeEngine& engine;
    std::optional<Blow>& left;

    // Of those that are left to the session, one at a time.
    bool leave(const Blow& blow) const {
      if (left) return false;
      left = blow;
      return true;
    }
    bool operator()(const Interrupt& one) const { return leave(one); }
    bool operator()(const NoMemory& one) const { return leave(one); }
    bool operator()(const Drop& one) const { return leave(one); }
    bool operator()(const LoseAnswer& one) const { return leave(one); }
    bool operator()(const Kill& one) const {
      if (!engine.machine_.strike(one)) return false;
      ++engine.course_.counts.kills;
      return true;
    }
    bool operator()(const PowerFailure& one) const {
      ++engine.course_.counts.power_failures;
      engine.machine_.strike(one);
      return true;
    }
    bool operator()(const DiskErrors& one) const {
      engine.machine_.mishaps().fail_after(one.after, one.count);
      return true;
    }
    bool operator()(const SyncTrap&) const {
      engine.machine_.mishaps().lose_next_sync();
      return true;
    }
    bool operator()(const FullDisk& one) const {
      engine.machine_.mishaps().be_full_for(one.writes);
      return true;
    }
    bool operator()(const ClockJump& one) const {
      engine.machine_.crew().set_wrong_by(std::chrono::seconds{one.seconds});
      return true;
    }
    bool operator()(const MemoryShortage& one) const {
      engine.machine_.mishaps().refuse_memory_after(one.after, one.count);
      return sim::install_memory_gate();
    }
    bool operator()(const LockErrors& one) const {
      engine.machine_.mishaps().refuse_locks_after(
          one.after, one.count, one.busy ? sim::disk_code::busy : sim::disk_code::io_lock);
      return true;
    }
    bool operator()(const ZoneChange& one) const {
      engine.machine_.move_to(one.zone);
      return true;
    }
  };
  return std::visit(Act{*this, left}, strike.blow);
}

std::optional<Blow> LifeEngine::take_step() {
  machine_.crew().pause();
  if (machine_.is_down()) throw ProcessDied{};
  std::optional<Blow> left;
  course_.step([&](Strike& strike) { return carry_out(strike, left); });
  return left;
}

void LifeEngine::end_step() {
  if (machine_.goes_down()) throw ProcessDied{};
}

}  // namespace splitproof::harness::life
