#include "harness/wire/exchange.h"

#include <algorithm>
#include <utility>

namespace splitproof::harness {

namespace {

// Up to the first zero, or to the end of what has come.
std::string beginning_of_text(std::string_view bytes) {
  return std::string(bytes.substr(0, bytes.find('\0')));
}

// What follows the first text.
std::string second_text(std::string_view body) {
  const std::size_t end = body.find('\0');
  return end == std::string_view::npos ? "" : beginning_of_text(body.substr(end + 1));
}

// Of one that came in pieces the names, without the parameters.
BindMessage beginning_of_bind(std::string_view body) {
  if (std::optional<BindMessage> bind = read_bind(body)) return *std::move(bind);
  return {beginning_of_text(body), second_text(body), {}};
}

}  // namespace

std::optional<WireStatement> Exchange::client(const Piece& piece) {
  if (!piece.begins) return std::nullopt;
  const std::string_view body = piece.body();
  switch (piece.letter) {
    case 'Q':
      return run('Q', {beginning_of_text(body), {}});
    case 'P': {
      const std::optional<ParseMessage> parse = read_parse(body);
      statements_[beginning_of_text(body)] = parse ? parse->sql : second_text(body);
      break;
    }
    case 'B': {
      BindMessage bind = beginning_of_bind(body);
      portals_[bind.portal] = {statements_[bind.statement], std::move(bind.parameters)};
      break;
    }
    case 'E':
      if (const std::optional<ExecuteMessage> execute = read_execute(body)) {
        return run('E', portals_[execute->portal]);
      }
      return run('E', {});
    case 'C':
      if (const std::optional<CloseMessage> close = read_close(body)) {
        if (close->what == 'S') statements_.erase(close->name);
        if (close->what == 'P') portals_.erase(close->name);
      }
      break;
    case 'D':
    case 'F':
    case 'S':
      break;
    default:
      // Data of a COPY, a password, Flush, Terminate: nothing that is answered in its turn.
      return std::nullopt;
  }
  line_.push_back({piece.letter, {}});
  return std::nullopt;
}

WireStatement Exchange::run(char letter, Portal portal) {
  Request request;
  request.letter = letter;
  request.answer.statement = ++statements_sent_;
  line_.push_back(std::move(request));
  return {statements_sent_, std::move(portal.sql), letter == 'Q', std::move(portal.parameters)};
}

std::deque<Exchange::Request>::iterator Exchange::place_of(int statement) {
  return std::ranges::find_if(line_, [&](const Request& request) {
    const bool runs = request.letter == 'Q' || request.letter == 'E';
    return runs && !request.own && request.answer.statement == statement;
  });
}

void Exchange::put_own_before(int statement) {
  for (const char letter : {'P', 'B', 'E'}) {
    Request request;
    request.letter = letter;
    request.own = true;
    line_.insert(place_of(statement), std::move(request));
  }
}

void Exchange::forget_from(int statement) { line_.erase(place_of(statement), line_.end()); }

void Exchange::ignore_sync() {
  const auto sync = std::ranges::find(line_, 'S', &Request::letter);
  if (sync != line_.end()) line_.erase(sync);
}

void Exchange::skip_all(std::vector<WireAnswer>& ended) {
  for (Request& request : line_) {
    if (request.letter != 'E' || request.own) continue;
    request.answer.end = WireEnd::skipped;
    ended.push_back(std::move(request.answer));
  }
  line_.clear();
}

// Added up row by row, so that their order does not count (FNV-1a for each).
void Exchange::count_row(const Piece& piece) {
  constexpr std::uint64_t basis = 0xcbf29ce484222325U;
  constexpr std::uint64_t prime = 0x100000001b3U;
  if (line_.empty()) return;
  WireAnswer& answer = line_.front().answer;
  if (piece.begins) {
    ++answer.rows;
    row_ = basis;
  }
  if (!looks_into_rows_) return;
  for (const char c : piece.begins ? piece.body() : piece.bytes) {
    row_ = (row_ ^ static_cast<unsigned char>(c)) * prime;
  }
  if (piece.ends) answer.rows_digest += row_;
}

std::vector<WireAnswer> Exchange::server(const Piece& piece) {
  std::vector<WireAnswer> ended;
  was_own_ = false;
  if (piece.letter == 'D') count_row(piece);
  if (!piece.begins) return ended;
  switch (piece.letter) {
    case '1':
      pop_if('P');
      break;
    case '2':
      pop_if('B');
      break;
    case '3':
      pop_if('C');
      break;
    case 'T':
    case 'n':
      // The rows of a Query are described too, and that one goes on.
      pop_if('D');
      break;
    case 'C':
      complete(WireEnd::done, read_tag(piece.body()), ended);
      break;
    case 'I':
      complete(WireEnd::done, std::nullopt, ended);
      break;
    case 's':
      complete(WireEnd::suspended, std::nullopt, ended);
      break;
    case 'E':
      refuse(piece, ended);
      break;
    case 'Z':
      become_ready(piece, ended);
      break;
    default:
      break;
  }
  return ended;
}

void Exchange::pop_if(char letter) {
  if (line_.empty() || line_.front().letter != letter) return;
  was_own_ = line_.front().own;
  line_.pop_front();
}

void Exchange::complete(WireEnd end, const std::optional<std::string>& tag,
                        std::vector<WireAnswer>& ended) {
  if (line_.empty()) return;
  Request& first = line_.front();
  if (first.letter != 'Q' && first.letter != 'E') return;
  if (tag) first.answer.tags.push_back(*tag);
  first.answer.end = end;
  if (first.letter == 'Q') return;
  ended.push_back(std::move(first.answer));
  line_.pop_front();
}

// A Query ends when the server is ready again; of what goes on until a Sync everything else falls
// away.
void Exchange::refuse(const Piece& piece, std::vector<WireAnswer>& ended) {
  const ServerWords words = read_server_words(piece.body()).value_or(ServerWords{});
  if (line_.empty()) {
    last_words_ = words;
    return;
  }
  Request& first = line_.front();
  first.answer.end = WireEnd::refused;
  first.answer.error = words;
  if (first.letter == 'Q' || first.letter == 'F') return;
  if (first.letter == 'S') {
    error_at_sync_ = words;
    return;
  }
  skips_ = true;
  bool is_first = true;
  while (!line_.empty() && line_.front().letter != 'S') {
    Request request = std::move(line_.front());
    line_.pop_front();
    // One that could not be parsed or bound was never run; the error is told of what follows.
    // What is run in place of a statement is refused in its name.
    if (request.own) continue;
    if (request.letter == 'E') {
      request.answer.end = is_first ? WireEnd::refused : WireEnd::skipped;
      request.answer.error = words;
      ended.push_back(std::move(request.answer));
    }
    is_first = false;
  }
}

void Exchange::become_ready(const Piece& piece, std::vector<WireAnswer>& ended) {
  status_ = read_status(piece.body());
  skips_ = false;
  // What was sent behind an error and before the Sync gets no answer of its own.
  while (!line_.empty()) {
    Request request = std::move(line_.front());
    line_.pop_front();
    if (request.letter == 'E') {
      request.answer.end = WireEnd::skipped;
      ended.push_back(std::move(request.answer));
    }
    if (request.letter == 'Q') ended.push_back(std::move(request.answer));
    const bool ends_here = request.letter == 'Q' || request.letter == 'S' || request.letter == 'F';
    if (ends_here) return;
  }
}

}  // namespace splitproof::harness
