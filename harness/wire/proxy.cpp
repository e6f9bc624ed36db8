#include "harness/wire/proxy.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/wire/readiness.h"
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
    spare_ = FileHandle(::eventfd(0, EFD_CLOEXEC));
    if (!call_.is_open() || !spare_.is_open()) return "no event can be made: " + why();
    on_loopback_ = listen_on_loopback();
    if (!on_loopback_.is_open()) return "the loopback cannot be listened on: " + why();
    port_ = port_of(on_loopback_);
    const std::string path = socket_path(folder_, port_);
    at_socket_ = listen_at(path);
    if (!at_socket_.is_open()) return fmt::format("{} cannot be listened on: {}", path, why());
    if (!ready_.is_open() || !ask_at_first()) return "the proxy cannot wait: " + why();
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
  // A socket of a connection.
  struct End {
    explicit End(FileHandle handle) : socket(std::move(handle)) {}

    FileHandle socket;
    bool ended = false;  // It sends nothing more.
    Wanted asked;
  };

  // A connection with its two sockets.
  struct Connection {
    Connection(int number, WireRule& rule, FileHandle from, FileHandle to)
        : link(number, rule), client(std::move(from)), server(std::move(to)) {}

    Link link;
    End client;
    End server;
  };
  using Place = std::map<std::uint64_t, Connection>::iterator;

  // Tags: a connection's client is told by twice its number, its server by one more.
  static constexpr std::uint64_t call_tag = 0;
  static constexpr std::uint64_t loopback_tag = 1;
  static constexpr std::uint64_t socket_tag = 2;
  static constexpr std::uint64_t first_number = 2;

  bool ask_at_first() {
    return ready_.ask(call_, call_tag, {}, {.reads = true}) &&
           ready_.ask(on_loopback_, loopback_tag, {}, {.reads = true}) &&
           ready_.ask(at_socket_, socket_tag, {}, {.reads = true});
  }

  void run() {
    std::vector<Readiness::News> news;
    while (true) {
      news.clear();
      if (!ready_.wait(news)) return fail("the proxy cannot wait: " + why());
      for (const auto& [tag, can_be_read] : news) {
        if (stops_) return;
        if (tag == call_tag) {
          say_words();
        } else if (tag == loopback_tag) {
          accept(on_loopback_);
        } else if (tag == socket_tag) {
          accept(at_socket_);
        } else {
          // It may have ended by what was told before.
          const Place place = connections_.find(tag / 2);
          if (place != connections_.end()) serve(place, tag % 2 == 0, can_be_read);
        }
      }
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
      const Place place = connections_.find(first_number + static_cast<std::uint64_t>(number));
      if (place == connections_.end()) continue;
      word(place->second.link);
      proceed(place);
    }
  }

  void serve(Place place, bool is_client, bool can_be_read) {
    Connection& one = place->second;
    End& end = is_client ? one.client : one.server;
    if (can_be_read && end.asked.reads) {
      received_.clear();
      end.ended = !read_what_is_there(end.socket, received_);
      if (is_client) {
        one.link.from_client(received_);
        if (end.ended) one.link.client_ended();
      } else {
        one.link.from_server(received_);
        if (end.ended) one.link.server_ended();
      }
    }
    proceed(place);
  }

  // Writes what can be written, and ends the connection where it is over.
  void proceed(Place place) {
    Connection& one = place->second;
    if (move_on(one) && ask_about(place->first, one)) return;
    // Before the sockets are closed: a process that is just being started may have copies of them.
    ready_.ask(one.client.socket, 0, one.client.asked, {});
    ready_.ask(one.server.socket, 0, one.server.asked, {});
    const std::uint64_t number = place->first - first_number;
    connections_.erase(place);
    rule_.closed(static_cast<int>(number));
  }

  // Writes what can be written. False when the connection is over.
  // What was sent to the server is carried out whether or not its client has gone; so that
  // everybody knows it, it is waited for.
  bool move_on(Connection& one) {
    if (one.client.ended) one.link.to_client().clear();
    const bool client_there = write_what_fits(one.client.socket, one.link.to_client());
    const bool server_there = write_what_fits(one.server.socket, one.link.to_server());
    if (!one.link.failure().empty()) fail(one.link.failure());
    if (!client_there || !server_there) return false;
    const bool all_written = one.link.to_client().empty() && one.link.to_server().empty();
    if (!all_written) return true;
    if (one.link.is_cut()) return false;
    if (one.link.is_held() || (one.link.awaits_answer() && !one.server.ended)) return true;
    return !one.client.ended && !one.server.ended;
  }

  bool ask_about(std::uint64_t number, Connection& one) {
    const std::size_t to_client = one.link.to_client().size();
    const std::size_t to_server = one.link.to_server().size();
    const auto reads = [&one](const End& end, std::size_t unwritten) {
      return !one.link.is_cut() && !end.ended && unwritten < unwritten_max;
    };
    const bool reads_client = reads(one.client, to_server) && one.link.wants_from_client();
    const Wanted of_client{.reads = reads_client, .writes = to_client != 0};
    const Wanted of_server{.reads = reads(one.server, to_client), .writes = to_server != 0};
    return ask(one.client, 2 * number, of_client) && ask(one.server, 2 * number + 1, of_server);
  }

  bool ask(End& end, std::uint64_t tag, Wanted wanted) {
    if (!ready_.ask(end.socket, tag, end.asked, wanted)) {
      fail("the proxy cannot wait for a connection: " + why());
      return false;
    }
    end.asked = wanted;
    return true;
  }

  void accept(const FileHandle& listener) {
    FileHandle client = accept_from(listener);
    if (!client.is_open()) {
      if (errno == EMFILE || errno == ENFILE) turn_away(listener);
      return;
    }
    const int number = ++made_;
    FileHandle server = connect_to_server();
    // The client then finds its connection closed, as it would where a server is gone.
    if (!server.is_open()) return;
    const std::uint64_t key = first_number + static_cast<std::uint64_t>(number);
    const Place place =
        connections_.try_emplace(key, number, rule_, std::move(client), std::move(server)).first;
    if (!ask_about(key, place->second)) connections_.erase(place);
  }

  FileHandle connect_to_server() const {
    if (!server_.folder.empty()) return connect_to(socket_path(server_.folder, server_.port));
    return server_.host.empty() ? connect_to_loopback(server_.port)
                                : connect_to_host(server_.host, server_.port);
  }

  // Where no descriptor is left, whoever waits at the listener would be told of for ever.
  void turn_away(const FileHandle& listener) {
    fail("a client was turned away: " + why());
    spare_.close();
    accept_from(listener);
    spare_ = FileHandle(::eventfd(0, EFD_CLOEXEC));
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
  FileHandle spare_;  // A descriptor for when there are no others.
  FileHandle on_loopback_;
  FileHandle at_socket_;
  int port_ = 0;
  Readiness ready_;
  std::map<std::uint64_t, Connection> connections_;
  std::string received_;  // By one read; its memory is used again.
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
