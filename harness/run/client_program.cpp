#include "harness/run/client_program.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include "harness/inject/client_messages.h"
#include "harness/inject/interposed_engine.h"
#include "harness/run/postgres_world.h"
#include "harness/run/sqlite_tables.h"
#include "sim/base/outcome.h"
#include "sim/sql/postgres/postgres_engine.h"
#include "sim/sql/postgres/postgres_session.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness {

namespace {

// A client whose parent is gone has nobody to say so to.
constexpr int exit_orphaned = 3;
constexpr int exit_confused = 4;

Message ask(const Channel& channel, const Message& message) {
  if (!channel.send(message)) ::_exit(exit_orphaned);
  sim::Result<Message, Silence> answer = channel.receive();
  if (!answer.ok()) ::_exit(exit_orphaned);
  return std::move(answer).value();
}

class AnnouncedEngine final : public sim::Engine {
 public:
  AnnouncedEngine(const Channel& channel, sim::Engine& real) : channel_(channel), real_(real) {}

  sim::Dialect dialect() const override { return real_.dialect(); }
  sim::Answer<std::unique_ptr<sim::Session>> connect() override;

 private:
  friend class AnnouncedSession;
  const Channel& channel_;
  sim::Engine& real_;
  int connections_ = 0;
};

// Announces each statement and its answer, and does as it is told in between.
class AnnouncedSession final : public sim::Session {
 public:
  AnnouncedSession(AnnouncedEngine& engine, std::unique_ptr<sim::Session> real)
      : engine_(engine), real_(std::move(real)), number_(++engine.connections_) {}

  sim::Answer<sim::Rows> execute(const sim::Statement& statement) override {
    Message announced{"statement", std::to_string(number_), real_ == nullptr ? "lost" : "live"};
    append(announced, statement);
    const Message told = ask(engine_.channel_, announced);
    if (told.front() == "throw") fail(told);
    sim::Answer<sim::Rows> answer = carry_out(statement, told);
    if (!answer.ok() && answer.error().kind == sim::ErrorKind::connection_lost) real_.reset();
    const Message after =
        ask(engine_.channel_,
            {"answer", answer.ok() ? "ok" : "error", real_ == nullptr ? "lost" : "live",
             answer.ok() ? "" : answer.error().native_code, answer_text(answer, statement.kind())});
    if (after.front() == "throw") fail(after);
    return answer;
  }

 private:
  sim::Answer<sim::Rows> carry_out(const sim::Statement& statement, const Message& told) {
    if (real_ == nullptr) return lost_connection(engine_.dialect());
    if (told.front() == "raise") return raise(statement, {told.at(1), told.at(2) == "rollback"});
    if (told.front() == "cut" || told.front() == "lose") {
      if (told.front() == "lose") static_cast<void>(real_->execute(statement).ok());
      real_.reset();
      return lost_connection(engine_.dialect());
    }
    return real_->execute(statement);
  }

  sim::Error raise(const sim::Statement& statement, const RaiseError& fault) {
    return engine_.dialect() == sim::Dialect::postgres ? raise_on_postgres(*real_, statement, fault)
                                                       : raise_on_sqlite(*real_, fault);
  }

  [[noreturn]] static void fail(const Message& told) { throw PlannedException(told.at(1)); }

