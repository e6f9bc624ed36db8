// A value or the reason why there is none.
//
// Expected failures travel as values, so that a caller cannot forget them ([[nodiscard]]).
// Asking for the value of a failed Result, or for the error of a good one, is a bug of ours: it
// throws std::bad_variant_access and is not meant to be caught.
#pragma once

#include <utility>
#include <variant>

namespace splitproof::sim {

// The value of an operation that succeeds without one.
struct Done {};

template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const E& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, E> state_;
};

}  // namespace splitproof::sim
