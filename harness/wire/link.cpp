#include "harness/wire/link.h"

namespace splitproof::harness {

namespace {

// Rows and their end, or an error: what a statement is answered with.
constexpr std::string_view letters_of_answers = "TDCIsE";
// The server waits for the client now, or will send for long.
constexpr std::string_view letters_of_copies = "GHW";

bool is_one_of(char letter, std::string_view letters) {
  return letters.find(letter) != std::string_view::npos;
}

}  // namespace

void Link::from_client(std::string_view bytes) {
  if (cut_) return;
  by_client_.feed(bytes);
  while (!cut_) {
    const std::optional<Piece> piece = by_client_.next();
    if (!piece) break;
    if (piece->letter == no_letter) {
      first(*piece);
    } else {
      ask(*piece);
    }
  }
  check(by_client_);
}

void Link::first(const Piece& piece) {
  const FirstMessage message = read_first(piece.body()).value_or(FirstMessage{});
  switch (message.kind) {
    case FirstMessage::Kind::ssl:
    case FirstMessage::Kind::gss:
      to_client_ += encryption_refused;
      return;
    case FirstMessage::Kind::session:
      by_client_.letters_begin();
      rule_.opened(number_, message);
      break;
    case FirstMessage::Kind::cancel:
    case FirstMessage::Kind::other:
      break;
  }
  to_server_ += piece.bytes;
}

void Link::ask(const Piece& piece) {
  const std::optional<WireStatement> statement = exchange_.client(piece);
  cut_ = statement && rule_.before(number_, *statement) == WireVerdict::cut;
  if (!cut_) to_server_ += piece.bytes;
}

void Link::from_server(std::string_view bytes) {
  if (cut_) return;
  by_server_.feed(bytes);
  while (!cut_) {
    const std::optional<Piece> piece = by_server_.next();
    if (!piece) break;
    answer(*piece);
  }
  check(by_server_);
}

void Link::answer(const Piece& piece) {
  if (piece.begins && piece.letter == 'K') {
    if (const auto key = read_backend_key(piece.body())) rule_.known_as(number_, *key);
  }
  const bool answers = exchange_.is_answering() && is_one_of(piece.letter, letters_of_answers);
  const std::vector<WireAnswer> ended = exchange_.server(piece);
  if (piece.begins && is_one_of(piece.letter, letters_of_copies)) let_go();
  // Behind what is kept back everything stays in its order.
  const bool keep = !ended.empty() || !kept_back_.empty() || (piece.begins && answers);
  (keep ? kept_back_ : to_client_) += piece.bytes;
  for (const WireAnswer& one : ended) {
    cut_ = rule_.after(number_, one) == WireVerdict::cut;
    if (cut_) return;
  }
  const bool is_copy = is_one_of(piece.letter, letters_of_copies);
  if (!ended.empty() || is_copy || kept_back_.size() > kept_back_max) let_go();
}

void Link::server_ended() {
  if (!cut_) let_go();
}

void Link::let_go() {
  to_client_ += kept_back_;
  kept_back_.clear();
}

void Link::check(const MessageCutter& cutter) {
  if (cutter.failure().empty()) return;
  failure_ = cutter.failure();
  cut_ = true;
}

}  // namespace splitproof::harness
