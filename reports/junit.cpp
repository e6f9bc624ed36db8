#include "reports/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <sstream>

#include "reports/case_text.h"
#include "reports/foresight.h"
#include "reports/layout.h"
#include "reports/text.h"
#include "reports/xml_text.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;
using harness::RunVerdict;
using std::chrono::milliseconds;

enum class Kind { passed, failure, error, skipped };

struct Counts {
  std::int64_t tests = 0;
  std::int64_t failures = 0;
  std::int64_t errors = 0;
  std::int64_t skipped = 0;
};

struct TestCase {
  const CaseVerdict* verdict;
  Kind kind;
  std::optional<milliseconds> took;
};

struct Suite {
  std::string scenario;
  std::string target;
  std::vector<TestCase> cases;
};

Kind kind_of(const CaseVerdict& verdict, bool strict) {
  if (counts_as_failure(verdict, strict)) return Kind::failure;
  switch (verdict.result) {
    case CaseResult::pass:
    case CaseResult::fail:
      return Kind::passed;
    case CaseResult::not_run:
    case CaseResult::not_applicable:
      return Kind::skipped;
    case CaseResult::inconclusive:
    case CaseResult::unstable:
    case CaseResult::vacuous:
      return Kind::error;
  }
  return Kind::error;
}

std::string_view tag_of(Kind kind) {
  switch (kind) {
    case Kind::failure:
      return "failure";
    case Kind::error:
      return "error";
    case Kind::skipped:
      return "skipped";
    case Kind::passed:
      break;
  }
  return "";
}

std::vector<Suite> suites_of(const RunVerdict& run, const JUnitOptions& options) {
  std::vector<Suite> suites;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const CaseVerdict& verdict = run.cases[i];
    auto suite = std::ranges::find_if(suites, [&verdict](const Suite& one) {
      return one.scenario == verdict.scenario && one.target == verdict.target;
    });
    if (suite == suites.end()) {
      suite = suites.insert(suite, {verdict.scenario, verdict.target, {}});
    }
    const bool timed = i < options.took.size();
    suite->cases.push_back({&verdict, kind_of(verdict, options.strict),
                            timed ? std::optional(options.took[i]) : std::nullopt});
  }
  return suites;
}

Counts counts_of(const std::vector<TestCase>& cases) {
  const auto count = [&cases](Kind kind) {
    return static_cast<std::int64_t>(std::ranges::count(cases, kind, &TestCase::kind));
  };
  return {.tests = std::ssize(cases),
          .failures = count(Kind::failure),
          .errors = count(Kind::error),
          .skipped = count(Kind::skipped)};
}

// In seconds, as an attribute; empty where no case has a time.
std::string time_of(const std::vector<TestCase>& cases) {
  std::optional<milliseconds> sum;
  for (const TestCase& one : cases) {
    if (one.took) sum = sum.value_or(milliseconds(0)) + *one.took;
  }
  if (!sum) return "";
  return fmt::format(" time=\"{}.{:03}\"", sum->count() / 1000, sum->count() % 1000);
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, xml_attribute(value));
}

void add_line(std::string_view label, std::string_view value, std::string& text) {
  if (value.empty()) return;
  text += fmt::format("{}{}\n", label, printable(value));
}

void add_finding(const Finding& finding, std::string& text) {
  text += fmt::format("\n{}: {} of {}", printable(finding.id), printable(finding.severity),
                      printable(finding.oracle));
  text += finding.anomaly.empty() ? "\n" : ", " + printable(finding.anomaly) + "\n";
  add_line("claim:   ", finding.claim, text);
  add_line("because: ", finding.because, text);
  add_line("anomaly: ", circle_text(finding), text);
  for (const harness::Damage& one : finding.damage) add_line("damage:  ", one.text, text);
  std::istringstream output(finding.output);
  for (std::string line; std::getline(output, line);) add_line("wrote:   ", line, text);
  add_line("plan:    ", finding.plan, text);
  add_line("again:   ", finding.replay, text);
}

std::string_view closed_in_words(const CaseVerdict& verdict) {
  const std::string_view closed = closed_text(verdict);
  if (closed == "drawn") return "the runs are drawn by chance";
  return closed == "yes" ? "every sweep closed" : "not every sweep closed";
}

// What was tried: for a reader who asks what a green line stands for.
std::string account_of(const CaseVerdict& verdict) {
  std::string text =
      fmt::format("expected: {}; observed: {}\n{}, {}, {} of {} faults fired, {}\n",
                  verdict.expected.empty() ? "nothing" : printable(verdict.expected),
                  printable(verdict.observed), count_of(verdict.runs, "run", "runs"),
                  count_of(verdict.points, "fault point", "fault points"), verdict.faults.fired,
                  verdict.faults.planned, closed_in_words(verdict));
  add_line("", sessions_text(verdict), text);
  add_line("", predictions_text(verdict), text);
  for (const harness::Prediction& one : verdict.predictions) {
    add_line(state_of(one) + ": ", one.because, text);
  }
  for (const harness::Ambiguity& one : verdict.ambiguities) {
    add_line("transaction ", ambiguity_text(one), text);
  }
  return text;
}

