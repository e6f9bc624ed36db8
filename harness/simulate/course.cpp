#include "harness/simulate/course.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace splitproof::harness::life {

void Digest::add(std::string_view text) {
  // FNV-1a; the length keeps texts behind each other apart.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char sign : text) {
    hash = (hash ^ static_cast<unsigned char>(sign)) * 0x100000001b3U;
  }
  add(hash);
  add(text.size());
}

void Digest::add(const sim::Rows& rows) {
  struct Adder {
    Digest& digest;
    void operator()(sim::Null) const { digest.add(std::uint64_t{1}); }
    void operator()(std::int64_t number) const { digest.add(static_cast<std::uint64_t>(number)); }
    void operator()(double number) const { digest.add(std::bit_cast<std::uint64_t>(number)); }
    void operator()(const std::string& text) const { digest.add(std::string_view(text)); }
  };
  add(rows.rows.size());
  add(static_cast<std::uint64_t>(rows.affected));
  for (const sim::Row& row : rows.rows) {
    for (const sim::Value& value : row) std::visit(Adder{*this}, value);
  }
}

Course::Course(Strikes strikes) : strikes_(std::move(strikes)), fired_(strikes_.size(), false) {}

void Course::begin_day(int day) {
  now_ = {day, 0};
  counts.days = day;
  while (next_ < strikes_.size() && strikes_[next_].at < now_) ++next_;
}

void Course::step(const std::function<bool(Strike&)>& strike) {
  ++now_.step;
  while (next_ < strikes_.size() && strikes_[next_].at < now_) ++next_;
  while (next_ < strikes_.size() && strikes_[next_].at == now_) {
    const std::size_t position = next_++;
    fired_[position] = strike(strikes_[position]);
    if (!fired_[position]) continue;
    if (family_of(strikes_[position].blow) == Family::power) last_power_ = position;
    digest.add(to_text(strikes_[position]));
  }
}

void Course::note(std::string_view what) {
  trace_.push_back(
      fmt::format("day {}, step {}: {} [{:016x}]", now_.day, now_.step, what, digest.value()));
}

void Course::note_survivors(const sim::Survivors& survivors) {
  if (auto* const power = std::get_if<PowerFailure>(&strikes_.at(last_power_).blow)) {
    power->survivors = survivors;
  }
}

}  // namespace splitproof::harness::life
