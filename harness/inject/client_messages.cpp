#include "harness/inject/client_messages.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace splitproof::harness {

namespace {

// No statement of a scenario comes near; a length beyond it is noise.
constexpr std::uint32_t bytes_max = 256U << 20U;

void append_number(std::string& bytes, std::size_t number) {
  const auto small = static_cast<std::uint32_t>(number);
  char raw[sizeof(small)];
  std::memcpy(raw, &small, sizeof(small));
  bytes.append(raw, sizeof(small));
}

std::uint32_t number_at(const char* bytes) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes, sizeof(number));
  return number;
}

std::optional<Message> message_of(const std::string& bytes) {
  Message message;
  for (std::size_t at = 0; at < bytes.size();) {
    if (bytes.size() - at < sizeof(std::uint32_t)) return std::nullopt;
    const std::size_t length = number_at(bytes.data() + at);
    at += sizeof(std::uint32_t);
    if (bytes.size() - at < length) return std::nullopt;
    message.push_back(bytes.substr(at, length));
    at += length;
  }
  if (message.empty()) return std::nullopt;
  return message;
}

// Floating point numbers travel as their bits, so that no digit is lost.
std::string word_of(const sim::Value& value) {
  struct Word {
    std::string operator()(sim::Null) const { return "n"; }
    std::string operator()(std::int64_t number) const { return "i" + std::to_string(number); }
    std::string operator()(double number) const {
      return "d" + std::to_string(std::bit_cast<std::uint64_t>(number));
    }
    std::string operator()(const std::string& text) const { return "t" + text; }
  };
  return std::visit(Word{}, value);
}

std::optional<sim::Value> value_of(const std::string& word) {
  if (word.empty()) return std::nullopt;
  const std::string text = word.substr(1);
  switch (word.front()) {
    case 'n':
      return sim::Value(sim::Null{});
    case 't':
      return sim::Value(text);
    case 'i':
      if (const auto number = number_of<std::int64_t>(text)) return sim::Value(*number);
      return std::nullopt;
    case 'd':
      if (const auto bits = number_of<std::uint64_t>(text)) {
        return sim::Value(std::bit_cast<double>(*bits));
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// Reads words one after the other; once one is missing, all that follow are.
class Words {
 public:
  Words(const Message& message, std::size_t next) : message_(message), next_(next) {}

  std::string text() {
    if (next_ >= message_.size()) {
      complete_ = false;
      return "";
    }
    return message_[next_++];
  }
  int number() {
    const std::optional<int> number = number_of<int>(text());
    if (!number) complete_ = false;
    return number.value_or(0);
  }
  bool complete() const { return complete_; }
  std::size_t next() const { return next_; }

 private:
  const Message& message_;
  std::size_t next_;
  bool complete_ = true;
};

}  // namespace

Channel& Channel::operator=(Channel&& other) noexcept {
  std::swap(socket_, other.socket_);
  return *this;
}

Channel::~Channel() {
  if (socket_ >= 0) ::close(socket_);
}

bool Channel::send(const Message& message) const {
  std::string words;
  for (const std::string& word : message) {
    append_number(words, word.size());
    words += word;
  }
  std::string bytes;
  append_number(bytes, words.size());
  bytes += words;
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t now = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) return false;
    sent += static_cast<std::size_t>(now);
  }
  return true;
}

std::optional<Silence> Channel::read(char* begin, std::size_t size,
                                     const sim::Deadline* deadline) const {
  std::size_t got = 0;
  while (got < size) {
    if (deadline != nullptr) {
      pollfd waited{.fd = socket_, .events = POLLIN, .revents = 0};
      const int ready = ::poll(&waited, 1, static_cast<int>(deadline->left().count()));
      if (ready == 0) return Silence::late;
      if (ready < 0) continue;
    }
    const ssize_t now = ::recv(socket_, begin + got, size - got, 0);
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) return Silence::closed;
    got += static_cast<std::size_t>(now);
  }
  return std::nullopt;
}

sim::Result<Message, Silence> Channel::receive_before(const sim::Deadline* deadline) const {
  char length[sizeof(std::uint32_t)];
  if (const auto silence = read(length, sizeof(length), deadline)) return *silence;
  const std::uint32_t size = number_at(length);
  if (size > bytes_max) return Silence::unintelligible;
  std::string bytes(size, '\0');
  if (const auto silence = read(bytes.data(), bytes.size(), deadline)) return *silence;
  std::optional<Message> message = message_of(bytes);
  if (!message) return Silence::unintelligible;
  return *std::move(message);
}

void append(Message& message, const sim::Statement& statement) {
  message.push_back(statement.text());
  for (const sim::Value& value : statement.parameters()) message.push_back(word_of(value));
}

std::optional<sim::Statement> statement_of(const Message& message, std::size_t first) {
  if (message.size() <= first) return std::nullopt;
  std::vector<sim::Value> parameters;
  for (std::size_t i = first + 1; i < message.size(); ++i) {
    std::optional<sim::Value> value = value_of(message[i]);
    if (!value) return std::nullopt;
    parameters.push_back(*std::move(value));
  }
  return sim::Statement(message[first], std::move(parameters));
}

void append(Message& message, const OperationSpec& operation) {
  message.insert(message.end(),
                 {std::string(1, operation.session), operation.title, operation.run, operation.code,
                  operation.place.file, std::to_string(operation.place.line),
                  std::to_string(operation.place.column), std::to_string(operation.with.size())});
  for (const auto& [key, value] : operation.with) message.insert(message.end(), {key, value});
  message.push_back(std::to_string(operation.steps.size()));
  message.insert(message.end(), operation.steps.begin(), operation.steps.end());
}

std::optional<OperationSpec> operation_of(const Message& message, std::size_t& next) {
  Words words(message, next);
  OperationSpec operation;
  const std::string session = words.text();
  if (session.size() != 1) return std::nullopt;
  operation.session = session.front();
  operation.title = words.text();
  operation.run = words.text();
  operation.code = words.text();
  operation.place.file = words.text();
  operation.place.line = words.number();
  operation.place.column = words.number();
  for (int left = words.number(); left > 0 && words.complete(); --left) {
    std::string key = words.text();
    operation.with[std::move(key)] = words.text();
  }
  for (int left = words.number(); left > 0 && words.complete(); --left) {
    operation.steps.push_back(words.text());
  }
  if (!words.complete()) return std::nullopt;
  next = words.next();
  return operation;
}

}  // namespace splitproof::harness
