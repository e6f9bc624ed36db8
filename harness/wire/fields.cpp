#include "harness/wire/fields.h"

namespace splitproof::harness {

namespace {

constexpr std::uint32_t protocol_major = 3;
constexpr std::uint32_t cancel_code = 80877102;
constexpr std::uint32_t ssl_code = 80877103;
constexpr std::uint32_t gss_code = 80877104;

// Goes through a body; once something is missing, everything after it is, too.
class Body {
 public:
  explicit Body(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t number() {
    constexpr std::size_t size = 4;
    if (bytes_.size() < size) return fail<std::uint32_t>();
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
      number = number << 8U | static_cast<unsigned char>(bytes_[i]);
    }
    bytes_.remove_prefix(size);
    return number;
  }

  std::uint16_t small_number() {
    constexpr std::size_t size = 2;
    if (bytes_.size() < size) return fail<std::uint16_t>();
    const auto high = static_cast<unsigned char>(bytes_[0]);
    const auto low = static_cast<unsigned char>(bytes_[1]);
    bytes_.remove_prefix(size);
    return static_cast<std::uint16_t>(high << 8U | low);
  }

  std::string_view part(std::size_t size) {
    if (bytes_.size() < size) return fail<std::string_view>();
    const std::string_view part = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return part;
  }

  bool is_sound() const { return sound_; }

  std::string text() {
    const std::size_t end = bytes_.find('\0');
    if (end == std::string_view::npos) return fail<std::string>();
    std::string text(bytes_.substr(0, end));
    bytes_.remove_prefix(end + 1);
    return text;
  }

  char letter() {
    if (bytes_.empty()) return fail<char>();
    const char letter = bytes_.front();
    bytes_.remove_prefix(1);
    return letter;
  }

  // The message where the body had all of it.
  template <class Message>
  std::optional<Message> if_sound(Message message, bool to_the_end = true) const {
    if (!sound_ || (to_the_end && !bytes_.empty())) return std::nullopt;
    return message;
  }

 private:
  template <class Value>
  Value fail() {
    sound_ = false;
    bytes_ = {};
    return Value();
  }

  std::string_view bytes_;
  bool sound_ = true;
};

std::string number_text(std::uint32_t number) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
  }
  return text;
}

std::string message(char letter, std::string_view body) {
  return letter + number_text(static_cast<std::uint32_t>(body.size() + 4)) + std::string(body);
}

std::string with_end(std::string_view text) { return std::string(text) + '\0'; }

// Names and values, each ended by a zero, and one more zero.
std::optional<FirstMessage> read_session(Body& body) {
  FirstMessage first;
  first.kind = FirstMessage::Kind::session;
  for (std::string name = body.text(); !name.empty(); name = body.text()) {
    first.parameters[std::move(name)] = body.text();
  }
  return body.if_sound(std::move(first));
}

std::string in_hexadecimal(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 0xfU];
  }
  return text;
}

// Formats: none, one for all, or one for each; 0 is text.
std::vector<std::optional<std::string>> read_parameters(Body& body) {
  constexpr std::uint32_t null = 0xffffffffU;
  std::vector<std::uint16_t> formats(body.small_number());
  for (std::uint16_t& format : formats) format = body.small_number();
  std::vector<std::optional<std::string>> parameters;
  const std::size_t count = body.small_number();
  for (std::size_t i = 0; i < count && body.is_sound(); ++i) {
    const std::uint32_t size = body.number();
    const std::size_t which = formats.size() == 1 ? 0 : i;
    const bool is_text = which >= formats.size() || formats[which] == 0;
    if (size == null) {
      parameters.emplace_back(std::nullopt);
    } else {
      const std::string_view value = body.part(size);
      parameters.emplace_back(is_text ? std::string(value) : in_hexadecimal(value));
    }
  }
  return parameters;
}

}  // namespace

