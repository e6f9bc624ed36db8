// How the runs of a scenario are judged: `invariants`, `damage`, `compare`.

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "harness/run/scenario_parts.h"

namespace splitproof::harness {

namespace {

// A list in which a later part of the file, or a finding, refers to an item by its name.
template <class Named>
void refuse_repeated_name(const std::vector<Named>& earlier, const std::string& name,
                          std::string_view what, const SourcePlace& place, FirstRefusal& refusal) {
  if (std::ranges::find(earlier, name, &Named::name) == earlier.end()) return;
  refusal.refuse(place,
                 fmt::format("found {} '{}' a second time; expected another name", what, name));
}

Invariant read_invariant(const YamlNode& node, const std::vector<Invariant>& earlier,
                         FirstRefusal& refusal) {
  Fields fields(node, "an invariant", {"name", "sql", "when"}, refusal);
  Invariant invariant;
  invariant.place = node.place;
  invariant.name = fields.name("name");
  refuse_repeated_name(earlier, invariant.name, "the invariant", fields.place_of("name"), refusal);
  invariant.sql = fields.text("sql");
  invariant.always = fields.word_or("when", {"always", "finally"}, "always") == "always";
  return invariant;
}

// What stands between braces: the name of a column, perhaps with ":money" behind it.
bool is_column_in_braces(std::string_view text) {
  constexpr std::string_view money = ":money";
  if (text.ends_with(money)) text.remove_suffix(money.size());
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// The first pair of braces with no column in it, from its opening brace on.
std::optional<std::string> wrong_braces(std::string_view sentence) {
  for (std::size_t at = 0; (at = sentence.find_first_of("{}", at)) != std::string_view::npos;) {
    const std::size_t close = sentence.find('}', at);
    const bool closed = close != std::string_view::npos && sentence[at] == '{';
    if (!closed || !is_column_in_braces(sentence.substr(at + 1, close - at - 1))) {
      return std::string(sentence.substr(at, closed ? close - at + 1 : 20));
    }
    at = close + 1;
  }
  return std::nullopt;
}

DamageQuery read_damage_query(const YamlNode& node, const std::vector<DamageQuery>& earlier,
                              FirstRefusal& refusal) {
  Fields fields(node, "a damage query", {"name", "sql", "says"}, refusal);
  DamageQuery query;
  query.place = node.place;
  query.name = fields.name("name");
  refuse_repeated_name(earlier, query.name, "the damage query", fields.place_of("name"), refusal);
  query.sql = fields.text("sql");
  query.says = fields.text("says");
  if (const auto wrong = wrong_braces(query.says)) {
    refusal.refuse(fields.place_of("says"),
                   fmt::format("found '{}' in the sentence; expected a column of the query in "
                               "braces: {{clients}}, or {{value:money}} for minor units",
                               *wrong));
  }
  return query;
}

LeaveOut read_leave_out(const YamlNode& node, FirstRefusal& refusal) {
  Fields fields(node, "a part left out", {"table", "column", "reason"}, refusal);
  LeaveOut part;
  part.table = fields.text("table");
  part.column = fields.text_or("column", "");
  part.reason = fields.text("reason");
  return part;
}

}  // namespace

std::vector<Invariant> read_invariants(const std::vector<YamlNode>& nodes, FirstRefusal& refusal) {
  std::vector<Invariant> invariants;
  for (const YamlNode& node : nodes) {
    invariants.push_back(read_invariant(node, invariants, refusal));
  }
  return invariants;
}

std::vector<DamageQuery> read_damage(const std::vector<YamlNode>& nodes, FirstRefusal& refusal) {
  std::vector<DamageQuery> queries;
  for (const YamlNode& node : nodes) queries.push_back(read_damage_query(node, queries, refusal));
  return queries;
}

std::vector<LeaveOut> read_compare(const YamlNode& node, FirstRefusal& refusal) {
  Fields fields(node, "the comparison", {"leave-out"}, refusal);
  std::vector<LeaveOut> parts;
  for (const YamlNode& part : fields.list("leave-out")) {
    parts.push_back(read_leave_out(part, refusal));
  }
  return parts;
}

}  // namespace splitproof::harness
