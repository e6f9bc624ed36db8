#include "reports/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "reports/digest.h"

namespace splitproof::reports {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view digest_start = "\"digest\": \"";

std::string joined_sentences(const std::vector<harness::Damage>& damage) {
  std::string text;
  for (const harness::Damage& one : damage) text += (text.empty() ? "" : " ") + one.text;
  return text;
}

Json to_json(const harness::TableDifference& difference) {
  return {{"table", difference.table},
          {"columns", difference.columns},
          {"expected", difference.expected},
          {"found", difference.found},
          {"rows_left_out", difference.rows_left_out}};
}

Json evidence_of(const harness::Finding& finding) {
  Json damage = Json::array();
  for (const harness::Damage& one : finding.damage) {
    damage.push_back({{"name", one.name}, {"text", one.text}});
  }
  Json story = Json::array();
  for (const harness::StoryLine& line : finding.story) {
    story.push_back({{"actor", line.actor}, {"text", line.text}});
  }
  Json differences = Json::array();
  for (const auto& difference : finding.differences) differences.push_back(to_json(difference));
  Json dependencies = Json::array();
  for (const harness::DependencyLine& edge : finding.dependencies) {
    dependencies.push_back({{"from", edge.from},
                            {"to", edge.to},
                            {"kind", edge.kind},
                            {"predicate", edge.predicate},
                            {"item", edge.item},
                            {"because", edge.because}});
  }
  Json evidence = {{"runs", finding.runs},
                   {"damage", std::move(damage)},
                   {"story", std::move(story)},
                   {"dependencies", std::move(dependencies)},
                   {"differences", std::move(differences)}};
  if (!finding.output.empty()) evidence["output"] = finding.output;
  return evidence;
}

Json to_json(const harness::Finding& finding) {
  return {{"id", finding.id},
          {"oracle", finding.oracle},
          {"severity", finding.severity},
          {"anomaly", finding.anomaly},
          {"claim", finding.claim},
          {"because", finding.because},
          {"damage", joined_sentences(finding.damage)},
          {"plan", finding.plan},
          {"replay", finding.replay},
          {"evidence", evidence_of(finding)}};
}

Json to_json(const harness::SweepAccount& sweep) {
  return {{"fault", sweep.fault},
          {"mode", sweep.mode},
          {"phase", sweep.phase},
          {"planned", sweep.planned},
          {"fired", sweep.fired},
          {"closed", sweep.closed},
          {"open_because", sweep.open_because}};
}

Json to_json(const harness::ScheduleCount& schedules) {
  return {{"strategy", schedules.strategy}, {"explored", schedules.explored},
          {"classes", schedules.classes},   {"of", schedules.of},
          {"pruned", schedules.pruned},     {"complete", schedules.complete},
          {"depth", schedules.depth},       {"miss_bound", schedules.miss_bound},
          {"shows", schedules.shows},       {"left", schedules.left}};
}

Json to_json(const harness::ObserverCount& observer) {
  return {{"kind", observer.kind},
          {"seen", observer.seen},
          {"not_observable", observer.not_observable}};
}

Json to_json(const harness::Prediction& prediction) {
  return {{"client", std::string(1, prediction.client)},
          {"after", prediction.after},
          {"statement", prediction.statement},
          {"kind", prediction.kind},
          {"danger", prediction.danger},
          {"because", prediction.because},
          {"confirmed", prediction.confirmed},
          {"finding", prediction.finding}};
}

Json to_json(const harness::Ambiguity& ambiguity) {
  return {{"plan", ambiguity.plan},         {"transaction", ambiguity.transaction},
          {"told", ambiguity.told},         {"held", ambiguity.held},
          {"known_by", ambiguity.known_by}, {"runs", ambiguity.runs}};
}

Json to_json(const harness::GradeLine& grade) {
  return {{"scenario", grade.scenario}, {"variant", grade.variant},
          {"target", grade.target},     {"declared", grade.declared},
          {"caught", grade.caught},     {"not_expressible", grade.not_expressible}};
}

Json to_json(const harness::ContractLoss& loss) {
  return {{"clause", loss.clause}, {"runs", loss.runs}, {"plan", loss.plan}};
}

Json to_json(const harness::StorageCount& storage) {
  Json losses = Json::array();
  for (const harness::ContractLoss& loss : storage.losses) losses.push_back(to_json(loss));
  Json json{{"journal", storage.journal},
            {"synchronous", storage.synchronous},
            {"disk", storage.persona},
            {"moments", storage.moments},
            {"images", storage.images},
            {"equal", storage.equal},
            {"in_recovery", storage.in_recovery},
            {"sampled", storage.sampled},
            {"outcomes", storage.outcomes},
            {"losses", losses}};
  if (storage.moments_of > 0) {
    json["moments_of"] = storage.moments_of;
    json["unsynced_max"] = storage.unsynced_max;
  }
  return json;
}

Json to_json(const harness::ContractSetting& setting) {
  return {{"name", setting.name}, {"value", setting.value}};
}

Json to_json(const harness::ContractCell& cell) {
  return {{"failure", cell.failure}, {"promise", cell.promise},
          {"clause", cell.clause},   {"seen", harness::seen_in_words(cell)},
          {"unit", cell.unit},       {"tried", cell.tried},
          {"lost", cell.lost},       {"torn", cell.torn},
          {"damaged", cell.damaged}, {"broken", cell.broken},
          {"plan", cell.plan}};
}

Json to_json(const harness::CaseVerdict& verdict);

template <class Value>
Json to_list(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(to_json(value));
  return list;
}

Json to_json(const harness::Contract& contract) {
  return {{"claim", contract.claim},
          {"settings", to_list(contract.settings)},
          {"cells", to_list(contract.cells)}};
}

Json to_json(const harness::CaseVerdict& verdict) {
  Json one{{"scenario", verdict.scenario},
           {"title", verdict.title},
           {"variant", verdict.variant},
           {"target", verdict.target},
           {"role", verdict.role},
           {"expected", verdict.expected},
           {"observed", verdict.observed},
           {"verdict", harness::to_string(verdict.result)},
           {"reason", verdict.reason},
           {"runs", verdict.runs},
           {"points", verdict.points},
           {"closed", verdict.closed},
           {"faults", {{"planned", verdict.faults.planned}, {"fired", verdict.faults.fired}}},
           {"sweeps", to_list(verdict.sweeps)}};
  // Scenarios of one session have neither.
  if (verdict.schedules) one["schedules"] = to_json(*verdict.schedules);
  if (verdict.storage) one["storage"] = to_json(*verdict.storage);
  if (verdict.contract) one["contract"] = to_json(*verdict.contract);
  if (!verdict.observers.empty()) one["observers"] = to_list(verdict.observers);
  if (verdict.isolation) {
    one["isolation"] = {{"anomaly", verdict.isolation->anomaly},
                        {"documented", verdict.isolation->documented},
                        {"source", verdict.isolation->source},
                        {"occurred", verdict.isolation->occurred}};
  }
  one["compared_with_care"] = verdict.compared_with_care;
  one["findings"] = to_list(verdict.findings);
  // Only programs have them.
  if (!verdict.predictions.empty()) one["predictions"] = to_list(verdict.predictions);
  if (!verdict.ambiguities.empty()) one["ambiguities"] = to_list(verdict.ambiguities);
  return one;
}

Json to_json(const harness::RunVerdict& run) {
  Json report = {
      {"splitproof", run.version},
      {"report_version", 1},
      {"seed", run.seed},
      {"complete", run.complete},
      {"environment",
       {{"sqlite", run.environment.sqlite},
        {"postgres", run.environment.postgres},
        {"compiler", run.environment.compiler},
        {"kernel", run.environment.kernel}}},
      {"cases", to_list(run.cases)},
      {"controls", {{"expected", run.controls.expected}, {"caught", run.controls.caught}}},
      {"mutants", {{"run", run.mutants.expected}, {"caught", run.mutants.caught}}},
      {"grades", to_list(run.grades)}};
  if (run.kept_plans.run > 0) {
    report["kept_plans"] = {{"run", run.kept_plans.run}, {"passed", run.kept_plans.passed}};
  }
  report["not_tested"] = run.not_tested;
  report["digest"] = "";
  return report;
}

// Where the value of `digest` starts. Inside a JSON string the quotes would be escaped, so only the
// key itself can match; it is the last one of the file.
std::size_t digest_position(std::string_view text) {
  const std::size_t key = text.rfind(digest_start);
  return key == std::string_view::npos ? key : key + digest_start.size();
}

}  // namespace

void JsonRenderer::render(const harness::RunVerdict& run, std::ostream& out) const {
  // Text of foreign databases may be no UTF-8; a report with a replacement mark is of more use than
  // none.
  std::string text = to_json(run).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::string digest = sha256_of(text);
  text.insert(digest_position(text), digest);
  out << text;
}

std::string to_string(const ReportError& error) {
  return fmt::format("{}: {}", error.place, error.message);
}

std::optional<ReportError> check_digest(std::string_view text) {
  const std::size_t start = digest_position(text);
  if (start == std::string_view::npos) {
    return ReportError{"/digest", "found none, expected \"sha256:\" and 64 hexadecimal digits"};
  }
  const std::size_t end = text.find('"', start);
  if (end == std::string_view::npos) return ReportError{"/digest", "the file ends inside it"};
  const std::string_view claimed = text.substr(start, end - start);
  const std::string actual =
      sha256_of(std::string(text.substr(0, start)) + std::string(text.substr(end)));
  if (claimed == actual) return std::nullopt;
  return ReportError{"/digest", fmt::format("the file says {} and has {}; it was changed after it "
                                            "was written, so run the cases again",
                                            claimed.empty() ? "nothing" : claimed, actual)};
}

}  // namespace splitproof::reports
