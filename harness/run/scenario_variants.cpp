// `variants`: the forms in which a scenario's system is written, and what each is expected to do.
//
// An expectation that cannot be met by a finding is refused here, so that no control can count as
// caught by a slip of the pen: a violated variant names the oracle, and the damage where it has a
// history to be compared with.

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/run/scenario_parts.h"

namespace splitproof::harness {

namespace {

const std::vector<std::string> oracles{
    "told-equals-held", "converges",         "completes", "hand-back", "invariant", "unsafe-retry",
    "serializable",     "intermediate-read", "recovers",  "model",     "sums"};
const std::vector<std::string> observations{"holds", "violated", "not-applicable"};
const std::vector<std::string> roles{"subject", "control", "mutant"};
const std::vector<std::string> targets{"sqlite", "postgres"};
const std::vector<std::string> expectation_keys{"observed", "oracle", "also", "damage", "reason"};

// Damage that the harness states by itself, without a query of the scenario: what the comparison
// of states saw, and a transaction left open.
const std::vector<std::string> built_in_damage{"rows", "open-transaction", "storage"};

Expectation expectation_of(const std::string& word) {
  if (word == "violated") return Expectation::violated;
  return word == "not-applicable" ? Expectation::not_applicable : Expectation::holds;
}

// Refuses damage that no finding can have. An item is a name, or "name: part of its sentence".
void check_damage_names(const std::vector<YamlNode>& items, const std::vector<DamageQuery>& damage,
                        FirstRefusal& refusal) {
  std::vector<std::string> known = built_in_damage;
  for (const DamageQuery& query : damage) known.push_back(query.name);
  for (const YamlNode& item : items) {
    const std::string name = item.text.substr(0, item.text.find(':'));
    if (std::ranges::find(known, name) != known.end()) continue;
    refusal.refuse(item.place,
                   fmt::format("found the damage '{}', which no query of the scenario states; "
                               "expected {}",
                               name, one_of(known, name)));
  }
}

// Oracles that may object beside the one that must.
std::vector<std::string> read_also(Fields& fields, const std::string& oracle,
                                   FirstRefusal& refusal) {
  std::vector<std::string> also;
  for (const YamlNode& item : fields.list("also")) {
    const std::string word = text_of(item, "an oracle", refusal);
    if (std::ranges::find(oracles, word) == oracles.end()) {
      refusal.refuse(item.place, fmt::format("found the oracle '{}'; expected {}", word,
                                             one_of(oracles, word)));
    }
    if (word == oracle || std::ranges::find(also, word) != also.end()) {
      refusal.refuse(item.place, fmt::format("found the oracle '{}' a second time; expected it "
                                             "once",
                                             word));
    }
    also.push_back(word);
  }
  return also;
}

Expected read_word(const YamlNode& node, FirstRefusal& refusal) {
  const std::string word =
      text_of(node, "an expectation: holds, violated or not-applicable", refusal);
  if (std::ranges::find(observations, word) == observations.end()) {
    refusal.refuse(node.place, fmt::format("found the expectation '{}'; expected {}", word,
                                           one_of(observations, word)));
  }
  Expected expected;
  expected.observed = expectation_of(word);
  return expected;
}

Expected read_expected(const YamlNode& node, const std::vector<DamageQuery>& damage,
                       FirstRefusal& refusal) {
  if (node.kind != YamlNode::Kind::mapping) return read_word(node, refusal);
  Fields fields(node, "an expectation", expectation_keys, refusal);
  Expected expected;
  fields.text("observed");
  expected.observed = expectation_of(fields.word_or("observed", observations, "holds"));
  expected.oracle = fields.word_or("oracle", oracles, "");
  expected.also = read_also(fields, expected.oracle, refusal);
  expected.damage = fields.texts("damage");
  expected.reason = fields.text_or("reason", "");
  check_damage_names(fields.list("damage"), damage, refusal);
  return expected;
}

bool is_for_both_targets(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::mapping) return true;
  return std::ranges::any_of(node.entries, [](const YamlEntry& entry) {
    return std::ranges::find(expectation_keys, entry.key) != expectation_keys.end();
  });
}

// One expectation with the place that a refusal of it points to.
struct Placed {
  Expected expected;
  SourcePlace place;
};

// Where a variant is a case: a disk is SQLite's alone, the settings of a server PostgreSQL's.
std::vector<std::string> targets_of_variant(const Variant& variant) {
  if (variant.storage && !variant.server) return {"sqlite"};
  if (variant.server && !variant.storage) return {"postgres"};
  return targets;
}

// `needed`: the targets of which something must be expected.
std::map<std::string, Placed> read_expectations(const YamlNode& node,
                                                const std::vector<std::string>& needed,
                                                const std::vector<DamageQuery>& damage,
                                                FirstRefusal& refusal) {
  std::map<std::string, Placed> expectations;
  if (is_for_both_targets(node)) {
    const Placed all{read_expected(node, damage, refusal), node.place};
    for (const std::string& target : needed) expectations[target] = all;
    return expectations;
  }
  Fields fields(node, "the expectations", targets, refusal);
  for (const std::string& target : targets) {
    const YamlNode* expected = fields.find(target);
    if (expected != nullptr) {
      expectations[target] = {read_expected(*expected, damage, refusal), expected->place};
    } else if (std::ranges::find(needed, target) != needed.end()) {
      refusal.refuse(node.place, fmt::format("found no '{}' in the expectations; expected one "
                                             "for each of {}",
                                             target, fmt::join(needed, ", ")));
    }
  }
  return expectations;
}

void check_violated(const Placed& given, Role role, FirstRefusal& refusal) {
  if (role == Role::mutant && !given.expected.also.empty()) {
    refusal.refuse(given.place,
                   "found a mutant with 'also'; expected a bug that one oracle alone can see, or "
                   "the role control");
  }
  if (role == Role::subject) {
    refusal.refuse(given.place,
                   "found a subject that is expected to be violated; expected the role control or "
                   "mutant");
  }
  if (given.expected.oracle.empty()) {
    refusal.refuse(given.place, fmt::format("found 'violated' without the 'oracle' that must see "
                                            "it; expected one of {}",
                                            fmt::join(oracles, ", ")));
  }
  if (given.expected.damage.empty() && role != Role::mutant) {
    refusal.refuse(given.place,
                   "found 'violated' without 'damage'; expected the names of the damage that must "
                   "be found (only a mutant may do without)");
  }
}

void check_expected(const Placed& given, Role role, FirstRefusal& refusal) {
  const Expected& expected = given.expected;
  if (expected.observed == Expectation::violated) return check_violated(given, role, refusal);
  if (!expected.oracle.empty() || !expected.also.empty() || !expected.damage.empty()) {
    refusal.refuse(given.place,
                   "found an oracle or damage for what is not expected to be violated; expected "
                   "them only beside 'violated'");
  }
  const bool not_applicable = expected.observed == Expectation::not_applicable;
  if (expected.reason.empty() && (not_applicable || role != Role::subject)) {
    refusal.refuse(given.place,
                   fmt::format("found '{}' without a 'reason'; expected why the engine {}",
                               not_applicable ? "not-applicable" : "holds",
                               not_applicable ? "cannot express this variant"
                                              : "does not let this bug happen"));
  }
}

Role read_role(Fields& fields, bool any_violated, FirstRefusal& refusal) {
  const std::string word = fields.word_or("role", roles, any_violated ? "control" : "subject");
  if (word == "subject") return Role::subject;
  if (!any_violated) {
    refusal.refuse(
        fields.place_of("role"),
        fmt::format("found a {} that is violated on no target; expected 'violated' on at "
                    "least one",
                    word));
  }
  return word == "mutant" ? Role::mutant : Role::control;
}

Variant read_variant(const YamlNode& node, const std::vector<Variant>& earlier,
                     const std::vector<DamageQuery>& damage, FirstRefusal& refusal) {
  Fields fields(node, "a variant", {"name", "title", "code", "role", "storage", "server", "expect"},
                refusal);
  Variant variant;
  variant.place = node.place;
  variant.name = fields.name("name");
  variant.title = fields.text("title");
  variant.code = fields.text_or("code", variant.name);
  if (std::ranges::find(earlier, variant.name, &Variant::name) != earlier.end()) {
    refusal.refuse(fields.place_of("name"), fmt::format("found the variant '{}' a second time; "
                                                        "expected another name",
                                                        variant.name));
  }
  if (const YamlNode* storage = fields.find("storage")) {
    variant.storage = read_storage(*storage, refusal);
  }
  if (const YamlNode* server = fields.find("server")) {
    variant.server = read_server(*server, refusal);
  }
  const YamlNode* expect = fields.find("expect");
  if (expect == nullptr) {
    refusal.refuse(node.place, "found no 'expect' in a variant; expected this key");
    return variant;
  }
  const auto expectations =
      read_expectations(*expect, targets_of_variant(variant), damage, refusal);
  const bool any_violated = std::ranges::any_of(expectations, [](const auto& given) {
    return given.second.expected.observed == Expectation::violated;
  });
  variant.role = read_role(fields, any_violated, refusal);
  for (const auto& [target, given] : expectations) {
    check_expected(given, variant.role, refusal);
    variant.expect[target] = given.expected;
  }
  return variant;
}

}  // namespace

std::vector<Variant> read_variants(const std::vector<YamlNode>& nodes,
                                   const std::vector<DamageQuery>& damage, FirstRefusal& refusal) {
  std::vector<Variant> variants;
  for (const YamlNode& node : nodes) {
    for (const YamlNode& one : expanded(node, refusal)) {
      variants.push_back(read_variant(one, variants, damage, refusal));
    }
  }
  return variants;
}

}  // namespace splitproof::harness
