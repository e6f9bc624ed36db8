// Clients and servers that vanish at any byte, speak nonsense, or never read: they lose their own
// connection, and nobody else notices; nothing of them stays.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "sim/base/rng.h"
#include "sim/sql/postgres/postgres_engine.h"
#include "tests/wire/raw_client.h"
#include "tests/wire/through_proxy.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Strangers : public ThroughProxy {
 protected:
  Strangers() : name_(database()) {
    psql(straight, name_, "CREATE TABLE t (a int)");
    bystander_ = connected(by_socket);
    observer_ = connected(straight);
  }

  std::unique_ptr<sim::Session> connected(const Way& way) const {
    auto session = sim::PostgresEngine(way.connection(name_)).connect();
    if (!session.ok()) throw std::runtime_error(session.error().message);
    return std::move(session).value();
  }

  static std::string answer(sim::Session& session, const std::string& sql) {
    const auto rows = session.execute(sim::Statement(sql));
    if (!rows.ok()) return rows.error().message;
    return sim::to_string(rows.value().rows.at(0).at(0));
  }

  RawClient stranger(bool by_network = false) const {
    return RawClient(by_network ? connect_to_loopback(by_loopback.port)
                                : connect_to(socket_path(by_socket.host, by_socket.port)));
  }

  // Somebody else's session through the same proxy.
  void expect_others_unharmed() { EXPECT_EQ(answer(*bystander_, "SELECT 7"), "7"); }

  // Waits for the server, which notices that a client is gone when it reads.
  void expect_nothing_left() {
    const std::string left =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'stranger'";
    while (answer(*observer_, left) != "0") {
    }
  }

  // Everything that a session has: a Query in a transaction, a pipeline, a COPY, an error.
  std::string session() const {
    return startup_of(name_, "stranger") + message_of('Q', "BEGIN|") +
           message_of('Q', "INSERT INTO t VALUES (1)|") +
           message_of('P', "|INSERT INTO t VALUES ($1)|||") +
           message_of('B',
                      "|||||\1|||\1"
                      "2||") +
           message_of('D', "P|") + message_of('E', "|||||") + message_of('S', "") +
           message_of('Q', "COPY t FROM STDIN|") + message_of('d', "3\n") + message_of('c', "") +
           message_of('Q', "SELECT nothing|") + message_of('Q', "ROLLBACK|");
  }

  std::string name_;
  std::unique_ptr<sim::Session> bystander_;
  std::unique_ptr<sim::Session> observer_;
};

TEST_F(Strangers, VanishAtEveryByteThatTheySend) {
  const std::string whole = session() + message_of('X', "");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    stranger(size % 2 == 0).send(whole.substr(0, size));
    expect_others_unharmed();
  }
  expect_nothing_left();
  EXPECT_EQ(answer(*observer_, "SELECT count(*) FROM t"), "0");
}

TEST_F(Strangers, VanishAtEveryByteThatTheyAreSent) {
  const std::string whole = session();
  std::string answers;
  {
    const RawClient patient = stranger();
    ASSERT_TRUE(patient.send(whole + message_of('X', "")));
    answers = patient.receive_all();
  }
  EXPECT_THAT(answers, HasSubstr("INSERT 0 1"));
  EXPECT_THAT(answers, HasSubstr("COPY 1"));
  EXPECT_THAT(answers, HasSubstr("42703"));
  EXPECT_THAT(answers, HasSubstr(with_zeros("ROLLBACK|")));
  for (std::size_t size = 1; size <= answers.size(); ++size) {
    const RawClient impatient = stranger(size % 4 == 0);
    ASSERT_TRUE(impatient.send(whole));
    EXPECT_EQ(impatient.receive(size).size(), size);
  }
  expect_others_unharmed();
  expect_nothing_left();
  EXPECT_EQ(answer(*observer_, "SELECT count(*) FROM t"), "0");
}

