// What may have made an incident's rows, as plain data: plans that were swept and leave the same
// damage, and kinds of fault that never did.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace splitproof::harness {

// A plan that leaves the incident's damage, the shortest of its cause.
struct ExplainingPlan {
  std::string scenario;
  std::string variant;
  std::string target;
  std::string cause;  // "'save' of 'aggregate August' fails (error:53100)"
  std::string plan;
  std::string replay;              // The shell line that shows it.
  std::string likeness;            // How near it comes: "the same rows", "the same damage".
  std::string damage;              // What it leaves, in words.
  bool after_retries = false;      // The retries leave it so; else they mend it.
  std::int64_t plans = 1;          // So many plans of this cause do the same.
  std::vector<std::string> kinds;  // Their kinds of fault.

  bool operator==(const ExplainingPlan&) const = default;
};

// A kind of fault, and in how many of its runs the damage was left.
struct KindOfFault {
  std::string name;  // "error", "lost update (P4)"
  std::int64_t runs = 0;
  std::int64_t showing = 0;  // 0: ruled out, as far as it was swept.
  std::string because;       // What it leaves instead; a sentence.

  bool operator==(const KindOfFault&) const = default;
};

struct Explanation {
  std::vector<std::string> incident;  // What the rows show, one sentence for each kind of damage.
  std::vector<ExplainingPlan> plans;  // The nearest first, of these the shortest.
  std::vector<KindOfFault> kinds;     // Those that leave it, then those that never do.
  std::int64_t runs = 0;              // That were compared.
  std::int64_t unknown = 0;           // Runs that ended in a state whose rows are not written down.

  bool operator==(const Explanation&) const = default;
};

}  // namespace splitproof::harness