  AnnouncedEngine& engine_;
  std::unique_ptr<sim::Session> real_;  // Null once the connection is lost.
  int number_;
};

sim::Answer<std::unique_ptr<sim::Session>> AnnouncedEngine::connect() {
  sim::Answer<std::unique_ptr<sim::Session>> real = real_.connect();
  if (!real.ok()) return real;
  const auto* const postgres = dynamic_cast<const sim::PostgresSession*>(real.value().get());
  ask(channel_, {"connected", std::to_string(postgres == nullptr ? 0 : postgres->backend_pid())});
  return std::unique_ptr<sim::Session>(
      std::make_unique<AnnouncedSession>(*this, std::move(real).value()));
}

std::unique_ptr<sim::Engine> engine_of(const std::string& dialect, const std::string& address,
                                       const sim::Clock& clock) {
  if (dialect == "postgres") return std::make_unique<sim::PostgresEngine>(address);
  return std::make_unique<sim::SqliteEngine>(
      address, sim::SqliteOptions{.must_exist = true, .clock = &clock});
}

// "run", the operation's number, "sqlite" or "postgres", the address, the seed, and the time of
// the clock.
Message carry_out(const Channel& channel, const Message& order, const OperationFactory& factory) {
  sim::ManualClock clock(
      sim::Instant(std::chrono::milliseconds(number_of<std::int64_t>(order.at(5)).value())));
  const std::unique_ptr<sim::Engine> real = engine_of(order.at(2), order.at(3), clock);
  AnnouncedEngine engine(channel, *real);
  sim::Rng rng(number_of<std::uint64_t>(order.at(4)).value());
  sim::Client client(engine, clock, rng);
  const Operation operation = factory();
  try {
    const sim::TransactionEnd end = operation(client);
    return {"told", std::string(sim::to_string(end.outcome)),
            end.error ? end.error->message + " (" + end.error->native_code + ")" : ""};
  } catch (const std::exception& exception) {
    return {"told", std::string(sim::to_string(sim::Outcome::aborted)), exception.what()};
  } catch (...) {
    return {"told", std::string(sim::to_string(sim::Outcome::aborted)),
            "an exception of an unknown type"};
  }
}

class ClientServer {
 public:
  ClientServer(Channel channel, const OperationCatalog& catalog)
      : channel_(std::move(channel)), catalog_(catalog) {}

  int serve() {
    while (true) {
      const sim::Result<Message, Silence> order = channel_.receive();
      // The parent kills no client of which it heard the end, so only here a process id is given
      // back.
      if (ended_ != 0) ::waitpid(ended_, nullptr, 0);
      ended_ = 0;
      if (!order.ok()) return order.error() == Silence::closed ? 0 : exit_confused;
      if (!follow(order.value())) return exit_confused;
    }
  }

 private:
  bool follow(const Message& order) {
    if (order.front() == "operations") return channel_.send(bind(order));
    if (order.front() != "run" || order.size() != 6) return false;
    const auto index = number_of<std::size_t>(order[1]);
    return index && *index < factories_.size() && run(order, factories_[*index]);
  }

  // "operations", the code, and the operations' own words.
  Message bind(const Message& order) {
    factories_.clear();
    for (std::size_t next = 2; next < order.size();) {
      const std::optional<OperationSpec> operation = operation_of(order, next);
      if (!operation) return {"refused", "an operation that cannot be read"};
      sim::Result<OperationFactory, std::string> factory = catalog_(*operation, order.at(1));
      if (!factory.ok()) return {"refused", factory.error()};
      factories_.push_back(std::move(factory).value());
    }
    return {"bound"};
  }

  bool run(const Message& order, const OperationFactory& factory) {
    const pid_t ours = ::getpid();
    const pid_t client = ::fork();
    if (client < 0) return channel_.send({"refused", "a client's process cannot be forked"});
    if (client == 0) be_client(ours, order, factory);
    siginfo_t end{};
    while (::waitid(P_PID, static_cast<id_t>(client), &end, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    ended_ = client;
    return channel_.send(
        {"ended", end.si_code == CLD_EXITED ? "exit" : "signal", std::to_string(end.si_status)});
  }

  // The exit handlers of the forked copy of the program must not run.
  [[noreturn]] void be_client(pid_t parent, const Message& order, const OperationFactory& factory) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(exit_orphaned);
    ask(channel_, {"client", std::to_string(::getpid())});
    try {
      const Message told = carry_out(channel_, order, factory);
      ::_exit(channel_.send(told) ? 0 : exit_orphaned);
    } catch (const std::exception&) {
      ::_exit(exit_confused);
    }
  }

  Channel channel_;
  const OperationCatalog& catalog_;
  std::vector<OperationFactory> factories_;
  pid_t ended_ = 0;  // A client that ended and still keeps its process id.
};

}  // namespace

int serve_clients(int socket, const OperationCatalog& catalog) try {
  return ClientServer(Channel(socket), catalog).serve();
} catch (const std::exception&) {
  return exit_confused;
}

std::optional<int> client_process_socket(const std::vector<std::string>& words) {
  if (words.size() != 2 || words.front() != "client-process") return std::nullopt;
  const std::optional<int> socket = number_of<int>(words.back());
  return socket && *socket >= 0 ? socket : std::nullopt;
}

}  // namespace splitproof::harness
