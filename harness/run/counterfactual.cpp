#include "harness/run/counterfactual.h"

#include "harness/history/seen.h"

namespace splitproof::harness {

Counterfactual::Counterfactual(World& world, const Shape& shape, const ItemRows& image)
    : world_(world), shape_(shape), image_(image), writer_(world, shape) {}

Counterfactual::~Counterfactual() {
  if (session_ != nullptr) world_.take_back(std::move(session_), false);
}

std::optional<Effect> Counterfactual::effect(const sim::Statement& statement,
                                             const ItemRows& rows) {
  ++asked_;
  if (session_ == nullptr) {
    sim::Answer<std::unique_ptr<sim::Session>> lent = world_.lend();
    if (!lent.ok()) return std::nullopt;
    session_ = std::move(lent).value();
  }
  if (!session_->execute("BEGIN").ok()) return std::nullopt;
  std::optional<Effect> found = effect_in_transaction(statement, rows);
  static_cast<void>(session_->execute("ROLLBACK").ok());
  return found;
}

std::optional<Effect> Counterfactual::effect_in_transaction(const sim::Statement& statement,
                                                            const ItemRows& rows) {
  for (const ItemChange& change : changes(image_, rows)) {
    if (!writer_.write(*session_, change).ok()) return std::nullopt;
  }
  const sim::Answer<sim::Rows> answer = session_->execute(statement);
  if (!answer.ok()) return Effect{"error " + answer.error().native_code, {}};
  if (statement.kind() == sim::StatementKind::read) return Effect{digest_of_answer(answer), {}};
  const sim::Answer<State> left = world_.view(*session_);
  if (!left.ok()) return std::nullopt;
  return Effect{digest_of_answer(answer), changes(rows, rows_by_item(left.value(), shape_))};
}

}  // namespace splitproof::harness
