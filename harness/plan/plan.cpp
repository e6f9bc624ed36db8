#include "harness/plan/plan.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace splitproof::harness {

namespace {

constexpr std::string_view clean_text = "clean";
constexpr std::string_view example = "a strike reads like a3=drop or a3+=error:53100";

std::string to_string(const Strike& strike) {
  return fmt::format("{}{}{}={}", strike.client, strike.statement, strike.persistent ? "+" : "",
                     to_string(strike.fault));
}

// Appends the strike that one word stands for; `column` is where it begins in the line.
std::optional<PlanError> parse_strike(std::string_view word, int column,
                                      std::vector<Strike>& strikes) {
  const auto fail = [&](std::size_t offset, std::string message) {
    return PlanError{column + static_cast<int>(offset), std::move(message)};
  };
  if (word.front() < 'a' || word.front() > 'z') {
    return fail(0, fmt::format("found '{}', expected a client's letter; {}", word, example));
  }
  int statement = 0;
  const char* const end = word.data() + word.size();
  const auto [after, failure] = std::from_chars(word.data() + 1, end, statement);
  if (failure != std::errc{} || statement < 1) {
    return fail(1, fmt::format("expected the number of a statement, from 1; {}", example));
  }
  std::string_view rest(after, static_cast<std::size_t>(end - after));
  const bool persistent = rest.starts_with('+');
  if (persistent) rest.remove_prefix(1);
  const auto offset = [&] { return static_cast<std::size_t>(rest.data() - word.data()); };
  if (!rest.starts_with('=')) return fail(offset(), fmt::format("expected '='; {}", example));
  rest.remove_prefix(1);
  std::optional<Fault> fault = parse_fault(rest);
  if (!fault) {
    return fail(offset(),
                fmt::format("found '{}', expected error:CODE, error:CODE+rollback, throw, "
                            "throw-after, drop or lose-reply",
                            rest));
  }
  strikes.push_back({word.front(), statement, std::move(*fault), persistent});
  return std::nullopt;
}

}  // namespace

std::string to_string(const Plan& plan) {
  if (plan.strikes.empty()) return std::string(clean_text);
  std::string text;
  for (const Strike& strike : plan.strikes) {
    if (!text.empty()) text += ' ';
    text += to_string(strike);
  }
  return text;
}

sim::Result<Plan, PlanError> parse_plan(std::string_view text) {
  Plan plan;
  bool clean = false;
  std::size_t begin = 0;
  while ((begin = text.find_first_not_of(' ', begin)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const int column = static_cast<int>(begin) + 1;
    begin = end;
    if (word == clean_text) {
      clean = true;
      continue;
    }
    if (auto error = parse_strike(word, column, plan.strikes)) return std::move(*error);
  }
  if (clean && !plan.strikes.empty()) {
    return PlanError{1, "'clean' means that nothing strikes; it stands alone"};
  }
  if (!clean && plan.strikes.empty()) {
    return PlanError{1, fmt::format("the plan is empty; write 'clean' for a run in which nothing "
                                    "strikes; {}",
                                    example)};
  }
  return plan;
}

const Strike* judge(const Plan& plan, const FaultPoint& point) {
  for (const Strike& strike : plan.strikes) {
    if (strike.client != point.client || point.statement < strike.statement) continue;
    if (point.statement > strike.statement && !strike.persistent) continue;
    if (can_strike(strike.fault, point)) return &strike;
  }
  return nullptr;
}

}  // namespace splitproof::harness
