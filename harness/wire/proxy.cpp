#include "harness/wire/proxy.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/wire/sockets.h"

namespace splitproof::harness {

namespace {

// So much may wait to be written to one side before the other one is read no more.
constexpr std::size_t unwritten_max = 1024 * 1024;

std::string why() { return std::strerror(errno); }

}  // namespace

class WireProxy::Loop {
 public:
  Loop(WirePlace server, std::string folder, WireRule& rule)
      : server_(std::move(server)), folder_(std::move(folder)), rule_(rule) {}

  ~Loop() {
    if (thread_.joinable()) {
      stops_ = true;
      wake();
      thread_.join();
    }
    if (at_socket_.is_open()) ::unlink(socket_path(folder_, port_).c_str());
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // What went wrong, or nothing.
  std::string start() {
    call_ = FileHandle(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!call_.is_open()) return "no event can be made: " + why();
    on_loopback_ = listen_on_loopback();
    if (!on_loopback_.is_open()) return "the loopback cannot be listened on: " + why();
    port_ = port_of(on_loopback_);
    const std::string path = socket_path(folder_, port_);
    at_socket_ = listen_at(path);
    if (!at_socket_.is_open()) return fmt::format("{} cannot be listened on: {}", path, why());
    thread_ = std::thread([this] { run(); });
    return "";
  }

  int port() const { return port_; }
  const std::string& folder() const { return folder_; }
  int connections() const { return made_; }

  void tell(int connection, std::function<void(Link&)> word) {
    {
      const std::lock_guard guard(mutex_);
      words_.emplace_back(connection, std::move(word));
    }
    wake();
  }

  std::string failure() const {
    const std::lock_guard guard(mutex_);
    return failure_;
  }

 private:
  // A connection with its two sockets.
  struct Connection {
    Connection(int its_number, WireRule& rule, FileHandle from, FileHandle to)
        : number(its_number), link(number, rule), client(std::move(from)), server(std::move(to)) {}

    int number;
    Link link;
    FileHandle client;
    FileHandle server;
    bool client_ended = false;  // It sends nothing more.
    bool server_ended = false;

    bool wants_from_client() const { return client.is_open() && !client_ended; }
    bool wants_from_server() const { return server.is_open() && !server_ended; }
  };
  using Place = std::list<Connection>::iterator;

  void run() {
    while (true) {
      std::vector<pollfd> asked{
          {call_.get(), POLLIN, 0}, {on_loopback_.get(), POLLIN, 0}, {at_socket_.get(), POLLIN, 0}};
      for (Connection& one : connections_) ask_about(one, asked);
      if (::poll(asked.data(), asked.size(), -1) < 0) {
        if (errno == EINTR) continue;
        return fail("the proxy cannot wait: " + why());
      }
      if (stops_) return;
      if (asked[0].revents != 0) say_words();
      std::size_t next = 3;
      for (Place one = connections_.begin(); one != connections_.end(); next += 2) {
        const bool lives = move(*one, asked[next].revents, asked[next + 1].revents);
        one = lives ? std::next(one) : end(one);
      }
      if (asked[1].revents != 0) accept(on_loopback_);
      if (asked[2].revents != 0) accept(at_socket_);
    }
  }

  void wake() const {
    const std::uint64_t one = 1;
    static_cast<void>(::write(call_.get(), &one, sizeof(one)));
  }

  void say_words() {
    std::uint64_t calls = 0;
    static_cast<void>(::read(call_.get(), &calls, sizeof(calls)));
    std::vector<std::pair<int, std::function<void(Link&)>>> words;
    {
      const std::lock_guard guard(mutex_);
      words.swap(words_);
    }
    for (const auto& [number, word] : words) {
      const auto whose = std::ranges::find(connections_, number, &Connection::number);
      if (whose != connections_.end()) word(whose->link);
    }
  }

  Place end(Place one) {
    const int number = one->number;
    const Place next = connections_.erase(one);
    rule_.closed(number);
    return next;
  }

  static void ask_about(Connection& one, std::vector<pollfd>& asked) {
    const auto events = [](bool reads, bool writes) {
      return static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
    };
    const bool cut = one.link.is_cut();
    asked.push_back({one.client.get(),
                     events(!cut && one.wants_from_client() && one.link.wants_from_client() &&
                                one.link.to_server().size() < unwritten_max,
                            !one.link.to_client().empty()),
                     0});
    asked.push_back(
        {one.server.get(),
         events(!cut && one.wants_from_server() && one.link.to_client().size() < unwritten_max,
                !one.link.to_server().empty()),
         0});
  }

  // False when the connection is over.
  bool move(Connection& one, short client, short server) {
    constexpr short something = POLLIN | POLLHUP | POLLERR;
    if ((client & something) != 0 && !one.link.is_cut() && one.wants_from_client() &&
        one.link.wants_from_client()) {
      std::string bytes;
      one.client_ended = !read_what_is_there(one.client, bytes);
      one.link.from_client(bytes);
    }
    if ((server & something) != 0 && !one.link.is_cut() && one.wants_from_server()) {
      std::string bytes;
      one.server_ended = !read_what_is_there(one.server, bytes);
      one.link.from_server(bytes);
    }
    const bool client_there = write_what_fits(one.client, one.link.to_client());
    const bool server_there = write_what_fits(one.server, one.link.to_server());
    if (!one.link.failure().empty()) fail(one.link.failure());
    if (!client_there || !server_there) return false;
    const bool all_written = one.link.to_client().empty() && one.link.to_server().empty();
    if (!all_written) return true;
    const bool has_ended = one.client_ended || one.server_ended;
    return !one.link.is_cut() && (!has_ended || one.link.is_held());
  }

  void accept(const FileHandle& listener) {
    FileHandle client = accept_from(listener);
    if (!client.is_open()) return;
    const int number = ++made_;
    FileHandle server = server_.folder.empty()
                            ? connect_to_loopback(server_.port)
                            : connect_to(socket_path(server_.folder, server_.port));
    // The client then finds its connection closed, as it would where a server is gone.
    if (!server.is_open()) return;
    connections_.emplace_back(number, rule_, std::move(client), std::move(server));
  }

  void fail(const std::string& what) {
    const std::lock_guard guard(mutex_);
    if (failure_.empty()) failure_ = what;
  }

  WirePlace server_;
  std::string folder_;
  WireRule& rule_;
  FileHandle call_;  // Something is to be done for another thread.
  std::atomic<bool> stops_ = false;
  FileHandle on_loopback_;
  FileHandle at_socket_;
  int port_ = 0;
  std::list<Connection> connections_;
  std::atomic<int> made_ = 0;
  mutable std::mutex mutex_;
  std::string failure_;
  std::vector<std::pair<int, std::function<void(Link&)>>> words_;
  std::thread thread_;
};

sim::Result<std::unique_ptr<WireProxy>, std::string> WireProxy::start(const WirePlace& server,
                                                                      const std::string& folder,
                                                                      WireRule& rule) {
  auto loop = std::make_unique<Loop>(server, folder, rule);
  const std::string problem = loop->start();
  if (!problem.empty()) return problem;
  return std::unique_ptr<WireProxy>(new WireProxy(std::move(loop)));
}

WireProxy::WireProxy(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

WireProxy::~WireProxy() = default;

int WireProxy::port() const { return loop_->port(); }

const std::string& WireProxy::folder() const { return loop_->folder(); }

int WireProxy::connections() const { return loop_->connections(); }

void WireProxy::tell(int connection, std::function<void(Link&)> word) {
  loop_->tell(connection, std::move(word));
}

std::string WireProxy::failure() const { return loop_->failure(); }

}  // namespace splitproof::harness
