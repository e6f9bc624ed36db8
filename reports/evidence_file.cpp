#include "reports/evidence_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/json_node.h"

namespace splitproof::reports {

namespace {

using Written = nlohmann::ordered_json;
using harness::CaseEvidence;

std::string one_line(const Written& json, int indent = -1) {
  return json.dump(indent, ' ', false, Written::error_handler_t::replace) + "\n";
}

// Those that list_of() is used with.
Written json_of(const harness::ReferenceRun& run);
Written json_of(const harness::RecordedPromise& promise);
Written json_of(const std::vector<harness::Cell>& row);
Written json_of(const harness::RecordedTable& table);
Written json_of(const harness::TableChange& change);
Written json_of(const harness::RecordedState& state);

template <class Item>
Written list_of(const std::vector<Item>& items) {
  Written list = Written::array();
  for (const Item& item : items) list.push_back(json_of(item));
  return list;
}

Written json_of(const harness::ReferenceRun& run) {
  Written json = {{"operations", run.operations}, {"held", run.held}};
  if (!run.answers.empty()) json["answers"] = run.answers;
  return json;
}

Written json_of(const harness::RecordedPromise& promise) {
  return {{"failure", promise.failure},
          {"whole", promise.whole},
          {"durable", promise.durable},
          {"clause", promise.clause}};
}

Written json_of(const std::vector<harness::Cell>& row) {
  Written json = Written::array();
  for (const harness::Cell& cell : row) json.push_back(cell ? Written(*cell) : Written(nullptr));
  return json;
}

Written json_of(const harness::RecordedTable& table) {
  return {{"name", table.name},
          {"columns", table.columns},
          {"key", table.key},
          {"left_out", table.left_out},
          {"rows", list_of(table.rows)}};
}

Written json_of(const harness::TableChange& change) {
  return {{"table", change.table}, {"gone", change.gone}, {"added", list_of(change.added)}};
}

Written json_of(const harness::RecordedState& state) {
  Written json = {{"digest", state.digest}, {"changes", list_of(state.changes)}};
  if (!state.damage.empty()) json["damage"] = state.damage;
  return json;
}

Written json_of(const CaseEvidence& one) {
  return {{"scenario", one.scenario},
          {"variant", one.variant},
          {"target", one.target},
          {"bench", one.bench},
          {"line", one.line},
          {"source", one.source},
          {"titles", one.titles},
          {"clients", one.clients},
          {"sets", list_of(one.sets)},
          {"orders", list_of(one.orders)},
          {"by_dependencies", one.by_dependencies},
          {"by_transaction", one.by_transaction},
          {"between", one.between},
          {"transactions", one.transactions},
          {"promises", list_of(one.promises)},
          {"committed", one.committed},
          {"claims_durable", one.claims_durable},
          {"invariants", one.invariants},
          {"tables", list_of(one.tables)},
          {"states", list_of(one.states)},
          {"states_left_out", one.states_left_out}};
}

std::string text_in(const Node& node) { return node.text(); }

std::vector<std::string> texts_in(const Node& node) { return node.list(text_in); }

std::vector<std::string> texts(const Node& node, const std::string& key) {
  return texts_in(node.at(key));
}

std::vector<int> numbers(const Node& node, const std::string& key) {
  return node.at(key).list([](const Node& one) {
    if (one.count() > 1'000'000) one.refuse("a whole number of at most 1000000");
    return static_cast<int>(one.count());
  });
}

harness::ReferenceRun reference_in(const Node& node) {
  return {numbers(node, "operations"), node.text("held"), list_if_there(node, "answers", text_in)};
}

harness::RecordedPromise promise_in(const Node& node) {
  return {node.text("failure"), node.flag("whole"), node.flag("durable"), node.text("clause")};
}

harness::Cell cell_in(const Node& node) {
  return node.is_null() ? harness::Cell() : harness::Cell(node.text());
}

std::vector<harness::Cell> row_in(const Node& node) { return node.list(cell_in); }

harness::RecordedTable table_in(const Node& node) {
  return {node.text("name"), texts(node, "columns"), texts(node, "key"),
          node.at("rows").list(row_in), node.flag("left_out")};
}

harness::TableChange change_in(const Node& node) {
  return {node.small_count("table"), numbers(node, "gone"), node.at("added").list(row_in)};
}

harness::RecordedState state_in(const Node& node) {
  return {node.text("digest"), node.at("changes").list(change_in),
          list_if_there(node, "damage", text_in)};
}

// Positions that lead nowhere would be followed later.
void check_positions(const CaseEvidence& one, const Node& node) {
  for (const harness::RecordedState& state : one.states) {
    for (const harness::TableChange& change : state.changes) {
      const auto table = static_cast<std::size_t>(change.table);
      if (table >= one.tables.size()) node.at("states").refuse("changes of tables that are listed");
      const auto rows = static_cast<int>(one.tables[table].rows.size());
      const bool fits = std::ranges::all_of(change.gone, [&](int row) { return row < rows; });
      if (!fits) node.at("states").refuse("rows that are listed to be gone");
    }
  }
}

CaseEvidence case_in(const Node& node) {
  CaseEvidence one;
  one.scenario = node.text("scenario");
  one.variant = node.text("variant");
  one.target = node.text("target");
  one.bench = node.small_count("bench");
  one.line = node.text("line");
  one.source = node.text("source");
  one.titles = texts(node, "titles");
  one.clients = node.text("clients");
  one.sets = node.at("sets").list(reference_in);
  one.orders = node.at("orders").list(reference_in);
  one.by_dependencies = node.flag("by_dependencies");
  one.by_transaction = node.flag("by_transaction");
  one.between = texts(node, "between");
  one.transactions = node.at("transactions").list(texts_in);
  one.promises = node.at("promises").list(promise_in);
  one.committed = texts(node, "committed");
  one.claims_durable = node.flag("claims_durable");
  one.invariants = texts(node, "invariants");
  one.tables = node.at("tables").list(table_in);
  one.states = node.at("states").list(state_in);
  one.states_left_out = node.count("states_left_out");
  check_positions(one, node);
  return one;
}

}  // namespace

std::string render_evidence(const std::vector<CaseEvidence>& cases) {
  std::string text;
  for (const CaseEvidence& one : cases) text += one_line(json_of(one));
  return text;
}

std::variant<std::vector<CaseEvidence>, ReportError> parse_evidence(std::string_view text) {
  std::vector<CaseEvidence> cases;
  try {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const auto line = nlohmann::json::parse(text.substr(0, end), nullptr, false);
      const std::string place = fmt::format("line {}", number);
      if (!line.is_object()) throw Unusable{{place, "found no JSON object, expected one"}};
      cases.push_back(case_in(Node(&line, place)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  } catch (const Unusable& unusable) {
    return unusable.error;
  }
  return cases;
}

std::string render_environment(const harness::RunVerdict& run,
                               const std::vector<harness::DatabaseSetting>& settings) {
  Written json = {
      {"splitproof", run.version},
      {"compiler", run.environment.compiler},
      {"kernel", run.environment.kernel},
      {"sqlite", {{"version", run.environment.sqlite}, {"settings", Written::array()}}},
      {"postgres", {{"version", run.environment.postgres}, {"settings", Written::array()}}}};
  for (const harness::DatabaseSetting& one : settings) {
    json[one.database]["settings"].push_back({{"name", one.name}, {"value", one.value}});
  }
  constexpr int indent = 1;
  return one_line(json, indent);
}

}  // namespace splitproof::reports
