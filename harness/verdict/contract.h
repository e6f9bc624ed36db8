// A row of the contract matrix: what the documentation promises of a database with these settings
// after each failure of what it stands on, beside what was seen. Plain data of the verdict, and the
// words for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace splitproof::harness {

struct ContractSetting {
  std::string name;   // As the database calls it: "journal_mode", "synchronous_commit".
  std::string value;  // "delete", "off"

  bool operator==(const ContractSetting&) const = default;
};

struct ContractCell {
  // "process killed", "power lost", "error"; "backend killed", "immediate shutdown", "server
  // killed".
  std::string failure;
  std::string promise;     // "whole and durable", "whole" or "nothing".
  std::string clause;      // What the documentation says, one sentence, with where it stands.
  std::string unit;        // Of what was tried: "moment", "image" or "run".
  std::int64_t tried = 0;  // The next four count of these.
  // Something told committed was missing from a state that was committed earlier.
  std::int64_t lost = 0;
  // The state was none that was ever committed, or held what was told aborted.
  std::int64_t torn = 0;
  std::int64_t damaged = 0;  // The database was not whole, or could not be read.
  std::int64_t broken = 0;   // Of these three, those that the promise does not allow.
  std::string plan;  // The first that shows a broken promise, else one of these; empty: none does.

  bool operator==(const ContractCell&) const = default;
};

struct Contract {
  std::vector<ContractSetting> settings;
  // "contract": what is promised is claimed; "durable": that nothing told committed is lost, though
  // it is not promised, so that a loss is a finding.
  std::string claim = "contract";
  std::vector<ContractCell> cells;  // In the order of the matrix's columns.

  bool operator==(const Contract&) const = default;
};

// Lost, torn or damaged.
std::int64_t not_kept(const ContractCell& cell);

// "998 images", "1 run"
std::string tried_in_words(const ContractCell& cell);

// What was seen: "kept in 31 moments", "lost, as allowed: 12 of 998 images (2 torn, 1 damaged)",
// "a loss is allowed and was not observed in 998 images", "BROKEN: 3 of 31 moments", "not tried".
std::string seen_in_words(const ContractCell& cell);

}  // namespace splitproof::harness
