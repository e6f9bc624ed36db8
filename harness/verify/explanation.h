// From the rows of an incident to the plans that leave the same damage, and to the kinds of fault
// that never do: a search through what a report has written down, without a database.
//
// A kind that is ruled out is so as far as it was swept: on the tables that the incident's rows are
// of, and, where it was never swept there, by what it leaves in the tables of other cases.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/explanation.h"
#include "harness/verify/incident_rows.h"
#include "harness/verify/recorded_case.h"

namespace splitproof::harness {

// An error is a sentence: no case has such a table, or the rows show no damage that could be looked
// for.
sim::Result<Explanation, std::string> explain(const std::vector<IncidentTable>& incident,
                                              const std::vector<RecordedCase>& cases);

}  // namespace splitproof::harness
