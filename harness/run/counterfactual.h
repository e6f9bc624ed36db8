// What a statement would have done, had the tables held something else.
//
// That is how it is known what a statement read: not from its text, but from whether its answer, or
// what it leaves, would be another one without a row, or with another value of it. The statement is
// run again, alone, in a transaction on a quiet database that is rolled back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/item_rows.h"

namespace splitproof::harness {

// A statement, and what the tables hold when it is asked. Both are borrowed.
struct Question {
  const sim::Statement* statement = nullptr;
  const ItemRows* rows = nullptr;
};

// Compared as states are: clocks are left out, and keys that the database made for new rows tell
// nothing.
struct Effect {
  std::string answers;  // Equal for equal answers.
  bool is_error = false;
  std::vector<std::vector<ItemChange>> changes;  // Of each statement.
  friend bool operator==(const Effect&, const Effect&) = default;
};

class Counterfactual {
 public:
  // All are borrowed. The world's tables hold `image`, and nobody uses it meanwhile.
  Counterfactual(World& world, const Shape& shape, const Comparison& comparison,
                 const ItemRows& image);
  ~Counterfactual();
  Counterfactual(const Counterfactual&) = delete;
  Counterfactual& operator=(const Counterfactual&) = delete;

  // What the statements answer and change, asked one after the other in one session; the first
  // error ends it. None where the database does not take the rows.
  std::optional<Effect> effect(const std::vector<Question>& questions);

  // How often effect() was asked.
  std::int64_t asked() const { return asked_; }

 private:
  std::optional<Effect> effect_in_transaction(const std::vector<Question>& questions);
  bool write(const std::vector<ItemChange>& changes);

  World& world_;
  const Shape& shape_;
  const Comparison& comparison_;
  const ItemRows& image_;
  RowWriter writer_;
  std::unique_ptr<sim::Session> session_;  // Null until first needed.
  std::int64_t asked_ = 0;
};

}  // namespace splitproof::harness
