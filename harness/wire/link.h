// One connection through the proxy: what has come from one side, and what is to go to the other.
// Knows no sockets.
//
// A statement is shown to the rule before it is sent on, and again when it has been executed and
// its answer is not delivered yet. For that an answer is kept back until it is complete; of a large
// one only the last part. What the server needs the client for, as in a COPY, is never kept back.
#pragma once

#include <string>
#include <string_view>

#include "harness/wire/exchange.h"

namespace splitproof::harness {

enum class WireVerdict {
  pass,
  cut,  // The connection is lost here: nothing more is passed on, either way.
};

// Decides what becomes of what passes; shown everything in the order in which it passes. Must not
// throw.
class WireRule {
 public:
  virtual ~WireRule() = default;
  virtual WireVerdict before(int connection, const WireStatement& statement) = 0;
  virtual WireVerdict after(int connection, const WireAnswer& answer) = 0;
  // A session has begun: its first message; and the key by which the server knows it.
  virtual void opened(int, const FirstMessage&) {}
  virtual void known_as(int, const BackendKey&) {}
};

class Link {
 public:
  // Of an answer so many bytes are kept back at most.
  static constexpr std::size_t kept_back_max = 64 * 1024;

  // `rule` is borrowed; `number` tells it the connection.
  Link(int number, WireRule& rule)
      : number_(number), rule_(rule), by_client_(WireSide::client), by_server_(WireSide::server) {}

  void from_client(std::string_view bytes);
  void from_server(std::string_view bytes);
  // The server sends nothing more. What is kept back of an answer goes on: its last words are in
  // it, where it ended the connection in the middle of a statement.
  void server_ended();

  // What is to be written; whoever writes takes it away.
  std::string& to_client() { return to_client_; }
  std::string& to_server() { return to_server_; }

  // The connection is to be closed on both sides when what is to be written has been.
  bool is_cut() const { return cut_; }
  // Why what came is not what the protocol says; empty while it is. Such a connection is cut.
  const std::string& failure() const { return failure_; }

 private:
  void first(const Piece& piece);
  void ask(const Piece& piece);
  void answer(const Piece& piece);
  void let_go();
  void check(const MessageCutter& cutter);

  int number_;
  WireRule& rule_;
  MessageCutter by_client_;
  MessageCutter by_server_;
  Exchange exchange_;
  std::string to_client_;
  std::string to_server_;
  std::string kept_back_;
  bool cut_ = false;
  std::string failure_;
};

}  // namespace splitproof::harness
