// One connection through the proxy: what has come from one side, and what is to go to the other.
// Knows no sockets.
//
// What a client asks in one go, a Query or everything up to a Sync or Flush, is a unit. A unit is
// shown to the rule before it is sent on, and again when it was executed and its answer is not
// delivered yet: an answer is kept back until it is complete; of a large one only the last part.
// The next unit is shown when the last one was answered, also where the client sends ahead, so that
// what was asked and how it ended have one order. What the server needs the client for, as in a
// COPY, is never kept back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/wire/exchange.h"

namespace splitproof::harness {

// What a client asks in one go.
struct WireUnit {
  std::vector<WireStatement> statements;  // Of a Query one; of others their Executes.
  char ends_with = 'Q';                   // 'Q', 'S' (Sync), 'H' (Flush) or 'F' (FunctionCall).
};

// How a unit ended.
struct WireUnitEnd {
  std::vector<WireAnswer> answers;  // Of its statements.
  char status = 'I';                // As in Exchange::status().
  // The Sync itself was refused, and with it all that it was to commit.
  std::optional<ServerWords> error_at_sync;
};

enum class WireVerdict {
  pass,
  hold,  // It waits until the link is told what becomes of it.
  cut,   // The connection is lost here: nothing more is passed on, either way.
};

// How a question of our own was answered.
struct WireReply {
  WireAnswer answer;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

// Decides what becomes of what passes; shown everything in the order in which it passes. Must not
// throw.
class WireRule {
 public:
  virtual ~WireRule() = default;
  // Units that ask the server to run something, or end a transaction of Executes by a Sync.
  virtual WireVerdict before(int connection, const WireUnit& unit) = 0;
  virtual WireVerdict after(int connection, const WireUnitEnd& end) = 0;
  // A client's first message: of a session, which may be held, or a cancellation.
  virtual WireVerdict opened(int, const FirstMessage&) { return WireVerdict::pass; }
  // The key by which the server knows a session.
  virtual void known_as(int, const BackendKey&) {}
  // The server is ready for a session's first statement.
  virtual void ready(int) {}
  // The client has closed the connection; what it has asked goes on, and what is held stays so.
  virtual void left(int) {}
  // How Link::ask() ended.
  virtual void answered_us(int, const WireReply&) {}
  // The connection is over.
  virtual void closed(int) {}
  // Whether answers tell the digests of their rows.
  virtual bool looks_into_rows() const { return false; }
};

class Link {
 public:
  // Of an answer so many bytes are kept back at most.
  static constexpr std::size_t kept_back_max = 64 * 1024;
  // What a client sends ahead is read up to about so many bytes.
  static constexpr std::size_t sent_ahead_max = 1024 * 1024;

  // `rule` is borrowed; `number` tells it the connection.
  Link(int number, WireRule& rule);

  void from_client(std::string_view bytes);
  void from_server(std::string_view bytes);
  // The client sends nothing more.
  void client_ended() { rule_.left(number_); }
  // The server sends nothing more. What is kept back of an answer goes on: its last words are in
  // it, where it ended the connection in the middle of a statement.
  void server_ended();

  // What is to be written; whoever writes takes it away.
  std::string& to_client() { return to_client_; }
  std::string& to_server() { return to_server_; }

  // Whether more of the client's bytes are wanted now.
  bool wants_from_client() const { return by_client_.held_back() < sent_ahead_max; }
  // Something waits for the rule's word, though a side may have ended.
  bool is_held() const {
    return phase_ == Phase::opening || phase_ == Phase::held || phase_ == Phase::kept;
  }
  // The server will answer without hearing more of the client.
  bool awaits_answer() const { return phase_ == Phase::sent && !copies_in_ && !streams_; }
  // The connection is to be closed on both sides when what is to be written has been.
  bool is_cut() const { return cut_; }
  // Why what came is not what the protocol says; empty while it is. Such a connection is cut.
  const std::string& failure() const { return failure_; }

  // The words for what is held. Each does nothing where nothing of its kind is held.
  //
  // Sends the first message or the unit on.
  void send_on();
  // Sends what precedes the unit's statement (from 0), or its Sync where there is no such
  // statement, and asks for the answers; after() is called when they are there, and the rest is
  // never sent.
  void send_first(std::size_t statement);
  // The same, but in place of the statement the server runs this SQL, which must fail, and then
  // goes on as after any error.
  void send_failing(std::size_t statement, std::string_view sql);
  // Delivers the answer.
  void deliver();
  // Delivers about half of it and cuts.
  void deliver_half();
  // Takes it for granted, in the answer that is kept, that the transaction has ended.
  void show_idle();
  // Answers a first message with an error, and cuts.
  void refuse(const ServerWords& words);

  // Runs a statement of our own where the client waits for its unit's fate: in the state in which
  // the unit finds the session, or leaves it. The client sees nothing of it, and keeps its unnamed
  // statement; but a transaction of what was executed since the last Sync ends by it.
  void ask(std::string_view sql);

  // Sends nothing on any more; what the server still says is delivered as it is, until it ends.
  void give_up();

  void cut() { cut_ = true; }

 private:
  enum class Phase {
    first,    // Before a session.
    opening,  // Its first message waits for the rule's word.
    open,     // The client is read.
    held,     // Its unit waits for the rule's word.
    sent,     // The unit is with the server.
    kept,     // Its answer waits for the rule's word.
    over,     // Nobody is listened to but the server, in its last words.
  };

  bool may_read() const;
  void read_client();
  void first(const Piece& piece);
  void collect(const Piece& piece);
  void go_on_copying(const Piece& piece);
  void show_unit();
  void send(std::string_view bytes);
  void answer(const Piece& piece);
  void answer_us(const Piece& piece);
  void complete();
  bool is_answered(const Piece& piece) const;
  void let_go();
  void check(const MessageCutter& cutter);

  int number_;
  WireRule& rule_;
  MessageCutter by_client_;
  MessageCutter by_server_;
  Exchange exchange_;
  Phase phase_ = Phase::first;
  WireUnit unit_;
  std::string unit_bytes_;
  std::vector<std::size_t> executes_;  // Where the statements' messages begin in unit_bytes_.
  bool streams_ = false;               // The rest of a large Query follows,
  bool discards_ = false;              // and is not sent.
  bool copies_in_ = false;
  bool is_shown_ = false;  // The unit was shown to the rule.
  WireUnitEnd end_;
  int statements_run_ = 0;     // Behind the last Sync, of Executes.
  int own_statements_ = 0;     // Names those that we run.
  std::size_t status_at_ = 0;  // Where in kept_back_ the transaction's status stands.
  bool asks_ = false;          // A question of our own is with the server.
  WireReply reply_;
  bool is_ready_ = false;  // For the first time.
  std::string to_client_;
  std::string to_server_;
  std::string kept_back_;
  bool cut_ = false;
  std::string failure_;
};

}  // namespace splitproof::harness
