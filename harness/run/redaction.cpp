#include "harness/run/redaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/run/masks.h"
#include "harness/run/scenario_file.h"
#include "sim/base/money.h"

namespace splitproof::harness {

namespace {

// In a sentence a single digit or letter is more often something else: "1 row".
constexpr std::size_t in_sentences = 2;
constexpr std::size_t in_sql = 1;

using Masks = std::unordered_map<std::string, std::string>;
using MasksOf = std::function<const Masks*(const std::string& table, const std::string& column)>;

// How else a value is written: as an amount of money, and within quotes of SQL.
std::vector<std::string> other_forms(const std::string& value) {
  std::vector<std::string> forms;
  std::string quoted;
  for (const char sign : value) quoted.append(sign == '\'' ? 2 : 1, sign);
  if (quoted != value) forms.push_back(quoted);
  if (const auto amount = sim::parse_money(value); amount && value.find('.') == std::string::npos) {
    forms.push_back(sim::to_string(sim::Money{amount->minor / 100}));
  }
  return forms;
}

class Masking {
 public:
  Masking(const TextMasks& texts, MasksOf masks_of)
      : texts_(texts), masks_of_(std::move(masks_of)) {}

  void mask(CaseVerdict& verdict) const {
    sentence(verdict.reason);
    for (Finding& finding : verdict.findings) mask(finding);
    for (Prediction& prediction : verdict.predictions) sentence(prediction.because);
    for (Ambiguity& ambiguity : verdict.ambiguities) {
      for (std::string* text : {&ambiguity.transaction, &ambiguity.known_by}) sentence(*text);
    }
    if (!verdict.grid) return;
    for (GridPart& part : verdict.grid->parts) {
      for (GridRow& row : part.rows) {
        sql(row.sql);
        for (std::string* text : {&row.name, &row.session}) sentence(*text);
      }
    }
  }

  void mask(LedgerEntry& entry) const {
    sentence(entry.damaged);
    for (std::string& text : entry.left_open) sentence(text);
    for (LedgerTransaction& one : entry.transactions) {
      sentence(one.known_by);
      for (std::string& text : one.statements) sentence(text);
    }
    for (LedgerStrike& strike : entry.struck) sentence(strike.statement);
  }

  void mask(CaseEvidence& evidence) const {
    for (std::string& title : evidence.titles) sentence(title);
    for (auto& transaction : evidence.transactions) {
      for (std::string& text : transaction) sentence(text);
    }
    for (RecordedTable& table : evidence.tables) {
      for (auto& row : table.rows) mask(table, row);
    }
    for (RecordedState& state : evidence.states) {
      for (TableChange& change : state.changes) {
        const RecordedTable& table = evidence.tables[static_cast<std::size_t>(change.table)];
        for (auto& row : change.added) mask(table, row);
      }
      for (std::string& text : state.damage) sentence(text);
    }
  }

 private:
  void sentence(std::string& text) const { text = texts_.masked(text, in_sentences); }
  void sql(std::string& text) const { text = texts_.masked(text, in_sql); }

  void cell(const std::string& table, const std::string& column, std::string& text) const {
    const Masks* const masks = masks_of_(table, column);
    if (masks == nullptr) return;
    if (const auto found = masks->find(text); found != masks->end()) text = found->second;
  }

  void mask(const RecordedTable& table, std::vector<Cell>& row) const {
    for (std::size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
      if (row[i]) cell(table.name, table.columns[i], *row[i]);
    }
  }

  void cells(const std::string& table, const std::vector<std::string>& columns,
             std::vector<std::string>& row) const {
    for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
      cell(table, columns[i], row[i]);
    }
  }

  void mask(Finding& finding) const {
    for (std::string* text : {&finding.claim, &finding.because, &finding.output}) sentence(*text);
    for (std::string* text : {&finding.spec, &finding.script}) sql(*text);
    for (Damage& damage : finding.damage) sentence(damage.text);
    for (StoryLine& line : finding.story) sentence(line.text);
    for (TableDifference& one : finding.differences) {
      for (auto* const rows : {&one.expected, &one.found}) {
        for (auto& row : *rows) cells(one.table, one.columns, row);
      }
    }
    for (DependencyLine& line : finding.dependencies) {
      for (std::string* text : {&line.item, &line.because}) sql(*text);
    }
    if (finding.timeline) mask(*finding.timeline);
  }

