// Whether the lines of a case's ledger agree with each other, as far as no oracle has to be asked:
// its clean runs with what is written down of them, runs of one plan among themselves, and crash
// images with the run of the first of them.
#pragma once

#include <string>
#include <vector>

#include "harness/verify/recorded_case.h"

namespace splitproof::harness {

// Made before anything is judged: "calibration", "reference" and "clean".
bool is_preparation(const LedgerEntry& line);

// "the sweep run of 'a3=drop'"
std::string name_of(const LedgerEntry& line);

// One sentence each.
std::vector<std::string> disagreements(const RecordedCase& subject);

}  // namespace splitproof::harness
