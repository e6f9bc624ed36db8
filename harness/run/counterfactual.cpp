#include "harness/run/counterfactual.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "harness/history/seen.h"

namespace splitproof::harness {

namespace {

// Blanks what tells nothing of what a statement read: clocks, what the author left out, and keys
// that the database made for new rows, where they are referred to and answered as well.
class FairView {
 public:
  FairView(const Shape& shape, const Comparison& comparison)
      : shape_(shape), comparison_(comparison) {}

  std::vector<ItemChange> changes(std::vector<ItemChange> all) {
    for (const ItemChange& change : all) note_keys(change);
    std::vector<ItemChange> fair;
    for (ItemChange& change : all) {
      if (comparison_.tables_left_out.contains(change.item.table)) continue;
      const bool is_new = !change.from;
      if (change.from) blank(change.item.table, *change.from, false);
      if (change.to) blank(change.item.table, *change.to, is_new);
      if (change.from == change.to) continue;
      if (is_new) change.item.row.clear();
      fair.push_back(std::move(change));
    }
    std::ranges::sort(fair, {}, [](const ItemChange& change) {
      return std::tie(change.item, change.from, change.to);
    });
    return fair;
  }

  sim::Rows answer(sim::Rows rows) const {
    for (sim::Row& row : rows.rows) {
      for (sim::Value& value : row) {
        if (values_.contains(value)) value = sim::Null{};
      }
    }
    return rows;
  }

 private:
  using Column = std::pair<std::string, std::string>;  // Of a table.

  void note_keys(const ItemChange& change) {
    if (change.from || !change.to) return;
    const TableShape& shape = shape_.at(change.item.table);
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
      if (!shape.generated.contains(shape.columns[i])) continue;
      keys_.emplace(Column(change.item.table, shape.columns[i]), (*change.to)[i]);
      values_.insert((*change.to)[i]);
    }
  }

  void blank(const std::string& table, sim::Row& row, bool is_new) const {
    const TableShape& shape = shape_.at(table);
    const auto out = comparison_.left_out.find(table);
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
      const std::string& column = shape.columns[i];
      const bool left_out = out != comparison_.left_out.end() && out->second.contains(column);
      const bool refers = std::ranges::any_of(shape.foreign_keys, [&](const ForeignKey& key) {
        return key.column == column &&
               keys_.contains({Column(key.table, key.referred_column), row[i]});
      });
      if (left_out || refers || (is_new && shape.generated.contains(column))) row[i] = sim::Null{};
    }
  }

  const Shape& shape_;
  const Comparison& comparison_;
  std::set<std::pair<Column, sim::Value>> keys_;
  std::set<sim::Value> values_;
};

}  // namespace

Counterfactual::Counterfactual(World& world, const Shape& shape, const Comparison& comparison,
                               const ItemRows& image)
    : world_(world), shape_(shape), comparison_(comparison), image_(image), writer_(world, shape) {}

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

// The rows were there, or might have been, whatever rules led to them.
bool Counterfactual::write(const std::vector<ItemChange>& changes) {
  if (changes.empty()) return true;
  if (!world_.obey_rules(*session_, false).ok()) return false;
  const bool written = std::ranges::all_of(
      changes, [&](const ItemChange& change) { return writer_.write(*session_, change).ok(); });
  return world_.obey_rules(*session_, true).ok() && written;
}

std::optional<Effect> Counterfactual::effect_in_transaction(
    const std::vector<Question>& questions) {
  Effect effect;
  ItemRows held = image_;
  FairView fair(shape_, comparison_);
  for (const auto& [statement, rows] : questions) {
    if (!write(changes(held, *rows))) return std::nullopt;
    held = *rows;
    const sim::Answer<sim::Rows> answer = session_->execute(*statement);
    effect.is_error = !answer.ok();
    if (!answer.ok()) {
      effect.answers += answer.error().native_code;
      return effect;
    }
    std::vector<ItemChange>& changed = effect.changes.emplace_back();
    if (statement->kind() == sim::StatementKind::read) {
      effect.answers += digest_of_answer(answer) + ";";
      continue;
    }
    const sim::Answer<State> left = world_.view(*session_);
    if (!left.ok()) return std::nullopt;
    ItemRows now = rows_by_item(left.value(), shape_);
    changed = fair.changes(changes(held, now));
    effect.answers += digest_of_answer(fair.answer(answer.value())) + ";";
    held = std::move(now);
  }
  return effect;
}

}  // namespace splitproof::harness
