#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/simulate/strike.h"
#include "sim/base/period.h"

namespace splitproof::harness::life {
namespace {

// Far more than any life has, and far from where numbers end.
constexpr std::int64_t number_max = 1'000'000'000;

struct Unfit {
  std::string expected;
};

// Reads a piece from left to right.
class Piece {
 public:
  explicit Piece(std::string_view text) : rest_(text) {}

  std::int64_t number(std::int64_t least) {
    take('+');
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failure != std::errc{} || value < least || value > number_max) {
      throw Unfit{fmt::format("a whole number from {} on at '{}'", least, rest_)};
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  int count(int least) { return static_cast<int>(number(least)); }
  bool take(char sign) {
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char sign) {
    if (!take(sign)) throw Unfit{fmt::format("'{}' at '{}'", sign, rest_)};
  }
  std::string_view word() {
    const std::size_t end = std::min(rest_.find(':'), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }
  std::string_view all() { return std::exchange(rest_, {}); }
  void end() const {
    if (!rest_.empty()) throw Unfit{fmt::format("nothing more than before '{}'", rest_)};
  }

 private:
  std::string_view rest_;
};

Blow power(Piece& piece) {
  PowerFailure power{.operations = piece.count(0), .draw = 0, .survivors = std::nullopt};
  if (piece.take('/')) {
    std::string text(piece.all());
    std::ranges::replace(text, '/', ' ');
    power.survivors = sim::survivors_of(text);
    if (!power.survivors) throw Unfit{"keep=BITS after the '/', such as keep=101"};
    return power;
  }
  piece.expect('#');
  power.draw = static_cast<std::uint64_t>(piece.number(0));
  return power;
}

Blow zone(Piece& piece) {
  const std::string name(piece.all());
  if (!sim::TimeZone::find(name).ok()) throw Unfit{"the name of a time zone"};
  return ZoneChange{name};
}

Blow blow_of(Piece& piece) {
  const std::string_view word = piece.word();
  if (word == "interrupt") return Interrupt{};
  if (word == "nomem") return NoMemory{};
  if (word == "drop") return Drop{};
  if (word == "lose") return LoseAnswer{};
  if (word == "trap") return SyncTrap{};
  constexpr std::array with_number{"kill", "power",  "eio",  "full",  "clock",
                                   "zone", "memory", "busy", "nolock"};
  if (std::ranges::find(with_number, word) == with_number.end()) {
    throw Unfit{
        "interrupt, nomem, drop, lose, kill:N, power:N#DRAW, power:N/keep=BITS, eio:N*COUNT, "
        "trap, full:N, clock:SECONDS, zone:NAME, memory:N*COUNT, busy:N*COUNT or nolock:N*COUNT "
        "behind the '='"};
  }
  piece.expect(':');
  if (word == "kill") return Kill{piece.count(0)};
  if (word == "power") return power(piece);
  if (word == "full") return FullDisk{piece.count(1)};
  if (word == "clock") return ClockJump{piece.number(-number_max)};
  if (word == "zone") return zone(piece);
  const int after = piece.count(0);
  piece.expect('*');
  const int count = piece.count(1);
  if (word == "memory") return MemoryShortage{after, count};
  if (word == "eio") return DiskErrors{after, count};
  return LockErrors{after, count, word == "busy"};
}

Strike strike_of(std::string_view text) {
  Piece piece(text);
  Strike strike;
  strike.at.day = piece.count(1);
  piece.expect('.');
  strike.at.step = piece.count(1);
  piece.expect('=');
  strike.blow = blow_of(piece);
  piece.end();
  return strike;
}

}  // namespace

sim::Result<Strikes, std::string> parse_strikes(std::string_view text) {
  Strikes strikes;
  if (text == "clean") return strikes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (piece.empty()) continue;
    try {
      strikes.push_back(strike_of(piece));
    } catch (const Unfit& unfit) {
      return fmt::format("'{}' is no strike; expected {}", piece, unfit.expected);
    }
  }
  if (strikes.empty()) return std::string("the plan is empty; expected strikes, or 'clean'");
  std::ranges::stable_sort(strikes, {}, &Strike::at);
  return strikes;
}

}  // namespace splitproof::harness::life
