// What the harness and the client processes that it starts say to each other: messages of a few
// words over a socket that both inherited.
//
// Words may hold any bytes. A message that was cut off, or that nobody can read, is an error of
// the connection; nothing of it is ever used.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/scenario.h"
#include "sim/base/result.h"
#include "sim/process/deadline.h"
#include "sim/sql/statement.h"

namespace splitproof::harness {

// The first word says what it is about.
using Message = std::vector<std::string>;

// Why no message came.
enum class Silence { closed, late, unintelligible };

class Channel {
 public:
  // Takes the descriptor of a connected stream socket over.
  explicit Channel(int socket) : socket_(socket) {}
  Channel(Channel&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Channel& operator=(Channel&& other) noexcept;
  ~Channel();

  // False when the other side is gone.
  bool send(const Message& message) const;
  // Waits as long as it takes.
  sim::Result<Message, Silence> receive() const { return receive_before(nullptr); }
  sim::Result<Message, Silence> receive(const sim::Deadline& deadline) const {
    return receive_before(&deadline);
  }

 private:
  sim::Result<Message, Silence> receive_before(const sim::Deadline* deadline) const;
  std::optional<Silence> read(char* begin, std::size_t size, const sim::Deadline* deadline) const;

  int socket_;
};

// The number that a word is, in decimal; empty where it is none.
template <class Number>
std::optional<Number> number_of(const std::string& word) {
  Number number{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

// A statement's words, to be appended to a message, and the reverse, from word `first` on; empty
// where they make no statement.
void append(Message& message, const sim::Statement& statement);
std::optional<sim::Statement> statement_of(const Message& message, std::size_t first);

// The same for what one operation is: its code, its arguments, and where it stands.
void append(Message& message, const OperationSpec& operation);
std::optional<OperationSpec> operation_of(const Message& message, std::size_t& next);

}  // namespace splitproof::harness
