#include "sim/disk/survivors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace splitproof::sim {
namespace {

constexpr std::size_t bits_shown_max = 24;
// No disk has as many; a longer text is a mistake.
constexpr std::size_t items_max = 1'000'000;
constexpr std::size_t digit_bits = 4;
constexpr std::string_view digits = "0123456789abcdef";

constexpr std::array<std::pair<Tear, std::string_view>, 4> tears{{
    {Tear::zero, "zero"},
    {Tear::garbage, "garbage"},
    {Tear::front, "front"},
    {Tear::back, "back"},
}};

std::string bits_text(const std::vector<bool>& bits) {
  std::string text;
  for (const bool bit : bits) text += bit ? '1' : '0';
  return text;
}

std::string digits_text(const std::vector<bool>& bits) {
  std::string text = fmt::format("{}:", bits.size());
  for (std::size_t at = 0; at < bits.size(); at += digit_bits) {
    std::size_t digit = 0;
    for (std::size_t i = 0; i < digit_bits; ++i) {
      digit = 2 * digit + (at + i < bits.size() && bits[at + i] ? 1 : 0);
    }
    text += digits[digit];
  }
  return text;
}

std::optional<std::size_t> number_of(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::vector<bool>> bits_of(std::string_view text) {
  std::vector<bool> bits;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    if (text.size() > bits_shown_max) return std::nullopt;
    for (const char sign : text) {
      if (sign != '0' && sign != '1') return std::nullopt;
      bits.push_back(sign == '1');
    }
    return bits;
  }
  const std::optional<std::size_t> count = number_of(text.substr(0, colon));
  if (!count || *count > items_max) return std::nullopt;
  for (const char sign : text.substr(colon + 1)) {
    const std::size_t digit = digits.find(sign);
    if (digit == std::string_view::npos) return std::nullopt;
    for (std::size_t i = digit_bits; i-- > 0;) bits.push_back((digit >> i & 1U) != 0);
  }
  if (bits.size() != (*count + digit_bits - 1) / digit_bits * digit_bits) return std::nullopt;
  const auto behind = bits.begin() + static_cast<std::ptrdiff_t>(*count);
  if (std::find(behind, bits.end(), true) != bits.end()) return std::nullopt;
  bits.resize(*count);
  return bits;
}

std::optional<TornItem> torn_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<std::size_t> item = number_of(text.substr(0, colon));
  const auto* const found =
      std::ranges::find(tears, text.substr(colon + 1), &std::pair<Tear, std::string_view>::second);
  if (!item || found == tears.end()) return std::nullopt;
  return TornItem{*item, found->first};
}

}  // namespace

std::string_view to_string(Tear tear) {
  return std::ranges::find(tears, tear, &std::pair<Tear, std::string_view>::first)->second;
}

std::string to_text(const Survivors& survivors) {
  const bool is_short = survivors.keep.size() <= bits_shown_max;
  std::string text = "keep=" + (is_short ? bits_text(survivors.keep) : digits_text(survivors.keep));
  if (survivors.torn) {
    text += fmt::format(" torn={}:{}", survivors.torn->item, to_string(survivors.torn->tear));
  }
  return text;
}

std::optional<Survivors> survivors_of(std::string_view text) {
  constexpr std::string_view keep = "keep=";
  constexpr std::string_view torn = " torn=";
  if (!text.starts_with(keep)) return std::nullopt;
  const std::size_t space = text.find(' ');
  std::optional<std::vector<bool>> bits = bits_of(text.substr(0, space).substr(keep.size()));
  if (!bits) return std::nullopt;
  Survivors survivors{std::move(*bits), std::nullopt};
  if (space == std::string_view::npos) return survivors;
  if (!text.substr(space).starts_with(torn)) return std::nullopt;
  survivors.torn = torn_of(text.substr(space + torn.size()));
  if (!survivors.torn || survivors.torn->item >= survivors.keep.size()) return std::nullopt;
  if (!survivors.keep[survivors.torn->item]) return std::nullopt;
  return survivors;
}

}  // namespace splitproof::sim
