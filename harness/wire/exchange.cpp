#include "harness/wire/exchange.h"

#include <algorithm>
#include <utility>

namespace splitproof::harness {

namespace {

// Up to the first zero, or to the end of what has come.
std::string_view first_text(std::string_view bytes) { return bytes.substr(0, bytes.find('\0')); }

std::string_view second_text(std::string_view bytes) {
  const std::size_t end = bytes.find('\0');
  return end == std::string_view::npos ? "" : first_text(bytes.substr(end + 1));
}

}  // namespace

std::optional<WireStatement> Exchange::client(const Piece& piece) {
  if (!piece.begins) return std::nullopt;
  const std::string_view body = piece.body();
  switch (piece.letter) {
    case 'Q':
      return run('Q', first_text(body), {});
    case 'P':
      statements_[std::string(first_text(body))] = second_text(body);
      break;
    case 'B': {
      Portal& portal = portals_[std::string(first_text(body))];
      portal.sql = statements_[std::string(second_text(body))];
      portal.bind = body;
      break;
    }
    case 'E':
      return execute(portals_[std::string(first_text(body))]);
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
  line_.push_back({.letter = piece.letter});
  return std::nullopt;
}

WireStatement Exchange::execute(const Portal& portal) {
  std::optional<BindMessage> bind = read_bind(portal.bind);
  return run('E', portal.sql, bind ? std::move(bind->parameters) : Parameters());
}

WireStatement Exchange::run(char letter, std::string_view sql, Parameters parameters) {
  line_.push_back({.letter = letter, .statement = ++statements_sent_});
  return {statements_sent_, std::string(sql), letter == 'Q', std::move(parameters)};
}

std::deque<Exchange::Request>::iterator Exchange::place_of(int statement) {
  return std::ranges::find_if(line_, [&](const Request& request) {
    const bool runs = request.letter == 'Q' || request.letter == 'E';
    return runs && !request.own && request.statement == statement;
  });
}

void Exchange::put_own_before(int statement) {
  for (const char letter : {'P', 'B', 'E'}) {
    line_.insert(place_of(statement), {.letter = letter, .own = true});
  }
}

void Exchange::forget_from(int statement) { line_.erase(place_of(statement), line_.end()); }

void Exchange::ignore_sync() {
  const auto sync = std::ranges::find(line_, 'S', &Request::letter);
  if (sync != line_.end()) line_.erase(sync);
}

void Exchange::skip_all(std::vector<WireAnswer>& ended) {
  for (const Request& request : line_) {
    if (request.letter == 'E' && !request.own) ended.push_back(skipped(request.statement));
  }
  line_.clear();
}

WireAnswer Exchange::take_answer(int statement) {
  answer_.statement = statement;
  return std::exchange(answer_, {});
}

WireAnswer Exchange::skipped(int statement) {
  WireAnswer answer;
  answer.statement = statement;
  answer.end = WireEnd::skipped;
  return answer;
}

// Added up row by row, so that their order does not count (FNV-1a for each).
void Exchange::count_row(const Piece& piece) {
  constexpr std::uint64_t basis = 0xcbf29ce484222325U;
  constexpr std::uint64_t prime = 0x100000001b3U;
  if (line_.empty()) return;
  if (piece.begins) {
    ++answer_.rows;
    row_ = basis;
  }
  if (!looks_into_rows_) return;
  for (const char c : piece.begins ? piece.body() : piece.bytes) {
    row_ = (row_ ^ static_cast<unsigned char>(c)) * prime;
  }
  if (piece.ends) answer_.rows_digest += row_;
}

void Exchange::server(const Piece& piece, std::vector<WireAnswer>& ended) {
  was_own_ = false;
  if (piece.letter == 'D') count_row(piece);
  if (!piece.begins) return;
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
}

void Exchange::pop_if(char letter) {
  if (line_.empty() || line_.front().letter != letter) return;
  was_own_ = line_.front().own;
  line_.pop_front();
}

void Exchange::complete(WireEnd end, std::optional<std::string> tag,
                        std::vector<WireAnswer>& ended) {
  if (line_.empty()) return;
  const Request first = line_.front();
  if (first.letter != 'Q' && first.letter != 'E') return;
  if (tag) answer_.tags.push_back(*std::move(tag));
  answer_.end = end;
  if (first.letter == 'Q') return;
  ended.push_back(take_answer(first.statement));
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
  answer_.end = WireEnd::refused;
  answer_.error = words;
  const char letter = line_.front().letter;
  if (letter == 'Q' || letter == 'F') return;
  if (letter == 'S') {
    error_at_sync_ = words;
    return;
  }
  skips_ = true;
  bool is_first = true;
  for (; !line_.empty() && line_.front().letter != 'S'; line_.pop_front()) {
    const Request request = line_.front();
    // One that could not be parsed or bound was never run; the error is told of what follows.
    // What is run in place of a statement is refused in its name.
    if (request.own) continue;
    if (request.letter == 'E') {
      ended.push_back(is_first ? take_answer(request.statement) : skipped(request.statement));
      ended.back().error = words;
    }
    is_first = false;
  }
  answer_ = {};
}

void Exchange::become_ready(const Piece& piece, std::vector<WireAnswer>& ended) {
  status_ = read_status(piece.body());
  skips_ = false;
  // What was sent behind an error and before the Sync gets no answer of its own.
  for (bool ends_here = false; !line_.empty() && !ends_here; line_.pop_front()) {
    const Request request = line_.front();
    if (request.letter == 'E') ended.push_back(skipped(request.statement));
    if (request.letter == 'Q') ended.push_back(take_answer(request.statement));
    ends_here = request.letter == 'Q' || request.letter == 'S' || request.letter == 'F';
  }
  answer_ = {};
}

}  // namespace splitproof::harness
