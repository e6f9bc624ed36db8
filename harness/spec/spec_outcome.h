// What came of running the permutations of an isolation spec, as data.
#pragma once

#include <string>
#include <vector>

namespace splitproof::harness {

// A step that the database refused.
struct SpecStepError {
  std::string step;
  std::string sqlstate;  // Empty where libpq itself says that there is no answer.
  std::string text;      // One line, as the database puts it: "ERROR:  ...".
};

struct SpecOutcome {
  int number = 0;                     // From 1, in the order in which they are run.
  std::vector<std::string> steps;     // Names, in the order of the permutation.
  std::vector<std::string> waited;    // Steps that were told to wait, in the order of telling.
  std::vector<SpecStepError> errors;  // In the order of telling.
  std::vector<std::string> warnings;  // Clauses: what is not as it should be, and harmless here.
  std::vector<std::string> inconclusive;  // Clauses: why it shows nothing; none: it ran.
};

// Hears of a run as it goes on.
class SpecListener {
 public:
  virtual ~SpecListener() = default;
  // A piece of the transcript, as isolationtester prints it on its standard output.
  virtual void out(const std::string& text) = 0;
  // A complaint, as isolationtester prints it on standard error.
  virtual void complain(const std::string& text) = 0;
  // A permutation is over.
  virtual void ended(const SpecOutcome& outcome) = 0;
};

}  // namespace splitproof::harness