std::optional<FirstMessage> read_first(std::string_view bytes) {
  Body body(bytes);
  FirstMessage first;
  const std::uint32_t code = body.number();
  // The server speaks its own minor version to a client that asks for a later one.
  if (code >> 16U == protocol_major) return read_session(body);
  switch (code) {
    case ssl_code:
      first.kind = FirstMessage::Kind::ssl;
      return body.if_sound(first);
    case gss_code:
      first.kind = FirstMessage::Kind::gss;
      return body.if_sound(first);
    case cancel_code:
      first.kind = FirstMessage::Kind::cancel;
      first.process = body.number();
      first.secret = body.number();
      return body.if_sound(first);
    default:
      return body.if_sound(first, false);
  }
}

std::optional<QueryMessage> read_query(std::string_view bytes) {
  Body body(bytes);
  return body.if_sound(QueryMessage{body.text()});
}

std::optional<BindMessage> read_bind(std::string_view bytes) {
  Body body(bytes);
  BindMessage bind;
  bind.portal = body.text();
  bind.statement = body.text();
  bind.parameters = read_parameters(body);
  return body.if_sound(std::move(bind), false);
}

std::optional<CloseMessage> read_close(std::string_view bytes) {
  Body body(bytes);
  CloseMessage close;
  close.what = body.letter();
  close.name = body.text();
  if (close.what != 'S' && close.what != 'P') return std::nullopt;
  return body.if_sound(std::move(close));
}

std::optional<BackendKey> read_backend_key(std::string_view bytes) {
  Body body(bytes);
  BackendKey key;
  key.process = body.number();
  key.secret = body.number();
  return body.if_sound(key);
}

std::optional<ServerWords> read_server_words(std::string_view bytes) {
  Body body(bytes);
  ServerWords words;
  for (char field = body.letter(); field != '\0'; field = body.letter()) {
    std::string text = body.text();
    // 'V' is never translated, and comes after 'S', which may be.
    if (field == 'V' || (field == 'S' && words.severity.empty())) words.severity = std::move(text);
    if (field == 'C') words.code = std::move(text);
    if (field == 'M') words.message = std::move(text);
  }
  return body.if_sound(std::move(words));
}

std::optional<std::vector<std::optional<std::string>>> read_row(std::string_view bytes) {
  constexpr std::uint32_t null = 0xffffffffU;
  Body body(bytes);
  std::vector<std::optional<std::string>> row;
  const std::size_t columns = body.small_number();
  for (std::size_t i = 0; i < columns && body.is_sound(); ++i) {
    const std::uint32_t size = body.number();
    if (size == null) {
      row.emplace_back(std::nullopt);
    } else {
      row.emplace_back(std::string(body.part(size)));
    }
  }
  return body.if_sound(std::move(row));
}

std::optional<std::string> read_tag(std::string_view bytes) {
  Body body(bytes);
  return body.if_sound(body.text());
}

std::optional<char> read_status(std::string_view bytes) {
  Body body(bytes);
  const char status = body.letter();
  if (status != 'I' && status != 'T' && status != 'E') return std::nullopt;
  return body.if_sound(status);
}

std::string write_query(std::string_view sql) { return message('Q', with_end(sql)); }

std::string write_extended(const std::string& name, std::string_view sql) {
  const std::string zero(1, '\0');
  const std::string no_types = zero + zero;
  return message('P', with_end(name) + with_end(sql) + no_types) +
         message('B', with_end(name) + with_end(name) + no_types + no_types + no_types) +
         message('E', with_end(name) + number_text(0));
}

std::string write_sync() { return message('S', ""); }

std::string write_flush() { return message('H', ""); }

std::string write_terminate() { return message('X', ""); }

std::string write_error(const ServerWords& words) {
  std::string body;
  for (const auto& [field, text] : {std::pair<char, const std::string&>{'S', words.severity},
                                    {'V', words.severity},
                                    {'C', words.code},
                                    {'M', words.message}}) {
    body += field + with_end(text);
  }
  return message('E', body + '\0');
}

std::string write_cancel(const BackendKey& key) {
  return number_text(16) + number_text(cancel_code) + number_text(key.process) +
         number_text(key.secret);
}

}  // namespace splitproof::harness
