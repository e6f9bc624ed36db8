#include "reports/sarif.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "reports/case_text.h"
#include "reports/digest.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;
using harness::RunVerdict;
using Json = nlohmann::ordered_json;

// Rules of results that no oracle gives.
constexpr std::string_view expectation_rule = "expectation";
constexpr std::string_view undecided_rule = "undecided";

std::string rule_text(std::string_view rule) {
  if (rule == expectation_rule) return "A case does what its scenario expects of it.";
  if (rule == undecided_rule) return "Each case is decided.";
  return fmt::format("The oracle {} has no objection.", rule);
}

// As RFC 3986 wants the path of a URI.
std::string uri_of(std::string_view path) {
  std::string uri;
  for (const char one : path) {
    const bool plain = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') ||
                       (one >= '0' && one <= '9') ||
                       std::string_view("-._~/").find(one) != std::string_view::npos;
    uri += plain ? std::string(1, one) : fmt::format("%{:02X}", static_cast<unsigned char>(one));
  }
  return uri;
}

Json physical(const CasePlace& place) {
  Json where = {{"artifactLocation", {{"uri", uri_of(place.file)}, {"uriBaseId", "%SRCROOT%"}}}};
  if (place.line > 0) where["region"] = {{"startLine", place.line}};
  return where;
}

Json location_of(const CaseVerdict& verdict, const CasePlace& place) {
  Json location = Json::object();
  if (!place.file.empty()) location["physicalLocation"] = physical(place);
  location["logicalLocations"] =
      Json::array({{{"name", verdict.variant.empty() ? verdict.scenario : verdict.variant},
                    {"fullyQualifiedName", name_of(verdict)}}});
  return location;
}

std::string argument_of(const Finding& finding) {
  std::string text = finding.claim;
  const auto add = [&text](std::string_view more) {
    if (!more.empty()) text += (text.empty() ? "" : "\n") + std::string(more);
  };
  add(finding.because);
  for (const harness::Damage& one : finding.damage) add(one.text);
  if (!finding.replay.empty()) add("See it again: " + finding.replay);
  return text;
}

Json flow_of(const Finding& finding, const CasePlace& place) {
  Json steps = Json::array();
  for (const harness::StoryLine& line : finding.story) {
    Json location = Json::object();
    if (!place.file.empty()) location["physicalLocation"] = physical(place);
    location["message"] = {{"text", line.actor + ": " + line.text}};
    steps.push_back({{"location", std::move(location)}});
  }
  return Json::array({{{"threadFlows", Json::array({{{"locations", std::move(steps)}}})}}});
}

class Log {
 public:
  Log(const RunVerdict& run, const SarifOptions& options) : run_(run), options_(options) {}

  Json write() {
    for (const CaseVerdict& verdict : run_.cases) add_case(verdict);
    Json rules = Json::array();
    for (const std::string& rule : rules_) {
      rules.push_back({{"id", rule}, {"shortDescription", {{"text", rule_text(rule)}}}});
    }
    const Json driver = {{"name", "splitproof"}, {"version", run_.version}, {"rules", rules}};
    const Json run = {{"tool", {{"driver", driver}}},
                      {"invocations", Json::array({invocation()})},
                      {"columnKind", "unicodeCodePoints"},
                      {"results", results_},
                      {"properties", {{"seed", run_.seed}, {"cases", run_.cases.size()}}}};
    return {{"$schema", "https://json.schemastore.org/sarif-2.1.0-rtm.5.json"},
            {"version", "2.1.0"},
            {"runs", Json::array({run})}};
  }

 private:
  void add_case(const CaseVerdict& verdict) {
    if (counts_as_failure(verdict, options_.strict)) {
      for (const Finding& finding : verdict.findings) add_finding(verdict, finding);
      if (verdict.findings.empty()) add_plain(verdict, expectation_rule, "error");
    } else if (did_not_pass(verdict) && verdict.result != CaseResult::not_run) {
      add_plain(verdict, undecided_rule, "warning");
    }
  }

  void add_finding(const CaseVerdict& verdict, const Finding& finding) {
    const CasePlace place = place_of(options_.place_of, verdict);
    Json result = result_of(verdict, finding.oracle, finding.claim, place);
    const bool is_error = finding.severity != "warning" || options_.strict;
    result["level"] = is_error ? "error" : "warning";
    result["message"] = {{"text", argument_of(finding)}};
    if (!finding.story.empty()) result["codeFlows"] = flow_of(finding, place);
    result["properties"] = {{"finding", finding.id}, {"plan", finding.plan}};
    results_.push_back(std::move(result));
  }

  void add_plain(const CaseVerdict& verdict, std::string_view rule, std::string_view level) {
    Json result = result_of(verdict, rule, "", place_of(options_.place_of, verdict));
    const std::string why = verdict.reason.empty() ? fmt::format("expected {}, observed {}",
                                                                 verdict.expected, verdict.observed)
                                                   : verdict.reason;
    result["level"] = level;
    result["message"] = {{"text", fmt::format("{}: {}. {}", name_of(verdict),
                                              harness::to_string(verdict.result), why)}};
    results_.push_back(std::move(result));
  }

  // Platforms know a result of an earlier run by its fingerprint; neither the number of a finding
  // nor its plan lasts when a statement is added before it.
  Json result_of(const CaseVerdict& verdict, std::string_view rule, std::string_view claim,
                 const CasePlace& place) {
    rules_.emplace(rule);
    const std::string cause = fmt::format("{}\n{}\n{}\n{}\n{}", verdict.scenario, verdict.variant,
                                          verdict.target, rule, claim);
    const int nth = ++seen_[cause];
    return {{"ruleId", rule},
            {"kind", "fail"},
            {"level", ""},
            {"message", Json::object()},
            {"locations", Json::array({location_of(verdict, place)})},
            {"partialFingerprints",
             {{"splitproofCause/v1", sha256_of(fmt::format("{}\n{}", cause, nth))}}}};
  }

  Json invocation() const {
    Json notes = Json::array();
    const auto note = [&notes](std::string_view level, const std::string& text) {
      notes.push_back({{"level", level}, {"message", {{"text", text}}}});
    };
    if (!run_.complete) note("error", "The run was stopped before its end.");
    for (const CaseVerdict& verdict : run_.cases) {
      if (verdict.result != CaseResult::not_run) continue;
      note("warning", fmt::format("{} was not run: {}", name_of(verdict), verdict.reason));
    }
    for (const std::string& one : run_.not_tested) note("note", "Not tested: " + one);
    return {{"executionSuccessful", run_.complete},
            {"exitCode", harness::exit_code(run_, options_.strict)},
            {"toolExecutionNotifications", std::move(notes)}};
  }

  const RunVerdict& run_;
  const SarifOptions& options_;
  Json results_ = Json::array();
  std::set<std::string, std::less<>> rules_;
  std::map<std::string, int> seen_;
};

}  // namespace

void SarifRenderer::render(const RunVerdict& run, std::ostream& out) const {
  out << Log(run, options_).write().dump(1, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace splitproof::reports
