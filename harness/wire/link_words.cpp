// What becomes of what a link holds, as its rule's keeper says.
#include <fmt/format.h>

#include <utility>

#include "harness/wire/link.h"

namespace splitproof::harness {

void Link::send(std::string_view bytes) {
  to_server_ += bytes;
  unit_bytes_.clear();
  phase_ = Phase::sent;
  end_.answers.clear();
}

void Link::send_on() {
  if (phase_ == Phase::opening) {
    to_server_ += std::exchange(unit_bytes_, "");
    phase_ = Phase::open;
    return read_client();
  }
  if (phase_ != Phase::held) return;
  send(unit_bytes_);
  if (streams_) read_client();
  // Behind an error the server runs nothing before the next Sync.
  if (unit_.ends_with == 'H' && exchange_.skips()) exchange_.skip_all(end_.answers);
  // A Flush asks for nothing where nothing is to be answered.
  if (unit_.ends_with == 'H' && exchange_.is_quiet()) complete();
}

void Link::send_first(std::size_t statement) {
  if (phase_ != Phase::held) return;
  const bool is_whole = statement >= executes_.size();
  const std::size_t end =
      is_whole ? unit_bytes_.size() - write_sync().size() : executes_[statement];
  if (is_whole) {
    exchange_.ignore_sync();
  } else {
    exchange_.forget_from(unit_.statements[statement].number);
  }
  unit_.ends_with = 'H';
  send(unit_bytes_.substr(0, end) + write_flush());
  if (exchange_.is_quiet()) complete();
}

void Link::send_failing(std::size_t statement, std::string_view sql) {
  if (phase_ != Phase::held || statement >= executes_.size()) return;
  discards_ = std::exchange(streams_, false);
  if (unit_.ends_with == 'Q') return send(write_query(sql));
  exchange_.put_own_before(unit_.statements[statement].number);
  const std::size_t place = executes_[statement];
  const std::string name = fmt::format("splitproof_{}", ++own_statements_);
  send(unit_bytes_.substr(0, place) + write_extended(name, sql) + unit_bytes_.substr(place));
}

void Link::ask(std::string_view sql) {
  if (!is_held() || asks_) return;
  asks_ = true;
  reply_ = {};
  to_server_ += write_extended(fmt::format("splitproof_{}", ++own_statements_), sql) + write_sync();
}

void Link::deliver() {
  if (phase_ != Phase::kept) return;
  let_go();
  phase_ = Phase::open;
  unit_.statements.clear();
  executes_.clear();
  read_client();
}

void Link::deliver_half() {
  if (phase_ != Phase::kept) return;
  to_client_ += kept_back_.substr(0, kept_back_.size() / 2);
  cut_ = true;
}

void Link::show_idle() {
  if (phase_ == Phase::kept && status_at_ < kept_back_.size()) kept_back_[status_at_] = 'I';
}

void Link::refuse(const ServerWords& words) {
  if (phase_ != Phase::opening) return;
  to_client_ += write_error(words);
  cut_ = true;
}

void Link::give_up() {
  unit_bytes_.clear();
  let_go();
  phase_ = Phase::over;
}

}  // namespace splitproof::harness
