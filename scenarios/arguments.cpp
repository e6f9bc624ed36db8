#include "scenarios/arguments.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace splitproof::scenarios {

namespace {

template <class T>
T understood(const std::string& key, const sim::Result<T, sim::PeriodError>& parsed) {
  if (parsed.ok()) return parsed.value();
  throw Refused{fmt::format("argument '{}': {}", key, parsed.error().message)};
}

}  // namespace

std::string Arguments::text(const std::string& key) {
  const auto found = left_.find(key);
  if (found == left_.end()) {
    throw Refused{fmt::format("operation '{}' needs the argument '{}'", spec_.run, key)};
  }
  std::string value = found->second;
  left_.erase(found);
  return value;
}

std::string Arguments::text_or(const std::string& key, const std::string& otherwise) {
  return left_.contains(key) ? text(key) : otherwise;
}

std::int64_t Arguments::number(const std::string& key) {
  const std::string value = text(key);
  const char* const end = value.data() + value.size();
  std::int64_t number = 0;
  const auto [parsed, failure] = std::from_chars(value.data(), end, number);
  if (failure != std::errc{} || parsed != end) {
    throw Refused{fmt::format("argument '{}': found '{}', expected a whole number", key, value)};
  }
  return number;
}

sim::Money Arguments::money(const std::string& key) {
  const std::string value = text(key);
  const std::optional<sim::Money> amount = sim::parse_money(value);
  if (amount) return *amount;
  throw Refused{
      fmt::format("argument '{}': found '{}', expected an amount like 12.34", key, value)};
}

sim::Month Arguments::month(const std::string& key) {
  return understood(key, sim::parse_month(text(key)));
}

sim::Day Arguments::day(const std::string& key) {
  return understood(key, sim::parse_day(text(key)));
}

void Arguments::finish() const {
  if (left_.empty()) return;
  throw Refused{
      fmt::format("operation '{}' has no argument '{}'", spec_.run, left_.begin()->first)};
}

}  // namespace splitproof::scenarios
