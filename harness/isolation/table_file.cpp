#include "harness/isolation/table_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "sim/sql/statement.h"

namespace splitproof::harness {

namespace {

const std::vector<std::string>& documented_words() {
  static const std::vector<std::string> words{"ruled-out", "possible", "happens",
                                              "not-expressible"};
  return words;
}

// A column as it stands in the file.
struct ReadColumn {
  IsolationColumn column;
  std::optional<DocumentedCell> documented;  // Of the anomalies that do not say it themselves.
  SourcePlace place;
};

class TableReader {
 public:
  explicit TableReader(FirstRefusal& refusal) : refusal_(refusal) {}

  std::vector<Scenario> read(const YamlNode& node) {
    Fields fields(node, "the isolation table",
                  {std::string(isolation_table_name), "data", "sources", "columns", "anomalies"},
                  refusal_);
    title_ = fields.text(isolation_table_name);
    for (const YamlNode& statement : fields.list("data")) {
      data_.sql.push_back(text_of(statement, "an SQL statement", refusal_));
      data_.sql_places.push_back(statement.place);
    }
    for (const YamlNode& source : fields.list("sources")) read_source(source);
    for (const YamlNode& column : fields.list("columns")) read_column(column);
    std::vector<Scenario> scenarios;
    for (const YamlNode& anomaly : fields.list("anomalies")) {
      scenarios.push_back(read_anomaly(anomaly));
      const auto same = [&](const Scenario& one) { return one.name == scenarios.back().name; };
      if (std::ranges::count_if(scenarios, same) > 1) {
        refusal_.refuse(anomaly.place, fmt::format("found the anomaly '{}' a second time; expected "
                                                   "another name",
                                                   scenarios.back().name));
      }
    }
    for (const char* const key : {"data", "columns", "anomalies"}) {
      if (!fields.has(key)) fields.text(key);
    }
    return scenarios;
  }

 private:
  void read_source(const YamlNode& node) {
    Fields fields(node, "a source", {"name", "says"}, refusal_);
    const std::string name = fields.name("name");
    if (!sources_.emplace(name, fields.text("says")).second) {
      refusal_.refuse(
          node.place,
          fmt::format("found the source '{}' a second time; expected another name", name));
    }
  }

  DocumentedCell read_documented(Fields& fields) {
    DocumentedCell cell;
    const std::string says = fields.text("says");
    fields.word_or("says", documented_words(), "");
    const auto word = std::ranges::find(documented_words(), says);
    if (word != documented_words().end()) {
      cell.says = static_cast<Documented>(word - documented_words().begin());
    }
    const auto source = sources_.find(fields.text("source"));
    if (source != sources_.end()) {
      cell.source = source->second;
    } else {
      std::vector<std::string> names;
      for (const auto& [name, text] : sources_) names.push_back(name);
      fields.word_or("source", names, "");
    }
    return cell;
  }

  void read_column(const YamlNode& node) {
    Fields fields(node, "a column", {"name", "title", "target", "mode", "begin", "documented"},
                  refusal_);
    ReadColumn read;
    read.place = node.place;
    read.column.name = fields.name("name");
    read.column.title = fields.text("title");
    fields.text("target");
    read.column.target = fields.word_or("target", {"sqlite", "postgres"}, "sqlite");
    read.column.mode = read_mode(fields, read.column.target);
    read.column.begin = {fields.text_or("begin", ""), fields.place_of("begin")};
    if (fields.has("begin") &&
        sim::Statement(read.column.begin.sql).kind() != sim::StatementKind::begin) {
      refusal_.refuse(fields.place_of("begin"),
                      fmt::format("found '{}' as 'begin'; expected a statement that begins a "
                                  "transaction",
                                  read.column.begin.sql));
    }
    if (const YamlNode* documented = fields.find("documented")) {
      Fields cell(*documented, "what is documented", {"says", "source"}, refusal_);
      read.documented = read_documented(cell);
    }
    if (std::ranges::find(columns_, key_of(read.column), [](const ReadColumn& one) {
          return key_of(one.column);
        }) != columns_.end()) {
      refusal_.refuse(fields.place_of("name"),
                      fmt::format("found the column '{}' of {} a second time; expected another "
                                  "name",
                                  read.column.name, read.column.target));
    }
    columns_.push_back(std::move(read));
  }

  SqliteSharing read_mode(Fields& fields, const std::string& target) {
    const std::vector<std::string> modes{"rollback-journal", "wal", "shared-cache"};
    const std::string mode = fields.word_or("mode", modes, "rollback-journal");
    if (fields.has("mode") && target != "sqlite") {
      refusal_.refuse(fields.place_of("mode"),
                      "found a 'mode' in a column of postgres; expected it only with sqlite");
    }
    if (mode == "wal") return SqliteSharing::write_ahead_log;
    return mode == "shared-cache" ? SqliteSharing::shared_cache : SqliteSharing::rollback_journal;
  }

  static ColumnKey key_of(const IsolationColumn& column) { return {column.target, column.name}; }

