#include "harness/wire/link.h"

#include <algorithm>
#include <utility>

namespace splitproof::harness {

namespace {

// Rows and their end, or an error: what a statement is answered with.
constexpr LetterSet answers_begin("TDCIsE");
// The server waits for the client now, or will send for long.
constexpr LetterSet copies_begin("GHW");
// Those to which the client sends data.
constexpr LetterSet copies_in_begin("GW");
// Of a client: what goes on with a copy; what ends its data, and what a unit; and what is of one.
constexpr LetterSet of_copies("dcfHS");
constexpr LetterSet end_data("cf");
constexpr LetterSet end_units("SHF");
constexpr LetterSet of_units("PBDECQ");
// Said by the server by itself.
constexpr LetterSet asides("NSA");
// A Query is shown to the rule when so much of it has come; what is sent before an Execute is not
// gathered beyond it.
constexpr std::size_t gathered_max = 1024 * 1024;

}  // namespace

Link::Link(int number, WireRule& rule)
    : number_(number), rule_(rule), by_client_(WireSide::client), by_server_(WireSide::server) {
  if (rule.looks_into_rows()) exchange_.look_into_rows();
}

void Link::from_client(std::string_view bytes) {
  if (cut_) return;
  by_client_.feed(bytes);
  read_client();
}

void Link::read_client() {
  while (!cut_ && may_read()) {
    const std::optional<Piece> piece = by_client_.next();
    if (!piece) break;
    if (discards_) {
      discards_ = !piece->ends;
    } else if (piece->letter == no_letter) {
      first(*piece);
    } else if (phase_ == Phase::sent) {
      go_on_copying(*piece);
    } else {
      collect(*piece);
    }
  }
  check(by_client_);
}

bool Link::may_read() const {
  switch (phase_) {
    case Phase::first:
    case Phase::open:
      return true;
    case Phase::opening:
    case Phase::held:
    case Phase::kept:
    case Phase::over:
      return false;
    case Phase::sent:
      break;
  }
  const std::optional<char> letter = by_client_.letter_ahead();
  if (!letter) return false;
  return streams_ || discards_ || (copies_in_ && of_copies.has(*letter));
}

void Link::first(const Piece& piece) {
  const FirstMessage message = read_first(piece.body()).value_or(FirstMessage{});
  WireVerdict verdict = WireVerdict::pass;
  switch (message.kind) {
    case FirstMessage::Kind::ssl:
    case FirstMessage::Kind::gss:
      to_client_ += encryption_refused;
      return;
    case FirstMessage::Kind::session:
      by_client_.letters_begin();
      verdict = rule_.opened(number_, message);
      break;
    case FirstMessage::Kind::cancel:
      verdict = rule_.opened(number_, message);
      break;
    case FirstMessage::Kind::other:
      break;
  }
  unit_bytes_ = piece.bytes;
  phase_ = Phase::opening;
  cut_ = verdict == WireVerdict::cut;
  if (verdict == WireVerdict::pass) send_on();
}

void Link::collect(const Piece& piece) {
  if (std::optional<WireStatement> statement = exchange_.client(piece)) {
    executes_.push_back(unit_bytes_.size());
    unit_.statements.push_back(*std::move(statement));
  }
  unit_bytes_ += piece.bytes;
  const bool is_query = piece.letter == 'Q' && (piece.ends || unit_bytes_.size() > gathered_max);
  const bool ends = piece.ends && end_units.has(piece.letter);
  if (is_query || ends) {
    streams_ = !piece.ends;
    unit_.ends_with = piece.letter;
    show_unit();
    return;
  }
  // A password, the end of a session and the like are no part of a unit; and what precedes an
  // Execute may be large.
  const bool is_of_unit = of_units.has(piece.letter);
  if (!is_of_unit || (unit_.statements.empty() && unit_bytes_.size() > gathered_max)) {
    to_server_ += std::exchange(unit_bytes_, "");
  }
}

// A Sync with nothing run before it ends nothing.
void Link::show_unit() {
  phase_ = Phase::held;
  const bool runs = !unit_.statements.empty();
  is_shown_ = runs || (unit_.ends_with == 'S' && statements_run_ > 0);
  if (unit_.ends_with != 'Q') statements_run_ += static_cast<int>(unit_.statements.size());
  if (unit_.ends_with == 'S') statements_run_ = 0;
  const WireVerdict verdict = is_shown_ ? rule_.before(number_, unit_) : WireVerdict::pass;
  cut_ = cut_ || verdict == WireVerdict::cut;
  if (verdict == WireVerdict::pass) send_on();
}

void Link::go_on_copying(const Piece& piece) {
  to_server_ += piece.bytes;
  if (piece.ends && streams_) streams_ = false;
  if (!copies_in_ || !piece.begins) return;
  // The Sync behind the data takes the place of the one that the server has ignored.
  if (piece.letter == 'S') {
    exchange_.client(piece);
    copies_in_ = false;
  }
  const bool ends = end_data.has(piece.letter);
  if (ends && unit_.ends_with != 'S') copies_in_ = false;
}

void Link::from_server(std::string_view bytes) {
  if (cut_) return;
  if (phase_ == Phase::over) {
    to_client_ += bytes;
    return;
  }
  by_server_.feed(bytes);
  while (!cut_) {
    const std::optional<Piece> piece = by_server_.next();
    if (!piece) break;
    if (asks_) {
      answer_us(*piece);
    } else {
      answer(*piece);
    }
  }
  check(by_server_);
}

// What the server says by itself meanwhile is for the client, and so is that it ends the session.
void Link::answer_us(const Piece& piece) {
  const bool is_error = piece.letter == 'E' && piece.begins;
  const ServerWords words =
      is_error ? read_server_words(piece.body()).value_or(ServerWords{}) : ServerWords{};
  if (asides.has(piece.letter) || words.severity == "FATAL") {
    (kept_back_.empty() ? to_client_ : kept_back_) += piece.bytes;
    return;
  }
  if (is_error) {
    reply_.answer.end = WireEnd::refused;
    reply_.answer.error = words;
  }
  if (piece.letter == 'D' && piece.begins) {
    if (auto row = read_row(piece.body())) reply_.rows.push_back(*std::move(row));
  }
  if (piece.letter != 'Z') return;
  asks_ = false;
  rule_.answered_us(number_, reply_);
}

void Link::answer(const Piece& piece) {
  if (piece.begins && piece.letter == 'K') {
    if (const auto key = read_backend_key(piece.body())) rule_.known_as(number_, *key);
  }
  const bool answers = exchange_.is_answering() && answers_begin.has(piece.letter);
  const std::size_t ended_before = end_.answers.size();
  exchange_.server(piece, end_.answers);
  if (exchange_.was_own()) return;
  const bool has_ended = end_.answers.size() > ended_before;
  const bool is_copy = copies_begin.has(piece.letter);
  if (piece.begins && is_copy) let_go();
  if (piece.begins && copies_in_begin.has(piece.letter)) {
    copies_in_ = true;
    if (unit_.ends_with == 'S') exchange_.ignore_sync();
  }
  // Behind what is kept back everything stays in its order.
  const bool keep = has_ended || !kept_back_.empty() || (piece.begins && answers);
  const bool is_over = is_answered(piece);
  (keep || (is_over && is_shown_) ? kept_back_ : to_client_) += piece.bytes;
  if (piece.letter == 'Z' && piece.ends && !kept_back_.empty()) status_at_ = kept_back_.size() - 1;
  if (piece.letter == 'Z' && !is_ready_) {
    is_ready_ = true;
    rule_.ready(number_);
  }
  if (is_over) return complete();
  if (is_copy || kept_back_.size() > kept_back_max) let_go();
  if (is_copy) read_client();
}

// Of what goes on to a Flush nothing tells the end but that nothing is left to be answered.
bool Link::is_answered(const Piece& piece) const {
  if (phase_ != Phase::sent || !piece.ends) return false;
  return unit_.ends_with == 'H' ? exchange_.is_quiet() : piece.letter == 'Z';
}

void Link::complete() {
  phase_ = Phase::kept;
  copies_in_ = false;
  end_.status = exchange_.status().value_or('I');
  end_.error_at_sync = exchange_.take_error_at_sync();
  const WireVerdict verdict = is_shown_ ? rule_.after(number_, end_) : WireVerdict::pass;
  cut_ = cut_ || verdict == WireVerdict::cut;
  if (verdict == WireVerdict::pass) deliver();
}

void Link::server_ended() {
  if (!cut_ && phase_ != Phase::kept) let_go();
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