std::string findings_of(const CaseVerdict& verdict) {
  std::string text = account_of(verdict);
  add_line("why: ", verdict.reason, text);
  for (const Finding& finding : verdict.findings) add_finding(finding, text);
  return text;
}

std::string message_of(const TestCase& one) {
  const CaseVerdict& verdict = *one.verdict;
  if (!verdict.reason.empty()) return verdict.reason;
  if (one.kind == Kind::failure && verdict.result == CaseResult::pass) {
    return "a warning counts as a failure with --strict";
  }
  const Finding* headline = headline_of(verdict);
  if (headline != nullptr && !headline->claim.empty()) return headline->claim;
  return std::string(harness::to_string(verdict.result));
}

// The kind of trouble, by which CI systems group: the oracle that objects, or the verdict.
std::string type_of(const TestCase& one) {
  const Finding* headline = headline_of(*one.verdict);
  const bool judged = headline != nullptr && !headline->oracle.empty();
  if (one.kind == Kind::failure && judged) return headline->oracle;
  return std::string(harness::to_string(one.verdict->result));
}

// CI systems show only the first failure of a test case, so that all findings share one.
void write_trouble(const TestCase& one, std::ostream& out) {
  const std::string_view tag = tag_of(one.kind);
  if (one.kind == Kind::skipped) {
    out << "   <skipped" << attribute("message", message_of(one)) << "/>\n";
    return;
  }
  out << "   <" << tag << attribute("message", message_of(one)) << attribute("type", type_of(one))
      << ">" << xml_text(findings_of(*one.verdict)) << "</" << tag << ">\n";
}

// The last dot parts a package from a class: the scenarios of one target stand together.
void write_case(const Suite& suite, const TestCase& one, std::ostream& out) {
  const CaseVerdict& verdict = *one.verdict;
  out << "  <testcase"
      << attribute("name", verdict.variant.empty() ? verdict.scenario : verdict.variant)
      << attribute("classname", suite.target + "." + suite.scenario) << time_of({one}) << ">\n";
  if (one.kind != Kind::passed) {
    write_trouble(one, out);
  } else {
    std::string text = account_of(verdict);
    if (const Finding* headline = headline_of(verdict)) add_finding(*headline, text);
    out << "   <system-out>" << xml_text(text) << "</system-out>\n";
  }
  out << "  </testcase>\n";
}

void write_suite(const Suite& suite, const RunVerdict& run, std::ostream& out) {
  const Counts counts = counts_of(suite.cases);
  out << " <testsuite" << attribute("name", suite.scenario + " on " + suite.target)
      << fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", counts.tests,
                     counts.failures, counts.errors, counts.skipped)
      << time_of(suite.cases) << ">\n"
      << "  <properties>\n"
      << "   <property name=\"title\"" << attribute("value", suite.cases.front().verdict->title)
      << "/>\n"
      << "   <property name=\"seed\"" << attribute("value", fmt::format("{}", run.seed)) << "/>\n"
      << "   <property name=\"splitproof\"" << attribute("value", run.version) << "/>\n"
      << "  </properties>\n";
  for (const TestCase& one : suite.cases) write_case(suite, one, out);
  out << " </testsuite>\n";
}

// Cases that were not reached are missing here, and what is missing looks green.
void write_stopped(std::ostream& out) {
  out << " <testsuite name=\"splitproof\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
      << "  <testcase name=\"complete\" classname=\"splitproof.run\">\n"
      << "   <error message=\"The run was stopped before its end.\" type=\"incomplete\"/>\n"
      << "  </testcase>\n </testsuite>\n";
}

}  // namespace

void JUnitRenderer::render(const RunVerdict& run, std::ostream& out) const {
  const std::vector<Suite> suites = suites_of(run, options_);
  std::vector<TestCase> all;
  for (const Suite& suite : suites) all.insert(all.end(), suite.cases.begin(), suite.cases.end());
  const Counts counts = counts_of(all);
  const int stopped = run.complete ? 0 : 1;
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      << fmt::format("<testsuites name=\"splitproof\" tests=\"{}\" failures=\"{}\" errors=\"{}\"",
                     counts.tests + stopped, counts.failures, counts.errors + stopped)
      << time_of(all) << ">\n";
  for (const Suite& suite : suites) write_suite(suite, run, out);
  if (!run.complete) write_stopped(out);
  out << "</testsuites>\n";
}

}  // namespace splitproof::reports
