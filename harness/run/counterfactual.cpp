#include "harness/run/counterfactual.h"

#include <algorithm>
#include <iterator>

#include "harness/history/seen.h"

namespace splitproof::harness {

Counterfactual::Counterfactual(World& world, const Shape& shape, const ItemRows& image)
    : world_(world), shape_(shape), image_(image), writer_(world, shape) {}

Counterfactual::~Counterfactual() {
  if (session_ != nullptr) world_.take_back(std::move(session_), false);
}

std::optional<Effect> Counterfactual::effect(const std::vector<Question>& questions) {
  ++asked_;
  if (session_ == nullptr) {
    sim::Answer<std::unique_ptr<sim::Session>> lent = world_.lend();
    if (!lent.ok()) return std::nullopt;
    session_ = std::move(lent).value();
  }
  if (!session_->execute("BEGIN").ok()) return std::nullopt;
  std::optional<Effect> found = effect_in_transaction(questions);
  static_cast<void>(session_->execute("ROLLBACK").ok());
  return found;
}

std::optional<Effect> Counterfactual::effect_in_transaction(
    const std::vector<Question>& questions) {
  Effect effect;
  ItemRows held = image_;
  for (const auto& [statement, rows] : questions) {
    for (const ItemChange& change : changes(held, *rows)) {
      if (!writer_.write(*session_, change).ok()) return std::nullopt;
    }
    held = *rows;
    const sim::Answer<sim::Rows> answer = session_->execute(*statement);
    effect.is_error = !answer.ok();
    effect.answers += (answer.ok() ? digest_of_answer(answer) : answer.error().native_code) + ";";
    if (!answer.ok()) return effect;
    if (statement->kind() == sim::StatementKind::read) continue;
    const sim::Answer<State> left = world_.view(*session_);
    if (!left.ok()) return std::nullopt;
    ItemRows now = rows_by_item(left.value(), shape_);
    std::ranges::move(changes(held, now), std::back_inserter(effect.changes));
    held = std::move(now);
  }
  return effect;
}

}  // namespace splitproof::harness
