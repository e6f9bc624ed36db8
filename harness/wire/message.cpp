#include "harness/wire/message.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::harness {

namespace {

// Chapter 55.7, by sender. Copy messages go both ways.
constexpr std::string_view letters_of_clients = "BCDEFHPQSXcdfp";
constexpr std::string_view letters_of_servers = "123ACDEGHIKNRSTVWZcdnstv";

constexpr LetterSet of_clients(letters_of_clients);
constexpr LetterSet of_servers(letters_of_servers);

constexpr std::size_t length_size = 4;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < length_size; ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

std::string letter_in_words(char letter) {
  if (letter >= ' ' && letter <= '~') return fmt::format("'{}'", letter);
  return fmt::format("the byte {:#04x}", static_cast<unsigned char>(letter));
}

}  // namespace

void MessageCutter::feed(std::string_view bytes) {
  buffer_.erase(0, taken_);
  taken_ = 0;
  buffer_ += bytes;
}

std::optional<Piece> MessageCutter::next() {
  if (!failure_.empty() || held_back() == 0) return std::nullopt;
  return missing_ > 0 ? go_on() : begin();
}

std::optional<char> MessageCutter::letter_ahead() const {
  if (!failure_.empty() || held_back() == 0) return std::nullopt;
  if (missing_ > 0) return letter_;
  return letters_ ? buffer_[taken_] : no_letter;
}

std::optional<Piece> MessageCutter::begin() {
  const std::string_view held = std::string_view(buffer_).substr(taken_);
  const std::size_t head = length_size + (letters_ ? 1 : 0);
  if (held.size() < head) return std::nullopt;
  const char letter = letters_ ? held.front() : no_letter;
  const std::uint32_t counted = number_at(held, head - length_size);
  if (!is_sound(letter, counted)) return std::nullopt;
  const std::uint32_t length = counted + (letters_ ? 1U : 0U);
  if (held.size() >= length) return Piece{letter, take(length), length, true, true};
  if (length <= whole_max) return std::nullopt;
  letter_ = letter;
  length_ = length;
  const std::string_view bytes = take(held.size());
  missing_ = length - static_cast<std::uint32_t>(bytes.size());
  return Piece{letter, bytes, length, true, false};
}

std::optional<Piece> MessageCutter::go_on() {
  const std::string_view bytes = take(std::min<std::size_t>(held_back(), missing_));
  missing_ -= static_cast<std::uint32_t>(bytes.size());
  return Piece{letter_, bytes, length_, false, missing_ == 0};
}

bool MessageCutter::is_sound(char letter, std::uint32_t length) {
  const char* const whose = side_ == WireSide::client ? "the client" : "the server";
  if (letter == no_letter && !letters_) {
    if (length >= 2 * length_size && length <= first_max) return true;
    failure_ = fmt::format("{} begins with a message of {} bytes; expected 8 to {}", whose, length,
                           first_max);
    return false;
  }
  const bool is_client = side_ == WireSide::client;
  if (!(is_client ? of_clients : of_servers).has(letter)) {
    failure_ =
        fmt::format("{} sent {} where a message begins; expected one of {}", whose,
                    letter_in_words(letter), is_client ? letters_of_clients : letters_of_servers);
    return false;
  }
  if (length < length_size || length > message_max) {
    failure_ = fmt::format("{} sent a message {} of {} bytes; expected 4 to {}", whose,
                           letter_in_words(letter), length, message_max);
    return false;
  }
  return true;
}

std::string_view MessageCutter::take(std::size_t size) {
  const std::string_view bytes = std::string_view(buffer_).substr(taken_, size);
  taken_ += size;
  return bytes;
}

}  // namespace splitproof::harness