  void mask(Timeline& timeline) const {
    for (TimelineStep& step : timeline.steps) {
      sql(step.sql);
      for (std::string& parameter : step.parameters) sql(parameter);
      for (std::string* text :
           {&step.label, &step.answer, &step.fault, &step.told, &step.held, &step.stored}) {
        sentence(*text);
      }
    }
    for (Stage& stage : timeline.stages) {
      sentence(stage.holds);
      for (StageTable& table : stage.tables) {
        for (StageRow& row : table.rows) {
          cells(table.name, table.columns, row.cells);
          cells(table.name, table.columns, row.right);
        }
      }
    }
  }

  const TextMasks& texts_;
  MasksOf masks_of_;
};

}  // namespace

Redaction::Redaction(std::vector<std::string> columns) : columns_(std::move(columns)) {}

const std::string* Redaction::meant(const std::string& table, const std::string& column) const {
  const auto found = std::ranges::find_if(columns_, [&](const std::string& one) {
    return one == column || one == table + "." + column;
  });
  return found == columns_.end() ? nullptr : &*found;
}

void Redaction::hide(const std::string& variable, const std::string& value) {
  constexpr std::size_t length_min = 4;
  if (value.size() >= length_min) hidden_.emplace(value, variable);
}

void Redaction::learn(const State& state) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, table] : state) {
    for (std::size_t i = 0; i < table->columns.size(); ++i) {
      seen_.insert(table->columns[i]);
      const std::string* const column = meant(name, table->columns[i]);
      if (column == nullptr) continue;
      found_.insert(*column);
      std::set<std::string>& values = values_[*column];
      for (const sim::Row& row : table->rows) {
        if (!std::holds_alternative<sim::Null>(row[i])) values.insert(sim::to_string(row[i]));
      }
    }
  }
}

std::string Redaction::objection() const {
  for (const std::string& column : columns_) {
    if (found_.contains(column)) continue;
    const std::string near = nearest(column, {seen_.begin(), seen_.end()});
    return fmt::format(
        "'--redact' is '{}', and no table of these cases has such a column{}; nothing is "
        "written, so that nothing is told by mistake",
        column, near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
  }
  return "";
}

void Redaction::number_values() {
  for (const auto& [column, values] : values_) {
    std::vector<std::pair<std::string, std::string>> by_digest;
    for (const std::string& value : values) by_digest.emplace_back(sha256(value), value);
    std::ranges::sort(by_digest);
    for (std::size_t i = 0; i < by_digest.size(); ++i) {
      masks_[column].emplace(by_digest[i].second, fmt::format("‹{} {}›", column, i + 1));
    }
  }
}

void Redaction::apply(RunVerdict& verdict, std::vector<LedgerEntry>& ledger, Evidence& evidence) {
  number_values();
  if (columns_.empty() && hidden_.empty()) return;
  TextMasks texts;
  for (const auto& [value, variable] : hidden_) texts.add(value, fmt::format("‹{}›", variable));
  for (const auto& [column, values] : values_) {
    for (const std::string& value : values) texts.add(value, masks_[column].at(value));
  }
  // Behind all values themselves, since one may look like another's other form.
  for (const auto& [column, values] : values_) {
    for (const std::string& value : values) {
      for (const std::string& form : other_forms(value)) texts.add(form, masks_[column].at(value));
    }
  }
  const Masking masking(texts, [this](const std::string& table, const std::string& column) {
    const std::string* const one = meant(table, column);
    const auto masks = one == nullptr ? masks_.end() : masks_.find(*one);
    return masks == masks_.end() ? nullptr : &masks->second;
  });
  for (CaseVerdict& one : verdict.cases) masking.mask(one);
  for (LedgerEntry& one : ledger) masking.mask(one);
  for (CaseEvidence& one : evidence.cases) masking.mask(one);
  if (!has_columns()) return;
  verdict.not_tested.push_back(fmt::format(
      "what masked values say: those of {} are replaced by ‹column number› (--redact), and copies "
      "of the scenarios' files are left out; digests are those of the values themselves",
      fmt::join(columns_, ", ")));
}

}  // namespace splitproof::harness
