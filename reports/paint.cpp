#include "reports/paint.h"

#include <fmt/format.h>

namespace splitproof::reports {

using harness::CaseResult;

std::string_view sign_of(CaseResult result) {
  switch (result) {
    case CaseResult::pass:
      return "✓";
    case CaseResult::fail:
      return "✗";
    case CaseResult::inconclusive:
      return "?";
    case CaseResult::unstable:
      return "~";
    case CaseResult::vacuous:
      return "○";
    case CaseResult::not_run:
      return "-";
    case CaseResult::not_applicable:
      return "/";
  }
  return "?";
}

std::string Paint::as(CaseResult result, std::string_view text) const {
  switch (result) {
    case CaseResult::pass:
      return wrap(text, "32");
    case CaseResult::fail:
      return wrap(text, "1;31");
    case CaseResult::not_run:
    case CaseResult::not_applicable:
      return dim(text);
    case CaseResult::inconclusive:
    case CaseResult::unstable:
    case CaseResult::vacuous:
      return wrap(text, "33");
  }
  return std::string(text);
}

std::string Paint::wrap(std::string_view text, std::string_view code) const {
  if (!colour_) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace splitproof::reports
