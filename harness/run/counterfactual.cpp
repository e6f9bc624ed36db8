#include "harness/run/counterfactual.h"

#include <fmt/format.h>

#include "harness/history/seen.h"

namespace splitproof::harness {

namespace {

std::string row_text(const std::optional<sim::Row>& row) {
  if (!row) return "nothing";
  std::string text;
  for (const sim::Value& value : *row) {
    text += fmt::format("{}:{},", value.index(), sim::to_string(value));
  }
  return text;
}

}  // namespace

Counterfactual::Counterfactual(World& world, const Shape& shape, const ItemRows& image)
    : world_(world), shape_(shape), image_(image), writer_(world, shape) {}

Counterfactual::~Counterfactual() {
  if (session_ != nullptr) world_.take_back(std::move(session_), false);
}

std::optional<std::string> Counterfactual::effect(const sim::Statement& statement,
                                                  const ItemRows& rows) {
  ++asked_;
  if (session_ == nullptr) {
    sim::Answer<std::unique_ptr<sim::Session>> lent = world_.lend();
    if (!lent.ok()) return std::nullopt;
    session_ = std::move(lent).value();
  }
  if (!session_->execute("BEGIN").ok()) return std::nullopt;
  std::optional<std::string> found = effect_in_transaction(statement, rows);
  static_cast<void>(session_->execute("ROLLBACK").ok());
  return found;
}

std::optional<std::string> Counterfactual::effect_in_transaction(const sim::Statement& statement,
                                                                 const ItemRows& rows) {
  for (const ItemChange& change : changes(image_, rows)) {
    if (!writer_.write(*session_, change).ok()) return std::nullopt;
  }
  const sim::Answer<sim::Rows> answer = session_->execute(statement);
  if (!answer.ok()) return "error " + answer.error().native_code;
  std::string text = digest_of_answer(answer);
  if (statement.kind() == sim::StatementKind::read) return text;
  const sim::Answer<State> left = world_.view(*session_);
  if (!left.ok()) return std::nullopt;
  for (const ItemChange& change : changes(rows, rows_by_item(left.value(), shape_))) {
    text += fmt::format("; {}: {} to {}", to_string(change.item), row_text(change.from),
                        row_text(change.to));
  }
  return text;
}

}  // namespace splitproof::harness
