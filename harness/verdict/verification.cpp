#include "harness/verdict/verification.h"

#include <algorithm>

namespace splitproof::harness {

std::string_view to_string(Confirmation answer, bool offline) {
  switch (answer) {
    case Confirmation::confirmed:
      return "confirmed";
    case Confirmation::differs:
      return "differs";
    case Confirmation::impossible:
      return offline ? "cannot be derived" : "cannot be re-run here";
  }
  return "";
}

int exit_code(const VerificationVerdict& verdict) {
  const auto any = [&](Confirmation answer) {
    return std::ranges::find(verdict.cases, answer, &CaseCheck::answer) != verdict.cases.end();
  };
  if (!verdict.changed.empty() || any(Confirmation::differs)) return 1;
  return !verdict.lacks.empty() || any(Confirmation::impossible) ? 2 : 0;
}

}  // namespace splitproof::harness
