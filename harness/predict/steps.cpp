#include "harness/predict/steps.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "harness/predict/sql_pieces.h"

namespace splitproof::harness {

namespace {

using sim::StatementKind;

// SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL …, or SET
// default_transaction_isolation = …: whether every later transaction of the connection keeps what
// it read.
std::optional<bool> level_of_session(std::string_view text) {
  const std::vector<SqlPiece> all = sql_pieces(text);
  const SqlPieces pieces{std::span(all)};
  const bool for_session = pieces.is_one_of(0, {"SET"}) &&
                           (pieces.is_one_of(2, {"CHARACTERISTICS"}) ||
                            text.find("default_transaction_isolation") != std::string_view::npos);
  if (!for_session) return std::nullopt;
  for (const SqlPiece& piece : all) {
    if (piece.word == "SERIALIZABLE" || piece.word == "REPEATABLE") return true;
    if (piece.text == "'serializable'" || piece.text == "'repeatable read'") return true;
  }
  return false;
}

class StepsOfHistory {
 public:
  StepsOfHistory(sim::Dialect dialect, const std::vector<FaultPoint>& points) : dialect_(dialect) {
    for (const FaultPoint& point : points) {
      if (point.transaction.open) in_transaction_.insert(point.event);
    }
  }

  Steps read(const History& history) {
    for (std::size_t at = 0; at < history.events.size(); ++at) {
      const Event& event = history.events[at];
      if (event.retry || event.statement == 0) continue;
      Connection& connection = connections_[{event.client, event.connection}];
      connection.alone.reset();
      const bool unbegun = !connection.open && in_transaction_.contains(at);
      if (unbegun && !connection.block) connection.block = begin(event, true);
      for (SqlReading& reading : read_sql(event.text)) {
        step(event, connection, std::move(reading));
      }
      if (connection.block && event.kind == StatementKind::commit) end_block(connection);
    }
    return std::move(all_);
  }

 private:
  struct Connection {
    TransactionState state;
    std::optional<std::size_t> open;   // The transaction that was begun.
    std::optional<std::size_t> block;  // What a Sync is to commit.
    std::optional<std::size_t> alone;  // What the present text runs without one: all or nothing.
    bool keeps_reads = false;          // By its own default.
  };

  void step(const Event& event, Connection& connection, SqlReading reading) {
    const sim::Statement statement{std::string(reading.text)};
    PredictStep one;
    one.event = &event;
    one.reading = std::move(reading);
    one.kind = statement.kind();
    one.ok = event.answer.starts_with("ok");
    one.refused = event.answer.starts_with("error ");
    const bool begins = one.kind == StatementKind::begin && one.ok && !connection.open;
    if (begins) connection.open = begin(event, true);
    const bool alone = !connection.open && !connection.block;
    if (alone && !connection.alone) connection.alone = begin(event, false);
    one.transaction = alone             ? *connection.alone
                      : connection.open ? *connection.open
                                        : *connection.block;
    PredictTransaction& own = all_.transactions[one.transaction];
    own.steps.push_back(all_.steps.size());
    own.end = event.statement;
    if (!own.begun) own.committed = one.ok;
    const bool failed = connection.state.failed;
    connection.state.follow(statement, one.ok, dialect_);
    if (const auto level = level_of_session(one.reading.text)) connection.keeps_reads = *level;
    if (own.begun) own.keeps_reads |= keeps_reads(connection);
    if (connection.open && !connection.state.open) {
      own.committed = one.kind == StatementKind::commit && one.ok && !failed;
      connection.open.reset();
    }
    all_.steps.push_back(std::move(one));
  }

  // All of it was committed, or nothing.
  void end_block(Connection& connection) {
    PredictTransaction& block = all_.transactions[*connection.block];
    block.committed =
        std::ranges::all_of(block.steps, [&](std::size_t at) { return all_.steps[at].ok; });
    connection.block.reset();
  }

  // A transaction of SQLite that has read cannot write once another one has written.
  bool keeps_reads(const Connection& connection) const {
    return dialect_ == sim::Dialect::sqlite || connection.state.serializable ||
           connection.keeps_reads;
  }

  std::size_t begin(const Event& event, bool begun) {
    PredictTransaction one;
    one.client = event.client;
    one.attempt = event.attempt;
    one.connection = event.connection;
    one.begun = begun;
    one.begin = one.end = event.statement;
    all_.transactions.push_back(std::move(one));
    return all_.transactions.size() - 1;
  }

  sim::Dialect dialect_;
  std::set<std::size_t> in_transaction_;  // Events that found a transaction open, begun or not.
  std::map<std::pair<char, int>, Connection> connections_;
  Steps all_;
};

}  // namespace

Steps steps_of(const History& history, sim::Dialect dialect,
               const std::vector<FaultPoint>& points) {
  return StepsOfHistory(dialect, points).read(history);
}

}  // namespace splitproof::harness
