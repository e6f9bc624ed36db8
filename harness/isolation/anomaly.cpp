#include "harness/isolation/anomaly.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "sim/sql/statement.h"

namespace splitproof::harness {

namespace {

bool is_one_of(const std::vector<std::string>& wanted, const std::string& found) {
  return std::ranges::find(wanted, found) != wanted.end();
}

bool shows(const Symptom& symptom, const AnomalyRun& run) {
  const bool told = std::ranges::all_of(symptom.told, [&](const auto& wanted) {
    const auto found = run.told.find(wanted.first);
    return found != run.told.end() && found->second == wanted.second;
  });
  const bool answered = std::ranges::all_of(symptom.answers, [&](const auto& wanted) {
    const auto found = run.answers.find(wanted.first);
    return found != run.answers.end() && is_one_of(wanted.second, found->second);
  });
  return told && answered && (symptom.finally.empty() || is_one_of(symptom.finally, run.held));
}

}  // namespace

std::string_view to_string(Documented documented) {
  constexpr std::array<std::string_view, 4> words{"ruled-out", "possible", "happens",
                                                  "not-expressible"};
  return words.at(static_cast<std::size_t>(documented));
}

std::string rows_in_words(const sim::Rows& rows) {
  std::vector<std::string> texts;
  for (const sim::Row& row : rows.rows) {
    std::vector<std::string> values;
    for (const sim::Value& value : row) values.push_back(sim::to_string(value));
    texts.push_back(fmt::format("{}", fmt::join(values, ", ")));
  }
  return texts.empty() ? "nothing" : fmt::format("{}", fmt::join(texts, "; "));
}

const Symptom* symptom_of(const AnomalyProgram& anomaly, const AnomalyRun& run) {
  const auto found = std::ranges::find_if(
      anomaly.occurs, [&](const Symptom& symptom) { return shows(symptom, run); });
  return found == anomaly.occurs.end() ? nullptr : &*found;
}

std::string in_words(const AnomalyProgram& anomaly, const Symptom& symptom, const AnomalyRun& run) {
  std::vector<std::string> parts;
  for (const auto& [place, wanted] : symptom.answers) {
    const auto session =
        std::ranges::find(anomaly.sessions, place.session, &AnomalySession::letter);
    parts.push_back(fmt::format("'{}' of session {} answers {}",
                                sim::Statement(session->steps[place.step].sql).name(),
                                place.session, run.answers.at(place)));
  }
  for (const auto& [letter, outcome] : symptom.told) {
    parts.push_back(fmt::format("{} is told {}", letter, sim::to_string(outcome)));
  }
  if (!symptom.finally.empty()) {
    parts.push_back(fmt::format("at the end the database holds {}", run.held));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace splitproof::harness
