// Two reports held against each other, as plain data: what appeared, what was mended, what is not
// swept any more and what is swept only since.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace splitproof::harness {

// A finding that one of two reports has.
struct ComparedFinding {
  std::string id;     // In the report that has it; in the other one it may mean something else.
  std::string words;  // What makes it the same as another: its oracle, its damage, what struck.

  bool operator==(const ComparedFinding&) const = default;
};

// A case that both reports have, or one of them.
struct CaseComparison {
  std::string scenario;
  std::string variant;
  std::string target;
  std::string before;  // Its results; empty where a report has no such case.
  std::string now;
  std::vector<ComparedFinding> appeared;  // Those that the older report has not.
  std::vector<ComparedFinding> mended;    // Those that the newer one has not.
  // Points that are not reached any more, and faults that are not swept any more: is the case still
  // about the same thing?
  std::vector<std::string> vanished;
  std::vector<std::string> added;  // Points and faults that are swept only in the newer report.

  bool operator==(const CaseComparison&) const = default;
};

struct ReportComparison {
  std::string before;  // The folders.
  std::string now;
  std::vector<CaseComparison> cases;  // Those with a difference, in the newer report's order.
  std::int64_t alike = 0;             // Cases without one.

  bool operator==(const ReportComparison&) const = default;
};

// 1 where something appeared or a case became worse, 2 where nothing did, but something vanished;
// else 0.
int exit_code(const ReportComparison& comparison);

}  // namespace splitproof::harness
