#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "reports/json.h"

namespace splitproof::reports {

namespace {

using Json = nlohmann::json;

// Leaves the reader at the first value that cannot be used; parse_report catches it.
struct Unusable {
  ReportError error;
};

// A value of the report together with its path, so that every complaint names its place.
class Node {
 public:
  Node(const Json& value, std::string path) : value_(value), path_(std::move(path)) {}

  Node at(const std::string& key) const {
    if (!value_.is_object()) refuse("an object");
    const auto found = value_.find(key);
    if (found == value_.end()) {
      throw Unusable{{path_ + "/" + key, "found nothing, expected this key"}};
    }
    return {*found, path_ + "/" + key};
  }

  // For keys that not every report has.
  std::optional<Node> find(const std::string& key) const {
    if (!value_.is_object()) refuse("an object");
    if (!value_.contains(key)) return std::nullopt;
    return at(key);
  }

  std::string text(const std::string& key) const { return at(key).text(); }
  std::int64_t count(const std::string& key) const { return at(key).count(); }
  bool flag(const std::string& key) const { return at(key).flag(); }

  std::string text() const {
    if (!value_.is_string()) refuse("a string");
    return value_.get<std::string>();
  }

  std::uint64_t number() const {
    if (!value_.is_number_unsigned()) refuse("a whole number, 0 or more");
    return value_.get<std::uint64_t>();
  }

  std::int64_t count() const {
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (number() > largest) refuse("a whole number below 2^63");
    return value_.get<std::int64_t>();
  }

  int small_count(const std::string& key) const {
    const Node value = at(key);
    if (value.count() > std::numeric_limits<int>::max()) value.refuse("a whole number below 2^31");
    return static_cast<int>(value.count());
  }

  bool flag() const {
    if (!value_.is_boolean()) refuse("true or false");
    return value_.get<bool>();
  }

  // The elements of a list, each read by `read`.
  template <class Read>
  auto list(const Read& read) const {
    if (!value_.is_array()) refuse("a list");
    std::vector<decltype(read(std::declval<const Node&>()))> result;
    for (std::size_t i = 0; i < value_.size(); ++i) {
      result.push_back(read(Node(value_[i], fmt::format("{}/{}", path_, i))));
    }
    return result;
  }

  [[noreturn]] void refuse(const std::string& expected) const {
    const std::string found = value_.dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::string shown = found.size() <= 40 ? found : std::string(value_.type_name());
    throw Unusable{
        {path_.empty() ? "/" : path_, fmt::format("found {}, expected {}", shown, expected)}};
  }

 private:
  const Json& value_;
  std::string path_;
};

// A list that not every report has; empty where it is missing.
template <class Read>
auto list_if_there(const Node& node, const std::string& key, const Read& read) {
  const std::optional<Node> found = node.find(key);
  return found ? found->list(read) : decltype(found->list(read)){};
}

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

harness::StorageCount read_storage(const Node& node) {
  return {.journal = node.text("journal"),
          .synchronous = node.text("synchronous"),
          .persona = node.text("disk"),
          .moments = node.count("moments"),
          .images = node.count("images"),
          .equal = node.count("equal"),
          .in_recovery = node.count("in_recovery"),
          .sampled = node.count("sampled"),
          .outcomes = node.count("outcomes"),
          .promise = node.text("promise"),
          .clause = node.text("clause"),
          .losses = node.at("losses").list(read_loss)};
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
    const Json report = Json::parse(text);
    return read_run(Node(report, ""));
  } catch (const Json::parse_error& error) {
    return syntax_error(text, error.byte, error.what());
  } catch (const Json::exception& error) {
    return ReportError{"/", fmt::format("expected a report in JSON: {}", error.what())};
  } catch (const Unusable& unusable) {
    return unusable.error;
  }
}

}  // namespace splitproof::reports
