// PostgreSQL's own programs get the same through the proxy as without it.
#include <gmock/gmock.h>
#include <libpq-fe.h>
#include <poll.h>

#include <csignal>
#include <regex>

#include "tests/wire/through_proxy.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;

class Clients : public ThroughProxy {
 protected:
  // Made once by pgbench, and copied.
  std::string bank() {
    static const std::string original = [this] {
      std::string name = database();
      const tests::ClientRun made = tests::run_client(
          joined({"pgbench", "-q", "-i", "-s", "1"}, joined(straight.options(), {name})));
      EXPECT_TRUE(made.status.success()) << made.output;
      return name;
    }();
    return database(original);
  }

  // Everything that pgbench's transactions change, in a few words.
  std::string state_of(const std::string& name) const {
    return psql(straight, name,
                "SELECT count(*), sum(abalance), md5(string_agg(aid || ':' || abalance, ',' "
                "ORDER BY aid) FILTER (WHERE abalance <> 0)) FROM pgbench_accounts; "
                "SELECT sum(tbalance) FROM pgbench_tellers; SELECT sum(bbalance) FROM "
                "pgbench_branches; SELECT count(*), md5(string_agg(concat_ws(':', tid, bid, aid, "
                "delta), ',' ORDER BY tid, bid, aid, delta)) FROM pgbench_history");
  }

  static std::string pgbench(const Way& way, const std::string& name,
                             const std::vector<std::string>& more) {
    const tests::ClientRun run = tests::run_client(
        joined(joined({"pgbench", "-n", "--random-seed=7"}, more), joined(way.options(), {name})));
    EXPECT_TRUE(run.status.success()) << run.output;
    return run.output;
  }

  std::string file(const std::string& name) const { return folder() + "/" + name; }
};

TEST_F(Clients, TransferMoneyAsWithoutTheProxy) {
  const int transactions = 15 * size_factor();
  for (const std::string protocol : {"simple", "extended", "prepared"}) {
    std::vector<std::string> states;
    for (const Way& way : ways()) {
      const std::string name = bank();
      const std::string said =
          pgbench(way, name, {"-M", protocol, "-c", "4", "-t", std::to_string(transactions)});
      const std::string all = std::to_string(4 * transactions);
      EXPECT_THAT(said, HasSubstr("processed: " + all + "/" + all)) << protocol;
      states.push_back(state_of(name));
    }
    EXPECT_THAT(states.front(), HasSubstr("\n" + std::to_string(4 * transactions) + "|"));
    EXPECT_EQ(states[1], states[0]) << protocol;
    EXPECT_EQ(states[2], states[0]) << protocol;
  }
  // Two ways, three protocols, seven statements each, and what pgbench asks before.
  EXPECT_GE(rule().asked, 2 * 3 * 7 * 4 * transactions);
  EXPECT_EQ(rule().asked, rule().answered);
}

TEST_F(Clients, SelectAsWithoutTheProxy) {
  const std::string name = bank();
  const int transactions = 200 * size_factor();
  const std::string all = std::to_string(8 * transactions);
  for (const std::string protocol : {"simple", "extended", "prepared"}) {
    for (const Way& way : ways()) {
      const std::string said =
          pgbench(way, name, {"-S", "-M", protocol, "-c", "8", "-t", std::to_string(transactions)});
      EXPECT_THAT(said, HasSubstr("processed: " + all + "/" + all)) << protocol;
      EXPECT_THAT(said, HasSubstr("failed transactions: 0 ")) << protocol;
    }
  }
  EXPECT_GE(rule().asked, 2 * 3 * 8 * transactions);
  EXPECT_EQ(rule().asked, rule().answered);
}

TEST_F(Clients, SendAheadAsWithoutTheProxy) {
  const std::string script = file("pipeline.sql");
  std::ofstream(script) << "\\startpipeline\n"
                           "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = 1;\n"
                           "SELECT abalance FROM pgbench_accounts WHERE aid = 1;\n"
                           "UPDATE pgbench_accounts SET abalance = abalance * 2 WHERE aid = 2;\n"
                           "\\endpipeline\n";
  std::vector<std::string> states;
  for (const Way& way : ways()) {
    const std::string name = bank();
    pgbench(way, name, {"-M", "extended", "-f", script, "-t", "10"});
    states.push_back(state_of(name));
  }
  EXPECT_EQ(states[1], states[0]);
  EXPECT_EQ(states[2], states[0]);
}

// Newer versions of pg_dump put a word of chance around the dump.
std::string without_key(const std::string& dump) {
  return std::regex_replace(dump, std::regex(R"(\n\\(un)?restrict [^\n]*)"), "\n");
}

