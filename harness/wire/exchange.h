// What a client asks on one connection, and how each of its statements ends, from the messages of
// both sides.
//
// The protocol lets a client send ahead: many Executes under one Sync, several Syncs in flight. The
// server answers in order, and after an error skips everything up to the next Sync (PostgreSQL 15,
// sections 55.2.2 to 55.2.4). So what was asked stands in a line, and each answer belongs to the
// first one of it. Pure, and for one connection.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/wire/fields.h"
#include "harness/wire/message.h"

namespace splitproof::harness {

// Something that a client asks the server to run: a Query, which may hold several statements, or an
// Execute.
struct WireStatement {
  int number = 0;       // From 1, on this connection.
  std::string sql;      // As it was sent; of a message that came in pieces its beginning.
  bool simple = false;  // A Query: it ends by itself, without a Sync.
  std::vector<std::optional<std::string>> parameters = {};  // As in BindMessage.
};

enum class WireEnd {
  done,       // CommandComplete, or there was nothing to do.
  suspended,  // The portal has more rows than were asked for.
  refused,    // ErrorResponse.
  skipped,    // Behind an error, before the next Sync.
};

// How a statement ended.
struct WireAnswer {
  int statement = 0;  // WireStatement::number.
  WireEnd end = WireEnd::done;
  std::vector<std::string> tags;  // Of CommandComplete, one for each statement of a Query.
  ServerWords error;              // Where it was refused.
  std::int64_t rows = 0;          // So many were answered.
  // Tells two answers' rows apart, whatever their order; not a cryptographic digest. Only where
  // rows are looked into.
  std::uint64_t rows_digest = 0;
};

class Exchange {
 public:
  // A message of the client's, or its first piece; of a session that has begun. Answers what it
  // asks the server to run.
  std::optional<WireStatement> client(const Piece& piece);

  // A piece of a message of the server's. Appends the answers of the statements that ended with it.
  void server(const Piece& piece, std::vector<WireAnswer>& ended);

  // From here on rows are digested.
  void look_into_rows() { looks_into_rows_ = true; }

  // What is run in place of a statement that has been asked for and not been sent, by three
  // messages of our own, put before its Execute: Parse, Bind, Execute.
  void put_own_before(int statement);
  // Whether the piece that server() was just shown answers us and not the client.
  bool was_own() const { return was_own_; }
  // This statement, and what was asked behind it, will not be sent.
  void forget_from(int statement);
  // An error came, and nothing is run before the next Sync.
  bool skips() const { return skips_; }
  // Appends the answers of what was asked meanwhile: none.
  void skip_all(std::vector<WireAnswer>& ended);
  // Why a Sync could not commit, once.
  std::optional<ServerWords> take_error_at_sync() {
    return std::exchange(error_at_sync_, std::nullopt);
  }
  // A COPY has begun: the server then ignores the Sync that was sent behind it.
  void ignore_sync();

  // As the last ReadyForQuery said: 'I' outside of a transaction, 'T' in one, 'E' in one that has
  // failed; none before the first.
  std::optional<char> status() const { return status_; }

  // Whether the server's next answer is that of a statement.
  bool is_answering() const {
    return !line_.empty() && (line_.front().letter == 'Q' || line_.front().letter == 'E');
  }

  // Whether everything that was asked has been answered.
  bool is_quiet() const { return line_.empty(); }

  // What the server said to nobody's question, such as that it ends the connection.
  const std::optional<ServerWords>& last_words() const { return last_words_; }

 private:
  // Small: there is one for each message of the client's.
  struct Request {
    char letter = 'Q';  // Of the client's message.
    bool own = false;   // Not the client's.
    int statement = 0;  // Of Q and E, its number.
  };

  using Parameters = std::vector<std::optional<std::string>>;
  struct Portal {
    std::string sql;
    std::string bind;  // The body of the Bind, which is read when the portal is executed.
  };

  WireStatement execute(const Portal& portal);
  WireStatement run(char letter, std::string_view sql, Parameters parameters);
  // The answer of the first of the line, and of one that is never run.
  WireAnswer take_answer(int statement);
  static WireAnswer skipped(int statement);
  void count_row(const Piece& piece);
  std::deque<Request>::iterator place_of(int statement);
  void refuse(const Piece& piece, std::vector<WireAnswer>& ended);
  void complete(WireEnd end, std::optional<std::string> tag, std::vector<WireAnswer>& ended);
  void become_ready(const Piece& piece, std::vector<WireAnswer>& ended);
  void pop_if(char letter);

  std::map<std::string, std::string> statements_;  // SQL by the prepared statement's name.
  std::map<std::string, Portal> portals_;          // By name.
  std::deque<Request> line_;                       // Sent, and not answered.
  WireAnswer answer_;                              // Of the first of the line, as far as it came.
  std::optional<char> status_;
  std::optional<ServerWords> last_words_;
  int statements_sent_ = 0;
  bool looks_into_rows_ = false;
  bool was_own_ = false;
  bool skips_ = false;
  std::optional<ServerWords> error_at_sync_;
  std::uint64_t row_ = 0;  // Of the row that is being received.
};

}  // namespace splitproof::harness
