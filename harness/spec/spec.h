// An isolation spec as data: the file format of PostgreSQL's own isolationtester, in which several
// sessions' steps and the orders to run them in are written down.
//
// SQL is kept as it stands in the file, without the blanks next to its braces, for it is sent and
// shown so. Steps are named by their position, so that an order is a list of numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/scenario.h"

namespace splitproof::harness {

// A piece of SQL between braces, and where its opening brace stands.
struct SpecBlock {
  std::string sql;
  SourcePlace place;
};

struct SpecStep {
  std::string name;
  std::string sql;
  std::size_t session = 0;  // The position of its session in the file.
  SourcePlace place;        // Of its name.
};

struct SpecSession {
  std::string name;
  std::optional<SpecBlock> setup;
  std::vector<std::size_t> steps;  // Positions in IsolationSpec::steps, in the file's order.
  std::optional<SpecBlock> teardown;
};

// Why a step is not told to be complete although the server has answered it.
struct SpecBlocker {
  enum class Kind {
    once,        // "*": it is told to wait when it is sent, and looked at again later.
    other_step,  // Until no use of the other step is at work any more.
    notices      // Until the other step's session has been told `count` notices since.
  };
  Kind kind = Kind::once;
  std::size_t step = 0;    // The other step; of `once` without meaning.
  std::int64_t count = 0;  // Of `notices`.
};

// A step at its place in a permutation.
struct SpecUse {
  std::size_t step = 0;
  std::vector<SpecBlocker> blockers;
};

using SpecPermutation = std::vector<SpecUse>;

struct IsolationSpec {
  std::vector<SpecBlock> setups;
  std::optional<SpecBlock> teardown;
  std::vector<SpecSession> sessions;  // At least one.
  std::vector<SpecStep> steps;        // Session by session; no two of one name.
  // The orders that the file asks for; none: all that there are.
  std::vector<SpecPermutation> permutations;
};

// The names of steps that no permutation of the file uses, in the order of their bytes; none when
// the file has no permutations, for all steps are used then.
std::vector<std::string> unused_steps(const IsolationSpec& spec);

// The orders of a spec one after the other: those of the file, or else every one that keeps the
// order within each session, those first in which the sessions of the front go first. The spec is
// borrowed.
class SpecOrders {
 public:
  explicit SpecOrders(const IsolationSpec& spec);

  // The next order; none when all have been given.
  std::optional<SpecPermutation> next();

 private:
  const IsolationSpec& spec_;
  std::size_t given_ = 0;
  std::vector<std::size_t> turns_;  // Whose step is taken when, of the order that comes next.
  bool over_ = false;
};

}  // namespace splitproof::harness
