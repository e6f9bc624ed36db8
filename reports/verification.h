// What `splitproof verify` found, for a person: the folder first, then each case in one line, and
// below it why it is not confirmed.
#pragma once

#include <iosfwd>

#include "harness/verdict/verification.h"

namespace splitproof::reports {

void render_verification(const harness::VerificationVerdict& verdict, std::ostream& out);

}  // namespace splitproof::reports
