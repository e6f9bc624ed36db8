// The oracle of interleavings.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/check/anomaly.h"
#include "harness/oracle/oracles.h"

namespace splitproof::harness {

namespace {

using sim::Outcome;

// Which operations count as run.
struct Committed {
  unsigned must = 0;
  unsigned may = 0;
};

Committed committed_in(const RunRecord& run) {
  Committed committed;
  for (const Told& told : run.first) {
    const unsigned bit = 1U << static_cast<unsigned>(told.operation);
    if (told.outcome != Outcome::aborted) committed.may |= bit;
    if (told.outcome == Outcome::committed) committed.must |= bit;
  }
  return committed;
}

std::string order_in_words(const SerialRun& serial, const References& references) {
  std::string text;
  for (const int operation : serial.order) {
    if (!text.empty()) text += ", then ";
    text += in_words(operation, references);
  }
  return text.empty() ? "nothing at all" : text;
}

// The first answer that the run gave and the serial run does not; none where all are alike. Only
// what was told committed was answered anything that counts.
struct OtherAnswer {
  int operation = 0;
  std::string statement;
};

std::optional<OtherAnswer> other_answer(const RunRecord& run, const SerialRun& serial,
                                        const References& references) {
  for (const Told& told : run.first) {
    if (told.outcome != Outcome::committed) continue;
    const std::vector<Answered> ours =
        answers_of(run.history, told.attempt, references.answers_left_out);
    const std::vector<Answered>& theirs = serial.answers.at(told.operation);
    for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
      const bool alike = i < ours.size() && i < theirs.size() && ours[i] == theirs[i];
      if (!alike)
        return OtherAnswer{told.operation, (i < ours.size() ? ours : theirs)[i].statement};
    }
  }
  return std::nullopt;
}

// The one operation without which a clean run ends in what the database holds: its update is lost.
std::optional<int> lost_operation(const RunRecord& run, const References& references,
                                  const Committed& committed) {
  if (committed.may != committed.must) return std::nullopt;
  for (const Told& told : run.first) {
    const unsigned bit = 1U << static_cast<unsigned>(told.operation);
    if ((committed.must & bit) == 0) continue;
    const bool without = std::ranges::any_of(references.serial, [&](const SerialRun& serial) {
      return serial.set == (committed.must & ~bit) && serial.held->digest == run.after->digest;
    });
    if (without) return told.operation;
  }
  return std::nullopt;
}

std::string told_in_words(const RunRecord& run, const References& references) {
  std::string text;
  for (const Told& told : run.first) {
    if (!text.empty()) text += "; ";
    text +=
        fmt::format("{}: {}", in_words(told.operation, references), sim::to_string(told.outcome));
  }
  return text;
}

Violation begin_violation(const Committed& committed) {
  Violation violation;
  violation.oracle = "serializable";
  violation.claim =
      "What sessions do at once ends as some order of them, one after the other, would end.";
  violation.right = {committed.must};
  return violation;
}

std::vector<Violation> circle_of_rows(const RunRecord& run, const References& references,
                                      const Committed& committed) {
  if (!run.dependencies || !run.dependencies->anomaly || !is_proof(*run.dependencies->anomaly)) {
    return {};
  }
  Violation violation = begin_violation(committed);
  violation.anomaly = run.dependencies->anomaly->name;
  violation.because =
      fmt::format("The clients were told {}. It is {}: {}.", told_in_words(run, references),
                  violation.anomaly, in_words(violation.anomaly));
  return {violation};
}

}  // namespace

std::vector<Violation> serializable(const RunRecord& run, const References& references) {
  if (!run.interleaved) return {};
  const Committed committed = committed_in(run);
  if (references.by_dependencies) return circle_of_rows(run, references, committed);
  Violation violation = begin_violation(committed);
  std::string why_not;
  for (const SerialRun& serial : references.serial) {
    const bool legal =
        (serial.set & committed.must) == committed.must && (serial.set & ~committed.may) == 0;
    if (!legal) continue;
    violation.right_states.push_back(serial.held);
    if (serial.held->digest != run.after->digest) continue;
    const std::optional<OtherAnswer> other = other_answer(run, serial, references);
    if (!other) return {};
    if (why_not.empty()) {
      why_not = fmt::format(
          "The database holds what {} leave, but then {} would have been answered something else "
          "at '{}'.",
          order_in_words(serial, references), in_words(other->operation, references),
          other->statement);
    }
  }
  violation.because = fmt::format("The clients were told {}. ", told_in_words(run, references));
  if (!why_not.empty()) {
    violation.because += why_not;
  } else if (const std::optional<int> lost = lost_operation(run, references, committed)) {
    violation.anomaly = "P4";
    violation.because += fmt::format(
        "The database holds what it would hold if {} had never run: its update is lost.",
        in_words(*lost, references));
  } else {
    violation.because += fmt::format("None of the {} serial orders of what was committed ends so.",
                                     violation.right_states.size());
  }
  return {violation};
}

}  // namespace splitproof::harness
