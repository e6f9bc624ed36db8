// The proxy before servers that are none: they vanish at any byte, talk nonsense, or are there for
// thousands of clients one after the other. And where the proxy listens.
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

#include "harness/wire/sockets.h"
#include "tests/wire/raw_client.h"
#include "tests/wire/through_proxy.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int fake_port = 5432;

// Answers whatever a client sends first with given bytes, and leaves.
class FakeServer {
 public:
  FakeServer(const std::string& folder, std::string answer)
      : listener_(listen_at(socket_path(folder, fake_port))), answer_(std::move(answer)) {
    if (!listener_.is_open()) throw std::runtime_error("cannot listen in " + folder);
    thread_ = std::thread([this] { serve(); });
  }
  // Ends when somebody connects and says nothing.
  ~FakeServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

 private:
  void serve() {
    while (true) {
      pollfd waiting{listener_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, -1) < 0 || (waiting.revents & POLLHUP) != 0) return;
      FileHandle socket = accept_from(listener_);
      if (!socket.is_open()) return;
      const RawClient client(std::move(socket));
      if (!client.receive(1).empty()) client.send(answer_);
    }
  }

  FileHandle listener_;
  std::string answer_;
  std::thread thread_;
};

// The proxy before it.
class Servers : public testing::Test {
 protected:
  void start(const std::string& answer) {
    proxy_.reset();
    server_.reset();
    std::filesystem::remove(socket_path(at_server_.path(), fake_port));
    server_ = std::make_unique<FakeServer>(at_server_.path(), answer);
    auto started = WireProxy::start({at_server_.path(), fake_port}, at_proxy_.path(), rule_);
    if (!started.ok()) throw std::runtime_error(started.error());
    proxy_ = std::move(started).value();
  }

  // What a client is told that asks one thing.
  std::string ask() const {
    const RawClient client(connect_to(socket_path(at_proxy_.path(), proxy_->port())));
    client.send(startup_of("any", "any") + message_of('Q', "SELECT 1|"));
    return client.receive_all();
  }

  OwnFolder at_server_;
  OwnFolder at_proxy_;
  CountingRule rule_;
  std::unique_ptr<FakeServer> server_;
  std::unique_ptr<WireProxy> proxy_;
};

const std::vector<std::string>& sound_messages() {
  static const std::vector<std::string> all = {
      message_of('R', "||||"), message_of('S', "a|b|"), message_of('K', "||||||||"),
      message_of('Z', "I"),    message_of('T', "||"),   message_of('D', "||"),
      message_of('N', "SN||"), message_of('D', "||"),   message_of('C', "SELECT 2|"),
      message_of('Z', "I"),
  };
  return all;
}

TEST_F(Servers, ThatVanishAtEveryByteGiveAllTheirWholeMessages) {
  std::string whole_messages;
  for (const std::string& message : sound_messages()) {
    for (std::size_t size = 0; size < message.size(); ++size) {
      start(whole_messages + message.substr(0, size));
      EXPECT_EQ(ask(), whole_messages) << size << " bytes of " << message.front();
      EXPECT_EQ(proxy_->failure(), "");
    }
    whole_messages += message;
  }
  start(whole_messages);
  EXPECT_EQ(ask(), whole_messages);
}

TEST_F(Servers, ThatTalkNonsenseAreCut) {
  const std::string sound = sound_messages().front();
  for (const std::string& bytes : std::vector<std::string>{
           "HTTP/1.1 400 Bad Request\r\n\r\n", sound + "Z" + four_bytes_of(3),
           sound + "D" + four_bytes_of(0xffff'ffff), sound + '\0' + four_bytes_of(4)}) {
    start(bytes);
    EXPECT_THAT(sound, StartsWith(ask()));
    EXPECT_THAT(proxy_->failure(), HasSubstr("the server sent"));
  }
}

TEST_F(Servers, HaveThousandsOfClientsOneAfterTheOther) {
  const std::string answer = sound_messages().front();
  start(answer);
  EXPECT_EQ(ask(), answer);
  const std::size_t before = open_descriptors();
  const int clients = 3000 * size_factor();
  for (int i = 0; i < clients; ++i) ASSERT_EQ(ask(), answer) << "client " << i;
  EXPECT_EQ(proxy_->connections(), clients + 1);
  // The proxy and the server may still be at the last one.
  for (int i = 0; i < 1000 && open_descriptors() > before; ++i) EXPECT_EQ(ask(), answer);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Servers, HaveNoProxyForWhomThereIsNoDescriptor) {
  const std::string answer = sound_messages().front();
  start(answer);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  std::vector<FileHandle> clients;
  const rlimit few{.rlim_cur = open_descriptors() + 20, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  while (proxy_->failure().empty()) {
    clients.push_back(connect_to(socket_path(at_proxy_.path(), proxy_->port())));
    if (!clients.back().is_open()) clients.pop_back();
  }
  EXPECT_EQ(proxy_->failure(), "a client was turned away: Too many open files");
  clients.clear();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(ask(), answer);
}

// The inodes of our sockets.
std::set<std::string> own_sockets() {
  std::set<std::string> inodes;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(entry.path(), gone);
    if (target.starts_with("socket:[")) inodes.insert(target.substr(8, target.size() - 9));
  }
  return inodes;
}

// A field of those lines of a table in /proc/net that are sockets of ours and listen.
std::vector<std::string> listening(const std::string& table, std::size_t state_field,
                                   const std::string& state, std::size_t inode_field,
                                   std::size_t field) {
  const std::set<std::string> ours = own_sockets();
  std::vector<std::string> found;
  std::ifstream file("/proc/net/" + table);
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(in), {}};
    if (words.size() <= std::max(inode_field, field)) continue;
    if (words[state_field] == state && ours.contains(words[inode_field])) {
      found.push_back(words[field]);
    }
  }
  return found;
}

TEST_F(Servers, AreReachedOnlyFromThisMachine) {
  const auto tcp = [](const std::string& table) { return listening(table, 3, "0A", 9, 1); };
  const auto local = [] { return listening("unix", 3, "00010000", 6, 7); };
  ASSERT_THAT(tcp("tcp"), testing::IsEmpty());
  start("");
  char address[32];
  std::snprintf(address, sizeof(address), "0100007F:%04X", static_cast<unsigned>(proxy_->port()));
  EXPECT_THAT(tcp("tcp"), ElementsAre(address));
  EXPECT_THAT(tcp("tcp6"), testing::IsEmpty());
  EXPECT_THAT(local(), testing::UnorderedElementsAre(socket_path(at_proxy_.path(), proxy_->port()),
                                                     // The fake server's.
                                                     socket_path(at_server_.path(), fake_port)));
  proxy_.reset();
  EXPECT_THAT(tcp("tcp"), testing::IsEmpty());
}

}  // namespace
}  // namespace splitproof::harness
