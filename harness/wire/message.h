// Messages of PostgreSQL's frontend/backend protocol 3.0, cut out of the bytes of a connection.
//
// A message is a letter, four bytes of length, which count themselves and the body but not the
// letter, and the body; the first messages of a client have no letter. (PostgreSQL 15, chapter 55,
// "Frontend/Backend Protocol"; sections 55.2 and 55.7.) Nothing here reads or writes a socket.
//
// The rule it keeps: bytes come out as they went in, none changed, none kept back for longer than
// it takes to know where a message ends. Large messages are passed on in pieces and never gathered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace splitproof::harness {

// Who sends.
enum class WireSide { client, server };

// What a client's first messages have in place of a letter.
constexpr char no_letter = '\0';

// Letters of messages. Every message is looked up, and a search would cost as much as its cutting.
class LetterSet {
 public:
  explicit constexpr LetterSet(std::string_view letters) {
    for (const char letter : letters) has_[static_cast<unsigned char>(letter)] = true;
  }
  constexpr bool has(char letter) const { return has_[static_cast<unsigned char>(letter)]; }

 private:
  std::array<bool, 256> has_{};
};

struct Piece {
  char letter = no_letter;
  std::string_view bytes;    // As on the wire, the head included where `begins`.
  std::uint32_t length = 0;  // Of the whole message on the wire, head and body.
  bool begins = true;
  bool ends = true;

  // What follows the letter and the length; of a piece that begins.
  std::string_view body() const { return bytes.substr(letter == no_letter ? 4 : 5); }
};

class MessageCutter {
 public:
  // Messages up to this length, in bytes, come in one piece.
  static constexpr std::uint32_t whole_max = 64 * 1024;
  // PostgreSQL takes no longer ones: of a client's first messages, and of others.
  static constexpr std::uint32_t first_max = 10'000;
  static constexpr std::uint32_t message_max = 0x3fff'ffff;

  explicit MessageCutter(WireSide side) : side_(side), letters_(side == WireSide::server) {}

  // Appends what was received.
  void feed(std::string_view bytes);

  // The next piece, valid until the next call; none where more bytes are needed, and for ever once
  // the stream has turned out not to be cut.
  std::optional<Piece> next();

  // Of the message that the next piece belongs to; none where nothing was received of it yet.
  std::optional<char> letter_ahead() const;

  // The session's first message was the last one without a letter: told by whoever reads it.
  void letters_begin() { letters_ = true; }

  // Why the stream cannot be cut, in words; empty while it can.
  const std::string& failure() const { return failure_; }

  // Received, and not given out yet.
  std::size_t held_back() const { return buffer_.size() - taken_; }

 private:
  std::optional<Piece> begin();
  std::optional<Piece> go_on();
  bool is_sound(char letter, std::uint32_t length);
  std::string_view take(std::size_t size);

  WireSide side_;
  bool letters_;
  std::string buffer_;
  std::size_t taken_ = 0;      // Of the buffer.
  char letter_ = no_letter;    // Of the message that is passed on in pieces.
  std::uint32_t length_ = 0;   // Of that message.
  std::uint32_t missing_ = 0;  // Of it, in bytes.
  std::string failure_;
};

}  // namespace splitproof::harness
