#include "harness/inject/client_process.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <system_error>

#include "harness/inject/client_conversation.h"
#include "harness/run/failure.h"

extern char** environ;

namespace splitproof::harness {

namespace {

// A host that is asked to bind operations reads a file or two.
constexpr std::chrono::seconds bind_time{60};

// The client finds its database, and what else it needs, as we would.
std::map<std::string, std::string> own_environment() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) all[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return all;
}

}  // namespace

ClientHost::ClientHost(sim::Guardian& guardian, std::string program)
    : guardian_(guardian), program_(std::move(program)) {}

ClientHost::~ClientHost() { stop(); }

void ClientHost::start() {
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
    throw HarnessFailure(
        fmt::format("no socket for client processes: {}", std::generic_category().message(errno)));
  }
  Channel ours(sockets[0]);
  // Closed here once the child has it.
  const Channel theirs(sockets[1]);
  sim::ChildOptions options;
  options.command = {program_, "client-process", std::to_string(sockets[1])};
  options.environment = own_environment();
  options.folder = std::filesystem::current_path().string();
  options.inherited = sockets[1];
  sim::Result<sim::Child, sim::ChildError> child = sim::Child::start(options);
  if (!child.ok()) throw HarnessFailure(child.error().message);
  child_ = std::move(child).value();
  channel_ = std::move(ours);
  guardian_.watch_group(child_->pid());
}

void ClientHost::stop() {
  channel_.reset();
  if (!child_) return;
  const pid_t leader = child_->pid();
  // Its destructor ends the whole group.
  child_.reset();
  guardian_.forget_group(leader);
}

void ClientHost::bind(const std::vector<OperationSpec>& operations, const std::string& code) {
  operations_ = operations;
  code_ = code;
  clean_.clear();
  if (!child_) start();
  Message order{"operations", code};
  for (const OperationSpec& operation : operations) append(order, operation);
  if (!channel_->send(order)) {
    stop();
    throw HarnessFailure("the host of client processes is gone");
  }
  const sim::Result<Message, Silence> answer = channel_->receive(sim::Deadline(bind_time));
  if (answer.ok() && answer.value() == Message{"bound"}) return;
  stop();
  if (answer.ok() && answer.value().size() == 2 && answer.value().front() == "refused") {
    throw HarnessFailure(
        fmt::format("the client process cannot do the operations: {}", answer.value().back()));
  }
  throw HarnessFailure("the host of client processes does not answer");
}

void ClientHost::know_clean(const History& clean, sim::Dialect dialect) {
  clean_ = durable_statements(clean, dialect);
  // An operation of which nothing is durable is known, too.
  for (const Told& told : clean.told) clean_[told.operation];
}

void ClientHost::attempt(World& world, Director& director, Told& told, std::uint64_t seed,
                         const Turns* turns) {
  if (turns != nullptr) {
    throw HarnessFailure(
        "the plan kills the client's process while sessions take turns; a process can be killed "
        "only where one session runs after the other");
  }
  if (!child_) bind(operations_, code_);
  const auto known = clean_.find(told.operation);
  try {
    Conversation(world, director, *channel_, told, known == clean_.end() ? nullptr : &known->second)
        .run(seed);
  } catch (...) {
    // Whatever the client was doing, it must not go on.
    stop();
    throw;
  }
}

}  // namespace splitproof::harness
