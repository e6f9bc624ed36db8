#include "reports/ledger_reader.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

namespace splitproof::reports {

namespace {

using Json = nlohmann::json;

// Leaves the reader at the first value that cannot be used; parse_ledger catches it.
struct Unusable {
  ReportError error;
};

class Line {
 public:
  Line(std::string_view text, std::size_t number)
      : value_(Json::parse(text, nullptr, false)), place_(fmt::format("line {}", number)) {
    if (!value_.is_object()) {
      throw Unusable{{place_, "found no JSON object, expected one for each run"}};
    }
  }

  // The objects of a list that not every run has; none where it is missing.
  std::vector<Line> list_if_there(const std::string& key) const {
    std::vector<Line> parts;
    const auto found = value_.find(key);
    if (found == value_.end()) return parts;
    for (const Json& part : *found) {
      parts.push_back(Line(part, fmt::format("{}/{}/{}", place_, key, parts.size())));
    }
    return parts;
  }

  std::optional<Line> object_if_there(const std::string& key) const {
    const auto found = value_.find(key);
    if (found == value_.end()) return std::nullopt;
    return Line(*found, fmt::format("{}/{}", place_, key));
  }

  // Leaves `to` as it is where the key is missing.
  template <class T>
  void read_if_there(const char* key, const char* expected, T& to) const {
    if (value_.contains(key)) to = value<T>(key, expected);
  }

  template <class T>
  T value(const char* key, const char* expected) const {
    const auto found = value_.find(key);
    const std::string place = fmt::format("{}/{}", place_, key);
    if (found == value_.end()) throw Unusable{{place, "found nothing, expected this key"}};
    const auto refuse = [&] {
      throw Unusable{{place, fmt::format("found {}, expected {}", found->type_name(), expected)}};
    };
    // A fraction or a flag would be taken for a whole number.
    constexpr bool whole_number = std::is_integral_v<T> && !std::is_same_v<T, bool>;
    if (whole_number && !found->is_number_integer()) refuse();
    try {
      return found->get<T>();
    } catch (const Json::exception&) {
      refuse();
    }
    return {};
  }

 private:
  Line(const Json& value, std::string place) : value_(value), place_(std::move(place)) {
    if (!value_.is_object()) {
      throw Unusable{{place_, "found no JSON object, expected one in each place of the list"}};
    }
  }

  Json value_;
  std::string place_;
};

harness::LedgerTransaction transaction_of(const Line& line) {
  harness::LedgerTransaction one;
  one.operation = line.value<int>("operation", "a whole number");
  one.retry = line.value<bool>("retry", "true or false");
  one.connection = line.value<int>("connection", "a whole number");
  one.statements = line.value<std::vector<std::string>>("statements", "a list of strings");
  one.told = line.value<std::string>("told", "a string");
  one.held = line.value<std::string>("held", "a string");
  one.known_by = line.value<std::string>("known_by", "a string");
  return one;
}

harness::LedgerImages images_of(const Line& line) {
  return {line.value<std::string>("held", "a string"),
          line.value<std::int64_t>("images", "a whole number"),
          line.value<std::string>("plan", "a string")};
}

using Texts = std::vector<std::string>;

harness::LedgerStrike strike_of(const Line& line) {
  return {line.value<std::string>("fault", "a string"),
          line.value<std::string>("client", "a string"),
          line.value<int>("operation", "a whole number"),
          line.value<std::string>("statement", "a string")};
}

harness::LedgerBreach breach_of(const Line& line) {
  return {line.value<std::string>("invariant", "a string"),
          line.value<bool>("always", "true or false"),
          line.value<bool>("after_retries", "true or false")};
}

// What older programs did not write.
void read_what_oracles_go_by(const Line& line, harness::LedgerEntry& entry) {
  line.read_if_there("bench", "a whole number", entry.bench);
  line.read_if_there("interleaved", "true or false", entry.interleaved);
  line.read_if_there("answers", "a list of strings", entry.answers);
  for (const Line& part : line.list_if_there("struck")) entry.struck.push_back(strike_of(part));
  line.read_if_there("retry_told", "a list of strings", entry.retry_told);
  line.read_if_there("retry_held", "a string", entry.retry_held);
  line.read_if_there("left_open", "a list of strings", entry.left_open);
  for (const Line& part : line.list_if_there("sights")) {
    entry.sights.push_back(
        {part.value<std::string>("kind", "a string"), part.value<std::string>("seen", "a string")});
  }
  for (const Line& part : line.list_if_there("breaches")) {
    entry.breaches.push_back(breach_of(part));
  }
  line.read_if_there("damaged", "a string", entry.damaged);
  line.read_if_there("failed_commit", "true or false", entry.failed_commit);
  if (const std::optional<Line> found = line.object_if_there("dependencies")) {
    entry.dependencies = {found->value<std::string>("anomaly", "a string"),
                          found->value<bool>("proof", "true or false")};
  }
}

harness::LedgerEntry entry_of(const Line& line) {
  harness::LedgerEntry entry;
  entry.scenario = line.value<std::string>("scenario", "a string");
  entry.variant = line.value<std::string>("variant", "a string");
  entry.target = line.value<std::string>("target", "a string");
  entry.purpose = line.value<std::string>("purpose", "a string");
  entry.plan = line.value<std::string>("plan", "a string");
  entry.operations = line.value<std::vector<int>>("operations", "a list of whole numbers");
  entry.fired = line.value<std::int64_t>("fired", "a whole number");
  entry.told = line.value<Texts>("told", "a list of strings");
  entry.held = line.value<std::string>("held", "a string");
  entry.retried = line.value<Texts>("retried", "a list of strings");
  entry.finally = line.value<std::string>("finally", "a string");
  entry.broken = line.value<Texts>("broken", "a list of strings");
  for (const Line& part : line.list_if_there("transactions")) {
    entry.transactions.push_back(transaction_of(part));
  }
  for (const Line& part : line.list_if_there("images")) {
    entry.images.push_back(images_of(part));
  }
  read_what_oracles_go_by(line, entry);
  return entry;
}

}  // namespace

std::variant<std::vector<harness::LedgerEntry>, ReportError> parse_ledger(std::string_view text) {
  std::vector<harness::LedgerEntry> entries;
  std::size_t number = 0;
  try {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      entries.push_back(entry_of(Line(text.substr(0, end), ++number)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  } catch (const Unusable& unusable) {
    return unusable.error;
  }
  return entries;
}

}  // namespace splitproof::reports
