// Where the scenario of a case stands in a repository, for pages that point at a line of code.
#pragma once

#include <functional>
#include <string>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

struct CasePlace {
  std::string file;  // From the repository's root, with '/'; empty: it lies in none.
  int line = 0;      // From 1; 0: the whole file.
};

// Asked once a case. An empty function knows no place.
using PlaceOf = std::function<CasePlace(const harness::CaseVerdict& verdict)>;

inline CasePlace place_of(const PlaceOf& places, const harness::CaseVerdict& verdict) {
  return places ? places(verdict) : CasePlace{};
}

}  // namespace splitproof::reports
