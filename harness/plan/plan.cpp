#include "harness/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace splitproof::harness {

namespace {

constexpr std::string_view clean_text = "clean";
constexpr std::string_view retry_text = "retry";
constexpr std::string_view order_prefix = "order=";
constexpr std::string_view example = "a strike reads like a3=drop or a3+=error:53100";
constexpr std::string_view order_example = "an order reads like order=a2b3a or order=a1b!a";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_client(char c) { return c >= 'a' && c <= 'z'; }

std::string to_string(const Strike& strike) {
  return fmt::format("{}{}{}={}", name_of_client(strike.client), strike.statement,
                     strike.persistent ? "+" : "", to_string(strike.fault));
}

std::string to_string(const std::vector<Turn>& order) {
  std::string text(order_prefix);
  for (const Turn& turn : order) {
    if (turn.refused) text += '!';
    text += turn.session;
    if (turn.steps > 0) text += fmt::format("{}", turn.steps);
  }
  return text;
}

// Reads one line; every function answers the first error.
class Parser {
 public:
  sim::Result<Plan, PlanError> parse(std::string_view text) {
    std::size_t begin = 0;
    while ((begin = text.find_first_not_of(' ', begin)) != std::string_view::npos) {
      const std::size_t end = std::min(text.find(' ', begin), text.size());
      const int column = static_cast<int>(begin) + 1;
      if (auto error = word(text.substr(begin, end - begin), column)) return *std::move(error);
      begin = end;
    }
    const bool nothing = plan_ == Plan{};
    if (clean_ && (retry_ || !plan_.strikes.empty() || !plan_.order.empty())) {
      return PlanError{1, "'clean' means that nothing strikes; it stands alone"};
    }
    if (!clean_ && nothing) {
      return PlanError{1, fmt::format("the plan is empty; write 'clean' for a run in which nothing "
                                      "strikes; {}",
                                      example)};
    }
    return std::move(plan_);
  }

 private:
  std::optional<PlanError> word(std::string_view word, int column) {
    if (word == clean_text) {
      clean_ = true;
      return std::nullopt;
    }
    if (word == retry_text) {
      if (retry_) return PlanError{column, "found 'retry' a second time; expected it once"};
      retry_ = true;
      return std::nullopt;
    }
    if (word.starts_with(order_prefix)) return order(word, column);
    if (word.find('(') != std::string_view::npos) return operation(word, column);
    return strike(word, column);
  }

  std::optional<PlanError> operation(std::string_view word, int column) {
    if (!word.ends_with(')')) {
      return PlanError{column, fmt::format("found '{}', expected an operation like "
                                           "post(r1,A,2.50), without blanks",
                                           word)};
    }
    plan_.operations.emplace_back(word);
    return std::nullopt;
  }

  std::optional<PlanError> order(std::string_view word, int column) {
    if (!plan_.order.empty()) {
      return PlanError{column, "found an order a second time; expected one"};
    }
    const char* at = word.data() + order_prefix.size();
    const char* const end = word.data() + word.size();
    while (at != end) {
      Turn turn;
      turn.refused = *at == '!';
      if (turn.refused) ++at;
      if (at == end || !is_client(*at)) {
        const int offset = static_cast<int>(at - word.data());
        return PlanError{column + offset,
                         fmt::format("expected a session's letter; {}", order_example)};
      }
      turn.session = *at++;
      if (!turn.refused && at != end && is_digit(*at)) {
        const auto [after, failure] = std::from_chars(at, end, turn.steps);
        if (failure != std::errc{} || turn.steps < 1) {
          return PlanError{column + static_cast<int>(at - word.data()),
                           fmt::format("found '{}', expected how many steps it takes, from 1; {}",
                                       std::string_view(at - 1, after), order_example)};
        }
        at = after;
      }
      plan_.order.push_back(turn);
    }
    if (plan_.order.empty()) {
      return PlanError{column, fmt::format("the order is empty; {}", order_example)};
    }
    return std::nullopt;
  }

  std::optional<PlanError> strike(std::string_view word, int column) {
    const auto fail = [&](std::size_t offset, std::string message) {
      return PlanError{column + static_cast<int>(offset), std::move(message)};
    };
    if (!is_client(word.front())) {
      return fail(0, fmt::format("found '{}', expected a client's letter; {}", word, example));
    }
    char client = word.front();
    for (const char machine : {disk_client, memory_client}) {
      if (word.starts_with(name_of_client(machine))) client = machine;
    }
    const std::size_t number_at = name_of_client(client).size();
    int statement = 0;
    const char* const end = word.data() + word.size();
    const auto [after, failure] = std::from_chars(word.data() + number_at, end, statement);
    if (failure != std::errc{} || statement < 1) {
      return fail(number_at,
                  fmt::format("expected the number of a statement, from 1; {}", example));
    }
    std::string_view rest(after, static_cast<std::size_t>(end - after));
    const bool persistent = rest.starts_with('+');
    if (persistent) rest.remove_prefix(1);
    const auto offset = [&] { return static_cast<std::size_t>(rest.data() - word.data()); };
    if (!rest.starts_with('=')) return fail(offset(), fmt::format("expected '='; {}", example));
    rest.remove_prefix(1);
    std::optional<Fault> fault = parse_fault(rest);
    if (!fault) {
      return fail(
          offset(),
          fmt::format("found '{}', expected error:CODE, error:CODE+rollback, power:keep=BITS, {}",
                      rest, fault_words()));
    }
    plan_.strikes.push_back({client, statement, *std::move(fault), persistent, retry_});
    return std::nullopt;
  }

  Plan plan_;
  bool clean_ = false;
  bool retry_ = false;
};

}  // namespace

std::string to_string(const Plan& plan) {
  std::string text;
  const auto add = [&text](std::string_view word) {
    if (!text.empty()) text += ' ';
    text += word;
  };
  for (const std::string& operation : plan.operations) add(operation);
  if (!plan.order.empty()) add(to_string(plan.order));
  bool in_retry = false;
  for (const Strike& strike : plan.strikes) {
    if (strike.in_retry && !in_retry) add(retry_text);
    in_retry = strike.in_retry;
    add(to_string(strike));
  }
  if (plan.strikes.empty() && plan.order.empty()) add(clean_text);
  return text;
}

sim::Result<Plan, PlanError> parse_plan(std::string_view text) { return Parser().parse(text); }

bool needs_process(const Strike& strike) {
  return strike.client != disk_client && needs_process(strike.fault);
}

const Strike* judge(const Plan& plan, const FaultPoint& point) {
  for (const Strike& strike : plan.strikes) {
    if (strike.client != point.client || strike.in_retry != point.in_retry) continue;
    if (point.statement < strike.statement) continue;
    if (point.statement > strike.statement && !strike.persistent) continue;
    if (can_strike(strike.fault, point)) return &strike;
  }
  return nullptr;
}

}  // namespace splitproof::harness
