#include "harness/property/model_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace splitproof::harness {

namespace {

std::string tables_in_words(const std::vector<TableDifference>& differences) {
  std::string text;
  for (const TableDifference& difference : differences) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", difference.table);
  }
  return text;
}

class Comparer {
 public:
  Comparer(const PropertyRun& run, const Model& initial, const Comparison& comparison)
      : run_(run), comparison_(comparison), digests_(comparison), possible_{initial} {}

  std::optional<Disagreement> compare() {
    const RunRecord& record = run_.record;
    const std::size_t first = record.first.size();
    const std::size_t once_retried =
        first + static_cast<std::size_t>(std::ranges::count_if(record.first, [](const Told& told) {
          return told.outcome != sim::Outcome::committed;
        }));
    const std::vector<Told>& all = record.history.told;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i == first && !holds(record.after, "when the faults stopped")) return found_;
      if (i == once_retried && record.after_retry != nullptr &&
          !holds(record.after_retry, "after one retry")) {
        return found_;
      }
      if (!told(all[i])) return found_;
    }
    if (!holds(record.finally, all.size() > first ? "after the retries" : "in the end")) {
      return found_;
    }
    return std::nullopt;
  }

 private:
  bool struck(const Told& told) const {
    return std::ranges::any_of(run_.record.history.events, [&](const Event& event) {
      return event.attempt == told.attempt && !event.struck.empty();
    });
  }

  std::string named(const Told& told) const {
    return fmt::format("'{}' {}", in_words(command(told)),
                       told.retry ? "was tried again and the client" : "was done and the client");
  }

  const Command& command(const Told& told) const {
    return run_.commands.at(static_cast<std::size_t>(told.operation));
  }

  bool disagree(std::string because) {
    found_.because = std::move(because);
    return false;
  }

  // Carries the possible contents over the attempt; false when it cannot have ended so.
  bool told(const Told& told) {
    if (!told.left_open.empty()) {
      return disagree(fmt::format("{} was told {}, but it left behind: {}", named(told),
                                  sim::to_string(told.outcome), told.left_open.front()));
    }
    switch (told.outcome) {
      case sim::Outcome::committed:
        return committed(told);
      case sim::Outcome::aborted:
        return struck(told) || refused(told);
      case sim::Outcome::indeterminate:
        return indeterminate(told);
    }
    return false;
  }

  bool committed(const Told& told) {
    std::string refusal;
    const std::set<Model> next = applied(told, refusal);
    if (next.empty()) {
      return disagree(
          fmt::format("{} was told committed; it must be refused: {}", named(told), refusal));
    }
    possible_ = next;
    return true;
  }

  // Nothing struck, and yet the client was told aborted: only a refusal may be the reason.
  bool refused(const Told& told) {
    const std::set<Model> before = possible_;
    std::erase_if(possible_,
                  [&](const Model& model) { return model.refusal(command(told)).empty(); });
    if (possible_.empty()) {
      return disagree(
          fmt::format("{} was told aborted although nothing struck and nothing speaks "
                      "against it: {}",
                      named(told), told.why));
    }
    const auto& kind = run_.kinds.at(static_cast<std::size_t>(told.attempt - 1));
    if (kind == sim::ErrorKind::invalid) return true;
    return disagree(
        fmt::format("{} was refused, but with an error of kind {} instead of invalid: "
                    "{}",
                    named(told), kind ? sim::to_string(*kind) : "none", told.why));
  }

  bool indeterminate(const Told& told) {
    if (!struck(told)) {
      return disagree(fmt::format("{} was told indeterminate although nothing struck: {}",
                                  named(told), told.why));
    }
    std::string refusal;
    possible_.merge(applied(told, refusal));
    return true;
  }

  // The contents in which the command is not refused, with it applied.
  std::set<Model> applied(const Told& told, std::string& refusal) const {
    std::set<Model> next;
    for (const Model& model : possible_) {
      const std::string why = model.refusal(command(told));
      if (!why.empty()) {
        refusal = why;
        continue;
      }
      Model after = model;
      after.apply(command(told));
      next.insert(std::move(after));
    }
    return next;
  }

  // Keeps the possible contents that the database holds.
  bool holds(const std::shared_ptr<const Observation>& observation, const char* when) {
    const std::string digest = digests_.of(observation->state);
    std::set<Model> held;
    for (const Model& model : possible_) {
      if (digests_.of(model.tables(observation->state)) == digest) held.insert(model);
    }
    if (held.empty()) return nothing_held(observation, when);
    possible_ = std::move(held);
    return true;
  }

  // Tells the difference to the nearest of the possible contents.
  bool nothing_held(const std::shared_ptr<const Observation>& observation, const char* when) {
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const Model& model : possible_) {
      State expected = model.tables(observation->state);
      const std::size_t rows = distance(expected, observation->state, comparison_);
      if (rows >= least) continue;
      least = rows;
      found_.expected = std::move(expected);
    }
    found_.found = observation;
    return disagree(fmt::format(
        "{}, the database holds something else than the model: {} rows differ, in {}", when, least,
        tables_in_words(differences(found_.expected, observation->state, comparison_, 1))));
  }

  const PropertyRun& run_;
  const Comparison& comparison_;
  StateDigests digests_;
  std::set<Model> possible_;
  Disagreement found_;
};

}  // namespace

std::optional<Disagreement> disagreement(const PropertyRun& run, const Model& initial,
                                         const Comparison& comparison) {
  return Comparer(run, initial, comparison).compare();
}

}  // namespace splitproof::harness