// Of what a dump says of a database, much, and a little of everything.
std::string of_every_kind(int rows) {
  return "CREATE TABLE parent (id int PRIMARY KEY, name text NOT NULL UNIQUE, raw bytea, at date, "
         "many int[], money numeric(12, 2), doc jsonb, gap text); "
         "INSERT INTO parent SELECT n, 'n' || n, decode(md5(n::text), 'hex'), "
         "date '2025-08-01' + n % 31, ARRAY[n, n + 1], n / 7.0, "
         "jsonb_build_object('n', n, 'tab', E'\\t', 'ö', 'ß'), nullif(n % 3, 0) "
         "FROM generate_series(1, " +
         std::to_string(rows) +
         ") n; CREATE TABLE child (id serial, of int REFERENCES parent ON DELETE CASCADE); "
         "INSERT INTO child (of) SELECT id FROM parent; CREATE INDEX ON child (of); "
         "CREATE VIEW both_of AS SELECT p.name, c.id FROM parent p JOIN child c ON c.of = p.id; "
         "CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1'; "
         "SELECT lo_from_bytea(4711, decode(repeat('00ff7f80', 5000), 'hex'))";
}

TEST_F(Clients, DumpAndRestoreAsWithoutTheProxy) {
  const std::string name = database();
  psql(straight, name, of_every_kind(3000 * size_factor()));
  const auto dump = [&](const Way& way, const std::string& from) {
    const tests::ClientRun run =
        tests::run_client(joined({"pg_dump"}, joined(way.options(), {from})));
    EXPECT_TRUE(run.status.success()) << run.output.substr(0, 1000);
    return without_key(run.output);
  };
  const std::string original = dump(straight, name);
  EXPECT_GT(original.size(), 300'000U);
  for (const Way& way : {by_loopback, by_socket}) {
    EXPECT_TRUE(dump(way, name) == original);
    const std::string copy = database();
    const std::string archive = file("archive");
    const tests::ClientRun written =
        tests::run_client(joined({"pg_dump", "-Fc", "-f", archive}, joined(way.options(), {name})));
    EXPECT_TRUE(written.status.success()) << written.output;
    const tests::ClientRun restored =
        tests::run_client(joined({"pg_restore", "-d", copy}, joined(way.options(), {archive})));
    EXPECT_TRUE(restored.status.success()) << restored.output;
    EXPECT_TRUE(dump(straight, copy) == original);
  }
}

TEST_F(Clients, CopyMuchBothWaysAsWithoutTheProxy) {
  const std::string rows = std::to_string(20'000 * size_factor());
  for (const std::string format : {"text", "binary"}) {
    const auto copy_out = [&](const Way& way) {
      psql(way, "postgres",
           "\\copy (SELECT n, repeat(md5(n::text), 3), NULL FROM generate_series(1, " + rows +
               ") n) TO '" + file("out") + "' (FORMAT " + format + ")");
      return tests::text_of_file(file("out"));
    };
    const std::string original = copy_out(straight);
    EXPECT_GT(original.size(), 2'000'000U * static_cast<unsigned>(size_factor()));
    for (const Way& way : {by_loopback, by_socket}) {
      EXPECT_TRUE(copy_out(way) == original) << format;
      const std::string name = database();
      psql(straight, name, "CREATE TABLE t (a int, b text, c text)");
      psql(way, name, "\\copy t FROM '" + file("out") + "' (FORMAT " + format + ")");
      psql(straight, name,
           "\\copy (SELECT * FROM t ORDER BY a) TO '" + file("back") + "' (FORMAT " + format + ")");
      EXPECT_TRUE(tests::text_of_file(file("back")) == original) << format;
    }
  }
}

TEST_F(Clients, HearOfACopyThatFailsAsWithoutTheProxy) {
  std::ofstream(file("bad")) << "1\n2\nthree\n";
  std::vector<std::string> said;
  for (const Way& way : ways()) {
    const std::string name = database();
    psql(straight, name, "CREATE TABLE t (a int)");
    const tests::ClientRun run = tests::run_client(psql_command(
        way, name, {"-c", "\\copy t FROM '" + file("bad") + "'", "-c", "SELECT 'never'"}));
    EXPECT_FALSE(run.status.success());
    said.push_back(run.output);
    EXPECT_EQ(psql(straight, name, "SELECT count(*) FROM t"), "0\n");
  }
  EXPECT_THAT(said[0], HasSubstr("invalid input syntax for type integer: \"three\""));
  EXPECT_EQ(said[1], said[0]);
  EXPECT_EQ(said[2], said[0]);
}

TEST_F(Clients, AreNotifiedByOthersInAScript) {
  std::vector<std::string> said;
  for (const Way& way : ways()) {
    const std::string script = file("listen.sql");
    std::ofstream(script) << "LISTEN news;\nSELECT 'listening';\n\\! "
                          << tests::postgres_program("psql") << " -Xq -h " << way.host << " -p "
                          << way.port
                          << " -U postgres -c \"NOTIFY news, 'much'\" postgres\nSELECT 'heard';\n";
    const tests::ClientRun run = tests::run_client(psql_command(way, "postgres", {"-f", script}));
    EXPECT_TRUE(run.status.success()) << run.output;
    said.push_back(std::regex_replace(run.output, std::regex("PID [0-9]+"), "PID"));
  }
  EXPECT_THAT(said[0], HasSubstr("Asynchronous notification \"news\" with payload \"much\""));
  EXPECT_EQ(said[1], said[0]);
  EXPECT_EQ(said[2], said[0]);
}

TEST_F(Clients, AreNotifiedWhileTheyAskNothing) {
  for (const Way& way : {by_loopback, by_socket}) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> waits(
        PQconnectdb(way.connection("postgres").c_str()), &PQfinish);
    ASSERT_EQ(PQstatus(waits.get()), CONNECTION_OK) << PQerrorMessage(waits.get());
    PQclear(PQexec(waits.get(), "LISTEN quiet"));
    psql(straight, "postgres", "NOTIFY quiet, 'psst'");
    std::unique_ptr<PGnotify, void (*)(void*)> heard(nullptr, &PQfreemem);
    while (!heard) {
      pollfd socket{PQsocket(waits.get()), POLLIN, 0};
      ASSERT_EQ(::poll(&socket, 1, 60'000), 1) << "nothing came in a minute";
      ASSERT_EQ(PQconsumeInput(waits.get()), 1);
      heard.reset(PQnotifies(waits.get()));
    }
    EXPECT_STREQ(heard->extra, "psst");
  }
}

TEST_F(Clients, CancelWhatTheyAsked) {
  for (const Way& way : {by_loopback, by_socket}) {
    const int before = proxy().connections();
    tests::ClientProgram sleeper(
        psql_command(way, "postgres", {"-c", "SELECT pg_sleep(600)", "-c", "SELECT 'never'"}),
        {{"PGAPPNAME", "sleeper"}});
    const std::string sleeping =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sleeper' AND wait_event = "
        "'PgSleep'";
    while (psql(straight, "postgres", sleeping) != "1\n") {
    }
    sleeper.signal(SIGINT);
    const tests::ClientRun ended = sleeper.wait();
    EXPECT_FALSE(ended.status.success());
    EXPECT_THAT(ended.output, HasSubstr("canceling statement due to user request"));
    EXPECT_EQ(psql(straight, "postgres", sleeping), "0\n");
    EXPECT_EQ(proxy().connections(), before + 2);
  }
}

TEST_F(Clients, HearWhyTheirConnectionWasEnded) {
  std::vector<std::string> said;
  for (const Way& way : ways()) {
    for (const std::string sql : {"SELECT pg_terminate_backend(pg_backend_pid())",
                                  "SELECT 1; SELECT pg_terminate_backend(pg_backend_pid())"}) {
      const tests::ClientRun run = tests::run_client(psql_command(way, "postgres", {"-c", sql}));
      EXPECT_FALSE(run.status.success());
      said.push_back(run.output);
    }
  }
  EXPECT_THAT(said[0], HasSubstr("terminating connection due to administrator command"));
  for (std::size_t i = 2; i < said.size(); ++i) EXPECT_EQ(said[i], said[i % 2]);
}

TEST_F(Clients, ReadAScriptOfErrorsAsWithoutTheProxy) {
  const std::string script = file("errors.sql");
  std::ofstream(script) << "\\set ON_ERROR_STOP 0\n"
                           "SELECT 1/0;\nBEGIN;\nSELECT nothing;\nSELECT 2;\nROLLBACK;\n"
                           "SELECT 1 AS a \\; SELECT 1/0 \\; SELECT 3;\n"
                           "DO $$ BEGIN RAISE NOTICE 'noted'; RAISE WARNING 'warned'; END $$;\n"
                           "SELECT $1 || '!' \\bind x \\g\n"
                           "SET client_min_messages = debug1;\nSELECT 4;\n;\n"
                           "PREPARE p AS SELECT $1::int;\nEXECUTE p(5);\n"
                           "DECLARE c CURSOR WITH HOLD FOR SELECT generate_series(1, 100);\n"
                           "FETCH 3 FROM c;\n\\set FETCH_COUNT 7\n"
                           "SELECT generate_series(1, 50);\n";
  std::vector<std::string> said;
  for (const Way& way : ways()) {
    said.push_back(tests::run_client(psql_command(way, "postgres", {"-f", script})).output);
  }
  EXPECT_THAT(said[0], HasSubstr("division by zero"));
  EXPECT_THAT(said[0], HasSubstr("noted"));
  EXPECT_EQ(said[1], said[0]);
  EXPECT_EQ(said[2], said[0]);
}

TEST_F(Clients, AreRefusedEncryptionAndGoOnWithoutWhereTheyMay) {
  const std::vector<std::string> command =
      psql_command(by_loopback, "postgres", {"-c", "SELECT 'here'"});
  const tests::ClientRun may = tests::run_client(command, {{"PGSSLMODE", "prefer"}});
  EXPECT_TRUE(may.status.success());
  EXPECT_EQ(may.output, "here\n");
  const tests::ClientRun must = tests::run_client(command, {{"PGSSLMODE", "require"}});
  EXPECT_FALSE(must.status.success());
  EXPECT_THAT(must.output, HasSubstr("server does not support SSL, but SSL was required"));
}

}  // namespace
}  // namespace splitproof::harness
