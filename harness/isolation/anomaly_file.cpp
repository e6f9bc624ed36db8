// What the sessions of an anomaly do, and when it occurs: `sessions`, `held`, `occurs`.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/isolation/table_file.h"
#include "sim/sql/statement.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t anomaly_sessions_max = 3;

std::vector<AnomalyStep> read_statements(Fields& fields, std::string_view key,
                                         FirstRefusal& refusal) {
  std::vector<AnomalyStep> statements;
  for (const YamlNode& node : fields.list(key)) {
    statements.push_back({text_of(node, "an SQL statement", refusal), node.place});
    const sim::StatementKind kind = sim::Statement(statements.back().sql).kind();
    if (kind != sim::StatementKind::read && kind != sim::StatementKind::write) {
      refusal.refuse(node.place,
                     fmt::format("found '{}'; expected a statement within the transaction, whose "
                                 "BEGIN is the column's and whose end is 'ends'",
                                 statements.back().sql));
    }
  }
  return statements;
}

AnomalySession read_anomaly_session(const YamlNode& node, char letter, FirstRefusal& refusal) {
  Fields fields(node, "a session", {"session", "steps", "ends", "undo"}, refusal);
  AnomalySession session;
  session.letter = letter;
  const std::string named = fields.text("session");
  if (named != std::string(1, letter)) {
    refusal.refuse(
        fields.place_of("session"),
        fmt::format("found '{}' as 'session'; expected '{}', the next letter", named, letter));
  }
  if (!fields.has("steps")) fields.text("steps");
  session.steps = read_statements(fields, "steps", refusal);
  session.commits = fields.word_or("ends", {"COMMIT", "ROLLBACK"}, "COMMIT") == "COMMIT";
  session.undo = read_statements(fields, "undo", refusal);
  if (session.commits != session.undo.empty()) {
    refusal.refuse(session.commits ? fields.place_of("undo") : node.place,
                   session.commits
                       ? "found 'undo' in a session that ends by COMMIT; expected it only with "
                         "'ends: ROLLBACK'"
                       : "found no 'undo' in a session that ends by ROLLBACK; expected what stands "
                         "for it where there is no transaction");
  }
  return session;
}

// "a: read x" is the step of session a that is named so.
std::optional<StepPlace> find_step(const AnomalyProgram& anomaly, const std::string& words) {
  for (const AnomalySession& session : anomaly.sessions) {
    for (std::size_t i = 0; i < session.steps.size(); ++i) {
      const std::string name = sim::Statement(session.steps[i].sql).name();
      if (words == fmt::format("{}: {}", session.letter, name)) {
        return StepPlace{session.letter, i};
      }
    }
  }
  return std::nullopt;
}

std::vector<std::string> one_or_more_texts(const YamlNode& node, FirstRefusal& refusal) {
  if (node.kind != YamlNode::Kind::sequence) return {text_of(node, "an answer", refusal)};
  std::vector<std::string> texts;
  for (const YamlNode& item : node.items) texts.push_back(text_of(item, "an answer", refusal));
  if (texts.empty()) refusal.refuse(node.place, "found an empty list; expected answers");
  return texts;
}

const std::vector<YamlEntry>& entries_of(const YamlNode* node, std::string_view what,
                                         FirstRefusal& refusal) {
  static const std::vector<YamlEntry> none;
  if (node == nullptr) return none;
  if (node->entries.empty()) {
    refusal.refuse(node->place, fmt::format("found {}; expected {}", describe(*node), what));
  }
  return node->entries;
}

Symptom read_symptom(const YamlNode& node, const AnomalyProgram& anomaly, FirstRefusal& refusal) {
  Fields fields(node, "a way to occur", {"told", "answers", "finally"}, refusal);
  Symptom symptom;
  for (const YamlEntry& entry :
       entries_of(fields.find("told"), "sessions with outcomes: {a: committed}", refusal)) {
    const auto is_letter = [&](const AnomalySession& session) {
      return entry.key == std::string(1, session.letter);
    };
    if (std::ranges::none_of(anomaly.sessions, is_letter)) {
      refusal.refuse(entry.place,
                     fmt::format("found '{}'; expected the letter of a session", entry.key));
    }
    const std::string outcome = text_of(entry.value, "an outcome", refusal);
    if (outcome != "committed" && outcome != "aborted") {
      refusal.refuse(entry.value.place,
                     fmt::format("found '{}'; expected one of committed, aborted", outcome));
    }
    symptom.told[entry.key.front()] =
        outcome == "committed" ? sim::Outcome::committed : sim::Outcome::aborted;
  }
  for (const YamlEntry& entry :
       entries_of(fields.find("answers"), "steps with answers: {'a: read x': '10'}", refusal)) {
    const std::optional<StepPlace> place = find_step(anomaly, entry.key);
    if (!place) {
      refusal.refuse(entry.place, fmt::format("found '{}'; expected a step by its session and "
                                              "name, such as 'a: read x'",
                                              entry.key));
      continue;
    }
    symptom.answers[*place] = one_or_more_texts(entry.value, refusal);
  }
  if (const YamlNode* held = fields.find("finally")) {
    symptom.finally = one_or_more_texts(*held, refusal);
    if (anomaly.held.sql.empty()) {
      refusal.refuse(held->place,
                     "found 'finally' without a query; expected the key 'held' in the anomaly");
    }
  }
  if (symptom.answers.empty() && symptom.finally.empty()) {
    refusal.refuse(node.place,
                   "found neither 'answers' nor 'finally' in a way to occur; expected "
                   "at least one of them");
  }
  return symptom;
}

}  // namespace

void read_anomaly_sessions(Fields& fields, AnomalyProgram& anomaly, FirstRefusal& refusal) {
  char letter = 'a';
  for (const YamlNode& node : fields.list("sessions")) {
    anomaly.sessions.push_back(read_anomaly_session(node, letter++, refusal));
  }
  if (anomaly.sessions.size() < 2 || anomaly.sessions.size() > anomaly_sessions_max) {
    refusal.refuse(fields.place_of("sessions"),
                   fmt::format("found a list of {} as 'sessions'; expected two or three",
                               anomaly.sessions.size()));
  }
}

void read_anomaly_symptoms(Fields& fields, AnomalyProgram& anomaly, FirstRefusal& refusal) {
  anomaly.held = {fields.text_or("held", ""), fields.place_of("held")};
  for (const YamlNode& node : fields.list("occurs")) {
    anomaly.occurs.push_back(read_symptom(node, anomaly, refusal));
  }
  if (!fields.has("occurs")) fields.text("occurs");
}

}  // namespace splitproof::harness