  Scenario read_anomaly(const YamlNode& node) {
    Fields fields(node, "an anomaly",
                  {"anomaly", "abbreviation", "title", "definition", "sessions", "held", "occurs",
                   "documented"},
                  refusal_);
    const auto anomaly = std::make_shared<AnomalyProgram>();
    Scenario scenario;
    scenario.place = node.place;
    scenario.name = std::string(isolation_prefix) + fields.name("anomaly");
    anomaly->name = fields.text("abbreviation");
    anomaly->definition = fields.text("definition");
    anomaly->table = title_;
    anomaly->data = data_;
    scenario.title = fmt::format("{}: {}", anomaly->name, fields.text("title"));
    scenario.story = anomaly->definition;
    scenario.claim = anomaly->definition;
    read_anomaly_sessions(fields, *anomaly, refusal_);
    read_anomaly_symptoms(fields, *anomaly, refusal_);
    for (const ReadColumn& read : columns_) {
      anomaly->columns.emplace(key_of(read.column), read.column);
      if (read.documented) anomaly->documented.emplace(key_of(read.column), *read.documented);
    }
    for (const YamlNode& cell : fields.list("documented")) read_cell(cell, *anomaly);
    for (const ReadColumn& read : columns_) {
      scenario.variants.push_back(variant_of(read, *anomaly, node.place));
    }
    require_witnesses(*anomaly, node.place);
    scenario.anomaly = anomaly;
    return scenario;
  }

  void read_cell(const YamlNode& node, AnomalyProgram& anomaly) {
    Fields fields(node, "what is documented of a column", {"target", "column", "says", "source"},
                  refusal_);
    const ColumnKey key{fields.text("target"), fields.text("column")};
    if (!anomaly.columns.contains(key)) {
      refusal_.refuse(node.place, fmt::format("found the column '{}' of '{}'; expected one of the "
                                              "table's columns",
                                              key.second, key.first));
    }
    anomaly.documented[key] = read_documented(fields);
  }

  Variant variant_of(const ReadColumn& read, const AnomalyProgram& anomaly,
                     const SourcePlace& place) {
    const IsolationColumn& column = read.column;
    const auto documented = anomaly.documented.find(key_of(column));
    if (documented == anomaly.documented.end()) {
      refusal_.refuse(place, fmt::format("found nothing documented of the column '{}' of {}; "
                                         "expected it there or in the anomaly",
                                         column.name, column.target));
      return {};
    }
    const Documented says = documented->second.says;
    Variant variant;
    variant.name = column.name;
    variant.title = column.title;
    variant.place = read.place;
    variant.role = says == Documented::happens ? Role::control : Role::subject;
    Expected& expected = variant.expect[column.target];
    if (says == Documented::happens) expected.observed = Expectation::violated;
    if (says == Documented::not_expressible) expected.observed = Expectation::not_applicable;
    expected.oracle = "isolation";
    expected.reason = documented->second.source;
    return variant;
  }

  // A condition that can never hold would make every "does not occur" of the row empty.
  void require_witnesses(const AnomalyProgram& anomaly, const SourcePlace& place) {
    for (const char* const target : {"sqlite", "postgres"}) {
      bool has_columns = false;
      bool has_witness = false;
      for (const auto& [key, cell] : anomaly.documented) {
        if (key.first != target) continue;
        has_columns = true;
        has_witness = has_witness || cell.says == Documented::happens;
      }
      if (!has_columns || has_witness) continue;
      refusal_.refuse(place, fmt::format("found no column of {} in which {} is said to happen; "
                                         "expected one, for without it nothing shows that the "
                                         "anomaly would be seen",
                                         target, anomaly.name));
    }
  }

  FirstRefusal& refusal_;
  std::string title_;
  InitialData data_;
  std::map<std::string, std::string> sources_;
  std::vector<ReadColumn> columns_;
};

// As with scenario files: what is longer was given by mistake.
constexpr std::size_t table_size_max = 128 * 1024;

// The beginning of the file, one byte more than a table may have; empty where it cannot be read.
std::string beginning_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(table_size_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

bool is_isolation_table(const std::string& path) {
  const std::string text = beginning_of(path);
  const std::string key = fmt::format("{}:", isolation_table_name);
  return text.starts_with(key) || text.find("\n" + key) != std::string::npos;
}

sim::Result<std::vector<Scenario>, ScenarioError> read_isolation_table(const std::string& path) {
  const std::string text = beginning_of(path);
  if (text.size() > table_size_max) {
    return ScenarioError{{path, 1, 1}, "found more than 128 KiB; expected an isolation table"};
  }
  return read_isolation_text(text, path);
}

sim::Result<std::vector<Scenario>, ScenarioError> read_isolation_text(const std::string& text,
                                                                      const std::string& name) {
  auto root = parse_yaml(text, name);
  if (!root.ok()) return root.error();
  FirstRefusal refusal;
  std::vector<Scenario> scenarios = TableReader(refusal).read(root.value());
  if (refusal.error()) return *refusal.error();
  return scenarios;
}

}  // namespace splitproof::harness
