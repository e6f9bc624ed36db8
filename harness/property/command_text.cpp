// Commands as words of a plan, and back.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>

#include "harness/property/command.h"
#include "sim/aggregator/daily_row.h"

namespace splitproof::harness {

namespace {

constexpr std::string_view examples =
    "transfer(r1,A,B,3.00), post(r1,A,-2.50), open(A,10.00), add(visits,5), "
    "collect(2025-08-31,2), aggregate(2025-08,2025-09-01), refresh(2025-09-01), "
    "retention(2025-12-01) or row(c1,google,2025-08-31,12.00)";

// Thrown inside this file only.
struct Refused {
  std::string why;
};

[[noreturn]] void refuse(std::string_view found, std::string_view expected) {
  throw Refused{fmt::format("found '{}', expected {}", found, expected)};
}

std::int64_t number_of(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || value < least || value > most) {
    refuse(text, fmt::format("a whole number from {} to {}", least, most));
  }
  return value;
}

// Far from what a balance of many of them could overflow.
constexpr std::int64_t amount_max = 1'000'000'000'000;

sim::Money money_of(std::string_view text) {
  const std::optional<sim::Money> money = sim::parse_money(text);
  if (!money || money->minor > amount_max || money->minor < -amount_max) {
    refuse(text, "an amount like 12.34");
  }
  return *money;
}

std::string name_of(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
  if (text.empty() || !plain) refuse(text, "a name of letters, digits, '_', '-' and '.'");
  return std::string(text);
}

template <class T, class E>
T taken(sim::Result<T, E> parsed) {
  if (!parsed.ok()) throw Refused{parsed.error().message};
  return std::move(parsed).value();
}

sim::Day day_of(std::string_view text) { return taken(sim::parse_day(text)); }
sim::Month month_of(std::string_view text) { return taken(sim::parse_month(text)); }

std::variant<sim::Day, ZonedInstant> when_of(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return day_of(text);
  ZonedInstant when;
  when.at = taken(sim::parse_instant(text.substr(0, at)));
  when.zone = taken(sim::TimeZone::find(text.substr(at + 1))).name();
  return when;
}

using Words = std::vector<std::string_view>;

Command row_of(const Words& words) {
  SaveRow row;
  row.client = name_of(words[0]);
  row.platform = name_of(words[1]);
  if (row.platform != "google" && row.platform != "meta") {
    refuse(words[1], "the platform google or meta");
  }
  row.when = when_of(words[2]);
  for (std::size_t i = 3; i < words.size(); ++i) {
    std::int64_t& number = row.numbers.at(i - 3);
    number = row_numbers.at(i - 3).money ? money_of(words[i]).minor
                                         : number_of(words[i], 0, sim::daily_number_max);
    if (number < 0) refuse(words[i], "an amount of at least 0.00");
  }
  return row;
}

Command collect_of(const Words& words) {
  CollectDay command{.day = day_of(words[0])};
  command.clients = static_cast<int>(number_of(words[1], 1, clients_max));
  if (words.size() > 2) command.variation = static_cast<int>(number_of(words[2], 0, 1000));
  return command;
}

struct Form {
  std::size_t words_min;
  std::size_t words_max;
  std::function<Command(const Words&)> read;
};

const std::map<std::string_view, Form>& forms() {
  static const std::map<std::string_view, Form> all{
      {"transfer",
       {4, 4,
        [](const Words& w) -> Command {
          return Transfer{name_of(w[0]), name_of(w[1]), name_of(w[2]), money_of(w[3])};
        }}},
      {"post",
       {3, 3,
        [](const Words& w) -> Command {
          return Post{name_of(w[0]), name_of(w[1]), money_of(w[2])};
        }}},
      {"open",
       {2, 2,
        [](const Words& w) -> Command {
          return OpenAccount{name_of(w[0]), money_of(w[1])};
        }}},
      {"add",
       {2, 2,
        [](const Words& w) -> Command {
          return AddToCounter{name_of(w[0]), number_of(w[1], -amount_max, amount_max)};
        }}},
      {"collect", {2, 3, collect_of}},
      {"aggregate",
       {2, 2,
        [](const Words& w) -> Command {
          return AggregateMonth{month_of(w[0]), day_of(w[1])};
        }}},
      {"refresh", {1, 1, [](const Words& w) -> Command { return RefreshCache{day_of(w[0])}; }}},
      {"retention", {1, 1, [](const Words& w) -> Command { return ApplyRetention{day_of(w[0])}; }}},
      {"row", {4, 3 + row_numbers.size(), row_of}},
  };
  return all;
}

Words split(std::string_view text) {
  Words words;
  std::size_t begin = 0;
  for (std::size_t comma = 0; comma != std::string_view::npos; begin = comma + 1) {
    comma = text.find(',', begin);
    words.push_back(text.substr(begin, comma == std::string_view::npos ? comma : comma - begin));
  }
  return words;
}

// The instant in UTC; it was read with whole seconds.
std::string text_of(const ZonedInstant& when) {
  const auto day = std::chrono::floor<std::chrono::days>(when.at);
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(when.at - day)};
  return fmt::format("{}T{:02}:{:02}:{:02}Z@{}", sim::to_string(sim::Day{day}),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     when.zone);
}