TEST_F(Strangers, AreCutWhereTheySpeakNonsense) {
  const std::string start = startup_of(name_, "stranger");
  const std::vector<std::string> nonsense = {
      four_bytes_of(0),
      four_bytes_of(7),
      four_bytes_of(10'001),
      four_bytes_of(0xffff'ffff),
      "GET / HTTP/1.1\r\n\r\n",
      start + '\0' + four_bytes_of(4),
      start + "Q" + four_bytes_of(3),
      start + "Q" + four_bytes_of(0x4000'0000),
      start + "d" + four_bytes_of(0xffff'ffff),
      start + "\xff" + four_bytes_of(4),
      // Of the server's letters.
      start + message_of('Z', "I"),
  };
  for (const std::string& bytes : nonsense) {
    const RawClient one = stranger();
    one.send(bytes);
    one.receive_all();
    expect_others_unharmed();
  }
  expect_nothing_left();
  expect_failure("the client begins with a message of 0 bytes; expected 8 to 10000");
}

// Sound frames with bodies that are none: the server refuses them, in its own words.
TEST_F(Strangers, AreToldByTheServerWhatIsWrongInTheirMessages) {
  const std::vector<std::string> bodies = {"", "|", "x", "||||", "|x|\xff\xff", "\x7f\xff\xff\xff"};
  for (const char letter : std::string("QPBEDCfFHSdc")) {
    for (const std::string& body : bodies) {
      const std::string bytes = startup_of(name_, "stranger") + message_of(letter, body) +
                                message_of('S', "") + message_of('X', "");
      const RawClient ours = stranger();
      ours.send(bytes);
      const RawClient straight_one(connect_to(socket_path(straight.host, straight.port)));
      straight_one.send(bytes);
      // The key of the session differs, and nothing behind it.
      const auto behind_key = [](const std::string& answers) {
        return answers.substr(std::min(answers.find(with_zeros("K|||\f")) + 13, answers.size()));
      };
      const std::string original = behind_key(straight_one.receive_all());
      EXPECT_THAT(original, StartsWith(message_of('Z', "I")));
      EXPECT_EQ(behind_key(ours.receive_all()), original) << letter << " with " << body.size();
    }
  }
  expect_others_unharmed();
  expect_nothing_left();
}

TEST_F(Strangers, MayTalkAnyNonsenseAtAll) {
  sim::Rng rng(20'250'801);
  for (int round = 0; round < 150 * size_factor(); ++round) {
    std::string bytes = round % 2 == 0 ? session() : startup_of(name_, "stranger");
    const auto any = [&rng](std::size_t below) {
      return static_cast<std::size_t>(rng.below(below));
    };
    for (std::size_t n = any(6) + 1; n > 0; --n)
      bytes[any(bytes.size())] = static_cast<char>(any(256));
    while (round % 2 == 1 && bytes.size() < 300) bytes += static_cast<char>(any(256));
    stranger().send(bytes);
    expect_others_unharmed();
  }
  expect_nothing_left();
  // Some of them are no protocol, and the first of those is named.
  EXPECT_THAT(proxy().failure(), HasSubstr("the client"));
  expect_failure(proxy().failure());
}

TEST_F(Strangers, MayAnnounceMuchAndNeverSendIt) {
  for (const std::string letter : {"Q", "P", "B", "d"}) {
    const RawClient one = stranger();
    one.send(startup_of(name_, "stranger") + letter + four_bytes_of(0x3fff'ffff) + "begin");
    expect_others_unharmed();
  }
  expect_nothing_left();
}

TEST_F(Strangers, MayNeverReadWhatTheyAskedFor) {
  {
    const RawClient deaf = stranger();
    deaf.send(startup_of(name_, "stranger") +
              message_of('Q', "SELECT repeat('x', 1000000) FROM generate_series(1, 300)|"));
    // The server fills what there is of buffers, and then waits for the client.
    const std::string waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'stranger' AND wait_event "
        "= "
        "'ClientWrite'";
    while (answer(*observer_, waiting) != "1") {
    }
    expect_others_unharmed();
  }
  expect_nothing_left();
}

TEST_F(Strangers, OfEncryptionAreRefusedAndGoOn) {
  for (const std::uint32_t code : {80'877'103U, 80'877'104U}) {
    const RawClient one = stranger(true);
    one.send(four_bytes_of(8) + four_bytes_of(code));
    EXPECT_EQ(one.receive(1), "N");
    one.send(startup_of(name_, "stranger") + message_of('Q', "SELECT 'in'|") + message_of('X', ""));
    EXPECT_THAT(one.receive_all(), HasSubstr("SELECT 1"));
  }
  expect_nothing_left();
}

TEST_F(Strangers, ThatCancelWithAWrongKeyDisturbNobody) {
  for (std::uint32_t i = 0; i < 20; ++i) {
    const RawClient one = stranger();
    one.send(four_bytes_of(16) + four_bytes_of(80'877'102) + four_bytes_of(i) + four_bytes_of(i));
    EXPECT_EQ(one.receive_all(), "");
  }
  expect_others_unharmed();
}

TEST_F(Strangers, LeaveNoDescriptorBehind) {
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 100 * size_factor(); ++i) {
    stranger(i % 2 == 0)
        .send(startup_of(name_, "stranger").substr(0, static_cast<std::size_t>(i) % 40));
  }
  expect_others_unharmed();
  expect_nothing_left();
  // The proxy may still be at the last one.
  for (int i = 0; i < 1000 && open_descriptors() > before; ++i) expect_others_unharmed();
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace splitproof::harness
