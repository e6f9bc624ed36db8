#include "harness/verdict/grid.h"

namespace splitproof::harness {

const char* to_string(GridResult result) {
  switch (result) {
    case GridResult::held:
      return "held";
    case GridResult::violated:
      return "violated";
    case GridResult::warned:
      return "warned";
    case GridResult::allowed:
      return "allowed";
    case GridResult::did_not_fire:
      return "did-not-fire";
    case GridResult::cannot_occur:
      return "cannot-occur";
    case GridResult::not_tried:
      return "not-tried";
  }
  return "";
}

}  // namespace splitproof::harness
