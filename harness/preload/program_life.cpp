#include "harness/preload/program_life.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "harness/preload/disk_operation.h"
#include "harness/run/failure.h"

namespace splitproof::harness {

namespace {

// How long a killed process may take to be gone.
constexpr int death_ms_max = 10'000;

pid_t peer_of(const FileHandle& socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

std::string system_words() { return std::generic_category().message(errno); }

}  // namespace

Speaker::Speaker(FileHandle socket) : socket_(std::move(socket)), pid_(peer_of(socket_)) {}

ProgramLife::ProgramLife(sim::Guardian& guardian, const ProgramSpec& program,
                         const std::map<std::string, std::string>& environment,
                         const std::string& output, const std::string& socket)
    : path_(socket) {
  ::unlink(path_.c_str());
  listener_ = listen_at(path_);
  if (!listener_.is_open()) {
    throw HarnessFailure(fmt::format("nobody can listen at {}: {}", path_, system_words()));
  }
  process_.emplace(guardian, program, environment, output);
  end_of_time_ = std::chrono::steady_clock::now() + program.time_limit;
}

ProgramLife::~ProgramLife() {
  try {
    end();
  } catch (const HarnessFailure&) {
    // Whoever does not die now is the guardian's.
  }
  ::unlink(path_.c_str());
}

int ProgramLife::time_left() const {
  using std::chrono::milliseconds;
  const auto left = end_of_time_ - std::chrono::steady_clock::now();
  constexpr milliseconds longest = std::chrono::hours(1);
  if (left > longest) return static_cast<int>(longest.count());
  return static_cast<int>(std::max(std::chrono::ceil<milliseconds>(left), milliseconds(0)).count());
}

void ProgramLife::hold(const std::function<void()>& waiting) {
  const auto left = end_of_time_ - std::chrono::steady_clock::now();
  end_of_time_ = std::chrono::steady_clock::time_point::max();
  waiting();
  end_of_time_ = std::chrono::steady_clock::now() + left;
}

void ProgramLife::accept() {
  for (FileHandle socket = accept_from(listener_); socket.is_open();
       socket = accept_from(listener_)) {
    speakers_.emplace_back(std::move(socket));
  }
}

bool ProgramLife::wait_for_some(const Speaker* only) {
  std::vector<pollfd> waited{{process_->descriptor(), POLLIN, 0}};
  if (only != nullptr) {
    waited.push_back({only->socket_.get(), POLLIN, 0});
  } else {
    waited.push_back({listener_.get(), POLLIN, 0});
    for (const Speaker& speaker : speakers_) waited.push_back({speaker.socket_.get(), POLLIN, 0});
  }
  while (true) {
    const int left = time_left();
    late_ = left == 0;
    if (late_) return false;
    const int ready = ::poll(waited.data(), waited.size(), left);
    if (ready < 0 && errno != EINTR) {
      throw HarnessFailure(fmt::format("the program cannot be heard: {}", system_words()));
    }
    if (ready <= 0) continue;
    const bool has_ended = waited.front().revents != 0;
    if (only == nullptr) return !has_ended;
    // What it did is done, even where the first process ended meanwhile.
    if (waited.back().revents != 0) return true;
    if (has_ended) return false;
  }
}

std::optional<preload::Report> ProgramLife::take(Speaker& speaker) {
  bool unintelligible = false;
  std::optional<preload::Report> report = take_report(speaker.bytes_, unintelligible);
  if (unintelligible) {
    throw HarnessFailure("a process of the program said something unintelligible");
  }
  return report;
}

std::pair<Speaker*, preload::Report> ProgramLife::next() {
  while (wait_for_some(nullptr)) {
    accept();
    for (auto speaker = speakers_.begin(); speaker != speakers_.end();) {
      const bool is_there = read_what_is_there(speaker->socket_, speaker->bytes_);
      if (const std::optional<preload::Report> report = take(*speaker)) return {&*speaker, *report};
      speaker = is_there ? std::next(speaker) : speakers_.erase(speaker);
    }
  }
  return {nullptr, {}};
}

std::optional<preload::Report> ProgramLife::next_of(Speaker& speaker) {
  while (true) {
    const bool is_there = read_what_is_there(speaker.socket_, speaker.bytes_);
    if (std::optional<preload::Report> report = take(speaker)) return report;
    if (!is_there || !wait_for_some(&speaker)) return std::nullopt;
  }
}

void ProgramLife::tell(const Speaker& speaker, const preload::Word& word) const {
  std::string bytes(reinterpret_cast<const char*>(&word), sizeof(word));
  static_cast<void>(write_what_fits(speaker.socket_, bytes));
}

void ProgramLife::kill() {
  accept();
  process_->signal(SIGKILL);
  for (const Speaker& speaker : speakers_) {
    // While its connection is open, its process id is its own.
    pollfd waited{speaker.socket_.get(), POLLRDHUP, 0};
    if (speaker.pid() > 0 && ::poll(&waited, 1, 0) == 0) ::kill(speaker.pid(), SIGKILL);
  }
  status_ = process_->wait();
  for (Speaker& speaker : speakers_) {
    pollfd waited{speaker.socket_.get(), POLLRDHUP, 0};
    if (::poll(&waited, 1, death_ms_max) == 0) {
      throw HarnessFailure(fmt::format("process {} was killed and stays", speaker.pid()));
    }
  }
  speakers_.clear();
}

sim::ExitStatus ProgramLife::end() {
  if (!status_) kill();
  return *status_;
}

}  // namespace splitproof::harness