struct Text {
  std::string operator()(const Transfer& c) const {
    return fmt::format("transfer({},{},{},{})", c.reference, c.from, c.to,
                       sim::to_string(c.amount));
  }
  std::string operator()(const Post& c) const {
    return fmt::format("post({},{},{})", c.reference, c.account, sim::to_string(c.amount));
  }
  std::string operator()(const OpenAccount& c) const {
    return fmt::format("open({},{})", c.account, sim::to_string(c.balance));
  }
  std::string operator()(const AddToCounter& c) const {
    return fmt::format("add({},{})", c.counter, c.amount);
  }
  std::string operator()(const CollectDay& c) const {
    const std::string day = sim::to_string(c.day);
    if (c.variation == 0) return fmt::format("collect({},{})", day, c.clients);
    return fmt::format("collect({},{},{})", day, c.clients, c.variation);
  }
  std::string operator()(const AggregateMonth& c) const {
    return fmt::format("aggregate({},{})", sim::to_string(c.month), sim::to_string(c.today));
  }
  std::string operator()(const RefreshCache& c) const {
    return fmt::format("refresh({})", sim::to_string(c.today));
  }
  std::string operator()(const ApplyRetention& c) const {
    return fmt::format("retention({})", sim::to_string(c.today));
  }
  std::string operator()(const SaveRow& c) const {
    const auto* day = std::get_if<sim::Day>(&c.when);
    std::string text = fmt::format(
        "row({},{},{}", c.client, c.platform,
        day != nullptr ? sim::to_string(*day) : text_of(std::get<ZonedInstant>(c.when)));
    std::size_t end = c.numbers.size();
    while (end > 1 && c.numbers.at(end - 1) == 0) --end;
    for (std::size_t i = 0; i < end; ++i) {
      const std::int64_t number = c.numbers.at(i);
      text += row_numbers.at(i).money ? "," + sim::to_string(sim::Money{number})
                                      : fmt::format(",{}", number);
    }
    return text + ")";
  }
};

}  // namespace

std::string to_string(const Command& command) { return std::visit(Text{}, command); }

sim::Result<Command, std::string> parse_command(std::string_view word) {
  const std::size_t open = word.find('(');
  const auto form = forms().find(word.substr(0, open));
  if (open == std::string_view::npos || !word.ends_with(')') || form == forms().end()) {
    return fmt::format("found '{}', expected an operation like {}", word, examples);
  }
  const Words words = split(word.substr(open + 1, word.size() - open - 2));
  const auto& [words_min, words_max, read] = form->second;
  if (words.size() < words_min || words.size() > words_max) {
    return fmt::format("found '{}' with {} words in brackets, expected {}; operations read like {}",
                       word, words.size(),
                       words_min == words_max ? fmt::format("{}", words_min)
                                              : fmt::format("{} to {}", words_min, words_max),
                       examples);
  }
  try {
    return read(words);
  } catch (const Refused& refused) {
    return fmt::format("in '{}': {}", word, refused.why);
  }
}

}  // namespace splitproof::harness
