// What a statement showed its client, in a few letters: for telling two answers apart, not for
// keeping them.
//
// Rows are taken without their order, which SQL does not promise; the number of affected rows
// counts, because programs look at it.
#pragma once

#include <string>

#include "sim/sql/error.h"
#include "sim/sql/rows.h"

namespace splitproof::harness {

// Equal exactly when the answers are; empty for an error. Not a cryptographic digest.
std::string digest_of_answer(const sim::Answer<sim::Rows>& answer);

}  // namespace splitproof::harness
