// What was predicted of a case's programs and what came true; and the ambiguity ledger, what became
// of transactions of which clients were told nothing certain, or what is not so: in words, and as
// sections of the terminal's page.
#pragma once

#include <iosfwd>
#include <string>

#include "harness/verdict/verdict.h"
#include "reports/paint.h"

namespace splitproof::reports {

// "3 places predicted, 2 of them confirmed"; empty where nothing was predicted.
std::string predictions_text(const harness::CaseVerdict& verdict);

// "confirmed by ID" or "predicted and not confirmed", printable.
std::string state_of(const harness::Prediction& prediction);

// "told indeterminate, held committed, in 12 runs such as 'a3=lose-reply': BEGIN; save; COMMIT
// (known by pg_xact_status(740))", printable.
std::string ambiguity_text(const harness::Ambiguity& ambiguity);

// A few of each case; how many more there are is said. Nothing where there is none.
void write_predictions(const harness::RunVerdict& run, const Paint& paint, std::ostream& out);
void write_ambiguities(const harness::RunVerdict& run, const Paint& paint, std::ostream& out);

}  // namespace splitproof::reports
