// What a circle of dependencies is called, and the anomalies that need no circle.
//
// The names are Adya's (G0, G1a, G1b, G1c, G-single, G2-item, G2); P4, lost update, is Berenson et
// al.'s ("A Critique of ANSI SQL Isolation Levels", SIGMOD 1995). Write skew is one kind of
// G2-item.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/check/dependency.h"

namespace splitproof::harness {

struct Anomaly {
  std::string name;
  // The circle, each edge beginning where the one before ended; of G1a and G1b the one edge from
  // the writer to the reader.
  std::vector<Dependency> edges;
};

// What an isolation level should have kept from happening, the weakest level's first: G1a and G1b,
// then G0, G1c, P4, G-single, G2-item, G2; of one name the shortest circle. None where the
// transactions could have been run one after the other.
std::optional<Anomaly> worst_anomaly(const Dealings& dealings);

// Whether a circle of that name proves that no serial order gives what was seen: each of its edges
// is about one row, so that none of them can be undone by what else a condition found.
bool is_proof(const Anomaly& anomaly);

// "a transaction's update is lost: another one had read the same row before it, and overwrote it"
std::string in_words(const std::string& anomaly);

}  // namespace splitproof::harness
