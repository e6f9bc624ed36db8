// From the statements of one clean run to the places where a fault or another session could hurt:
// guesses by rules of thumb, made before anything is broken.
//
// The sweep runs in their order, so that what breaks a program is found early. They never decide a
// verdict: what a statement does is read off its words (sql_reading.h), and no rule knows the
// tables' keys. Pure.
#pragma once

#include <vector>

#include "harness/history/history.h"
#include "harness/plan/plan.h"
#include "harness/verdict/verdict.h"
#include "sim/sql/engine.h"

namespace splitproof::harness {

// The most dangerous first; then in the order of clients and statements. `points` are those of the
// clean run: they tell what a program that sends ahead has committed by one Sync. Without them each
// such statement is taken to commit by itself.
std::vector<Prediction> predict(const History& clean, sim::Dialect dialect,
                                const std::vector<FaultPoint>& points = {});

// The points again, those first at which the most dangerous thing is predicted; else as they were.
std::vector<FaultPoint> most_dangerous_first(std::vector<FaultPoint> points,
                                             const std::vector<Prediction>& predictions);

// Marks the predictions that the finding confirms and no other has: where one of `plans`, under
// which runs showed it, strikes, or switches to another session, where the harm was predicted. A
// read-modify-write is confirmed by a switch alone, and a retry that doubles by an oracle that
// looks at retries alone, under a fault that leaves its statement done.
void confirm(std::vector<Prediction>& predictions, const Finding& finding,
             const std::vector<Plan>& plans);

}  // namespace splitproof::harness
