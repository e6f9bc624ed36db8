// The two forms in which a run of isolation specs is shown: a summary for people, and the
// transcript of isolationtester.
#pragma once

#include <ostream>
#include <string>

#include "harness/spec/spec.h"
#include "harness/spec/spec_outcome.h"
#include "harness/spec/spec_runner.h"

namespace splitproof::harness {

// One line for each permutation, and more below it only for what is not as it should be.
class SpecSummary final : public SpecListener {
 public:
  // The stream is borrowed.
  explicit SpecSummary(std::ostream& out) : out_(out) {}

  void begin(const std::string& file, const IsolationSpec& spec);
  void out(const std::string&) override {}
  void complain(const std::string&) override {}
  void ended(const SpecOutcome& outcome) override;

 private:
  std::ostream& out_;
};

// The counts and the verdict, over all files; `strict`: a warning counts as a failure.
std::string spec_conclusion(const SpecTotals& totals, bool strict);

// What isolationtester prints, on the streams on which it prints it, in its order.
class SpecTranscript final : public SpecListener {
 public:
  // The streams are borrowed.
  SpecTranscript(std::ostream& out, std::ostream& err) : out_(out), err_(err) {}

  void out(const std::string& text) override { out_ << text; }
  void complain(const std::string& text) override {
    out_.flush();
    err_ << text << std::flush;
  }
  void ended(const SpecOutcome&) override { out_.flush(); }

 private:
  std::ostream& out_;
  std::ostream& err_;
};

}  // namespace splitproof::harness
