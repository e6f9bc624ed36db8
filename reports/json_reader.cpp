#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/json.h"
#include "reports/json_node.h"

namespace splitproof::reports {

namespace {

std::string read_text(const Node& node) { return node.text(); }

std::vector<std::string> read_texts(const Node& node) { return node.list(read_text); }

harness::Damage read_damage(const Node& node) { return {node.text("name"), node.text("text")}; }

harness::StoryLine read_story_line(const Node& node) {
  return {node.text("actor"), node.text("text")};
}

harness::TableDifference read_difference(const Node& node) {
  return {.table = node.text("table"),
          .columns = read_texts(node.at("columns")),
          .expected = node.at("expected").list(read_texts),
          .found = node.at("found").list(read_texts),
          .rows_left_out = static_cast<std::size_t>(node.count("rows_left_out"))};
}

harness::DependencyLine read_dependency(const Node& node) {
  return {.from = node.text("from"),
          .to = node.text("to"),
          .kind = node.text("kind"),
          .predicate = node.flag("predicate"),
          .item = node.text("item"),
          .because = node.text("because")};
}

harness::Finding read_finding(const Node& node) {
  const Node evidence = node.at("evidence");
  return {.id = node.text("id"),
          .oracle = node.text("oracle"),
          .severity = node.text("severity"),
          .anomaly = node.text("anomaly"),
          .claim = node.text("claim"),
          .because = node.text("because"),
          .damage = evidence.at("damage").list(read_damage),
          .plan = node.text("plan"),
          .replay = node.text("replay"),
          .runs = evidence.count("runs"),
          .story = evidence.at("story").list(read_story_line),
          .differences = evidence.at("differences").list(read_difference),
          .dependencies = list_if_there(evidence, "dependencies", read_dependency),
          .output = evidence.find("output") ? evidence.text("output") : ""};
}

harness::SweepAccount read_sweep(const Node& node) {
  return {.fault = node.text("fault"),
          .mode = node.text("mode"),
          .phase = node.text("phase"),
          .planned = node.count("planned"),
          .fired = node.count("fired"),
          .closed = node.flag("closed"),
          .open_because = node.text("open_because")};
}

harness::ScheduleCount read_schedules(const Node& node) {
  return {.strategy = node.text("strategy"),
          .explored = node.count("explored"),
          .classes = node.count("classes"),
          .of = node.count("of"),
          .pruned = node.count("pruned"),
          .complete = node.flag("complete"),
          .depth = node.count("depth"),
          .miss_bound = node.text("miss_bound"),
          .shows = node.text("shows"),
          .left = node.text("left")};
}

harness::ContractLoss read_loss(const Node& node) {
  return {.clause = node.text("clause"), .runs = node.count("runs"), .plan = node.text("plan")};
}

std::int64_t count_if_there(const Node& node, const std::string& key) {
  const std::optional<Node> found = node.find(key);
  return found ? found->count() : 0;
}

harness::StorageCount read_storage(const Node& node) {
  return {.journal = node.text("journal"),
          .synchronous = node.text("synchronous"),
          .persona = node.text("disk"),
          .moments = node.count("moments"),
          .images = node.count("images"),
          .equal = node.count("equal"),
          .in_recovery = node.count("in_recovery"),
          .sampled = node.count("sampled"),
          .moments_of = count_if_there(node, "moments_of"),
          .unsynced_max = count_if_there(node, "unsynced_max"),
          .outcomes = node.count("outcomes"),
          .losses = node.at("losses").list(read_loss)};
}

harness::ContractSetting read_setting(const Node& node) {
  return {.name = node.text("name"), .value = node.text("value")};
}

// What was seen, in words, follows from the numbers.
harness::ContractCell read_cell(const Node& node) {
  return {.failure = node.text("failure"),
          .promise = node.text("promise"),
          .clause = node.text("clause"),
          .unit = node.text("unit"),
          .tried = node.count("tried"),
          .lost = node.count("lost"),
          .torn = node.count("torn"),
          .damaged = node.count("damaged"),
          .broken = node.count("broken"),
          .plan = node.text("plan")};
}

harness::Contract read_contract(const Node& node) {
  return {.settings = node.at("settings").list(read_setting),
          .claim = node.text("claim"),
          .cells = node.at("cells").list(read_cell)};
}

harness::ObserverCount read_observer(const Node& node) {
  return {.kind = node.text("kind"),
          .seen = node.count("seen"),
          .not_observable = node.count("not_observable")};
}

harness::IsolationCell read_isolation(const Node& node) {
  return {.anomaly = node.text("anomaly"),
          .documented = node.text("documented"),
          .source = node.text("source"),
          .occurred = node.count("occurred")};
}

harness::Prediction read_prediction(const Node& node) {
  const std::string client = node.text("client");
  if (client.size() != 1) node.at("client").refuse("one letter");
  return {.statement = node.small_count("statement"),
          .after = node.small_count("after"),
          .client = client.front(),
          .kind = node.text("kind"),
          .danger = node.small_count("danger"),
          .because = node.text("because"),
          .confirmed = node.flag("confirmed"),
          .finding = node.text("finding")};
}

harness::Ambiguity read_ambiguity(const Node& node) {
  return {.plan = node.text("plan"),
          .transaction = node.text("transaction"),
          .told = node.text("told"),
          .held = node.text("held"),
          .known_by = node.text("known_by"),
          .runs = node.count("runs")};
}

harness::GradeLine read_grade(const Node& node) {
  return {.scenario = node.text("scenario"),
          .variant = node.text("variant"),
          .target = node.text("target"),
          .declared = node.text("declared"),
          .caught = read_texts(node.at("caught")),
          .not_expressible = node.text("not_expressible")};
}

harness::CaseResult read_result(const Node& node) {
  const auto result = harness::parse_case_result(node.text());
  if (!result) {
    node.refuse("pass, fail, inconclusive, unstable, vacuous, not-run or not-applicable");
  }
  return *result;
}

harness::CaseVerdict read_case(const Node& node) {
  const Node faults = node.at("faults");
  const std::optional<Node> schedules = node.find("schedules");
  const std::optional<Node> storage = node.find("storage");
  const std::optional<Node> contract = node.find("contract");
  const std::optional<Node> isolation = node.find("isolation");
  return {.scenario = node.text("scenario"),
          .title = node.text("title"),
          .variant = node.text("variant"),
          .target = node.text("target"),
          .role = node.text("role"),
          .expected = node.text("expected"),
          .observed = node.text("observed"),
          .result = read_result(node.at("verdict")),
          .reason = node.text("reason"),
          .runs = node.count("runs"),
          .points = node.count("points"),
          .closed = node.flag("closed"),
          .faults = {.planned = faults.count("planned"), .fired = faults.count("fired")},
          .sweeps = node.at("sweeps").list(read_sweep),
          .schedules = schedules ? std::optional(read_schedules(*schedules)) : std::nullopt,
          .storage = storage ? std::optional(read_storage(*storage)) : std::nullopt,
          .contract = contract ? std::optional(read_contract(*contract)) : std::nullopt,
          .observers = list_if_there(node, "observers", read_observer),
          .isolation = isolation ? std::optional(read_isolation(*isolation)) : std::nullopt,
          .compared_with_care = read_texts(node.at("compared_with_care")),
          .findings = node.at("findings").list(read_finding),
          .predictions = list_if_there(node, "predictions", read_prediction),
          .ambiguities = list_if_there(node, "ambiguities", read_ambiguity)};
}

harness::RunVerdict read_run(const Node& node) {
  const Node version = node.at("report_version");
  if (version.number() != 1) version.refuse("1, the version that this program reads");
  const Node environment = node.at("environment");
  const Node controls = node.at("controls");
  const Node mutants = node.at("mutants");
  const std::optional<Node> kept = node.find("kept_plans");
  return {.version = node.text("splitproof"),
          .seed = node.at("seed").number(),
          .complete = node.flag("complete"),
          .environment = {.sqlite = environment.text("sqlite"),
                          .postgres = environment.text("postgres"),
                          .compiler = environment.text("compiler"),
                          .kernel = environment.text("kernel")},
          .cases = node.at("cases").list(read_case),
          .controls = {controls.count("expected"), controls.count("caught")},
          .mutants = {mutants.count("run"), mutants.count("caught")},
          .grades = list_if_there(node, "grades", read_grade),
          .kept_plans = kept ? harness::KeptPlanCount{kept->count("run"), kept->count("passed")}
                             : harness::KeptPlanCount{},
          .not_tested = read_texts(node.at("not_tested"))};
}

ReportError syntax_error(std::string_view text, std::size_t byte, std::string_view what) {
  const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n');
  const std::size_t column =
      line_start == std::string_view::npos ? before.size() + 1 : before.size() - line_start;
  const std::size_t reason = what.rfind("column ");
  const std::size_t colon = what.find(": ", reason == std::string_view::npos ? 0 : reason);
  const std::string_view said = colon == std::string_view::npos ? what : what.substr(colon + 2);
  return {fmt::format("line {}, column {}", line, column),
          fmt::format("expected a report in JSON: {}", said)};
}

}  // namespace

std::variant<harness::RunVerdict, ReportError> parse_report(std::string_view text) {
  try {
    const nlohmann::json report = nlohmann::json::parse(text);
    return read_run(Node(&report, ""));
  } catch (const nlohmann::json::parse_error& error) {
    return syntax_error(text, error.byte, error.what());
  } catch (const nlohmann::json::exception& error) {
    return ReportError{"/", fmt::format("expected a report in JSON: {}", error.what())};
  } catch (const Unusable& unusable) {
    return unusable.error;
  }
}

}  // namespace splitproof::reports
