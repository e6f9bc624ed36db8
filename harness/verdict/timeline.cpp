#include "harness/verdict/timeline.h"

namespace splitproof::harness {

const char* to_string(StepKind kind) {
  switch (kind) {
    case StepKind::statement:
      return "statement";
    case StepKind::wait:
      return "wait";
    case StepKind::told:
      return "told";
    case StepKind::state:
      return "state";
  }
  return "";
}

const char* to_string(RowMark mark) {
  switch (mark) {
    case RowMark::as_before:
      return "as-before";
    case RowMark::changed:
      return "changed";
    case RowMark::split:
      return "split";
    case RowMark::surplus:
      return "surplus";
    case RowMark::missing:
      return "missing";
  }
  return "";
}

}  // namespace splitproof::harness
