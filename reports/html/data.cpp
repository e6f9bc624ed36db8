#include "reports/html/data.h"

#include <algorithm>
#include <array>

#include "reports/case_text.h"
#include "reports/contract.h"
#include "reports/grades.h"
#include "reports/html/details.h"
#include "reports/isolation_table.h"
#include "reports/terminal.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;
using harness::RunVerdict;

// A document is opened for one of its details, so it is not large; yet few large ones are smaller
// than many small ones, for each has texts of its own.
constexpr std::size_t document_bytes = 400'000;
constexpr std::size_t details_max = 512;

// Details in documents of moderate size: {"details": […], "strings": […]}.
class Documents {
 public:
  template <class Subject>
  void add(const Subject& subject) {
    if (count_ == 0) begin();
    write_details(subject, strings_, json_);
    ++count_;
    if (count_ == details_max || json_.str().size() + strings_.bytes() > document_bytes) end();
  }

  // How many are in each document, and the documents.
  std::vector<std::size_t> counts;
  std::vector<std::string> texts;

  void finish() {
    if (count_ > 0) end();
  }

 private:
  void begin() {
    json_.begin_object();
    json_.key("details");
    json_.begin_list();
  }

  void end() {
    json_.end_list();
    json_.table(strings_);
    json_.end_object();
    texts.push_back(json_.take());
    counts.push_back(count_);
    json_ = JsonText();
    strings_.clear();
    count_ = 0;
  }

  JsonText json_;
  StringTable strings_;
  std::size_t count_ = 0;
};

class Index {
 public:
  Index(const RunVerdict& run, bool strict) : run_(run), strict_(strict) {}

  std::string write(const std::vector<std::size_t>& cases,
                    const std::vector<std::size_t>& findings) {
    json_.begin_object();
    json_.key("format"), json_.number(1);
    headline();
    counts();
    json_.key("not_tested"), json_.texts_in(strings_, run_.not_tested);
    grades();
    contracts();
    isolation();
    case_rows();
    finding_columns();
    json_.key("case_documents"), numbers(cases);
    json_.key("finding_documents"), numbers(findings);
    json_.table(strings_);
    json_.end_object();
    return json_.take();
  }

 private:
  void text(std::string_view value) { json_.text_in(strings_, value); }
  void number(std::int64_t value) { json_.number(value); }
  void text_at(std::string_view key, std::string_view value) {
    json_.key(key);
    text(value);
  }

  void numbers(const std::vector<std::size_t>& values) {
    json_.begin_list();
    for (const std::size_t value : values) number(static_cast<std::int64_t>(value));
    json_.end_list();
  }

  template <class Element, class Write>
  void column(std::string_view key, const std::vector<Element>& elements, const Write& write) {
    json_.key(key);
    json_.begin_list();
    for (const Element& element : elements) write(element);
    json_.end_list();
  }

  template <class Write>
  void row(const Write& write) {
    json_.begin_list();
    write();
    json_.end_list();
  }

  void headline() {
    text_at("version", run_.version);
    text_at("seed", std::to_string(run_.seed));
    json_.key("complete"), json_.flag(run_.complete);
    text_at("sentence", verdict_sentence(run_, strict_));
    text_at("result", harness::to_string(overall(run_, strict_)));
    text_at("origin", origin_text(run_));
    text_at("compiler", run_.environment.compiler);
    text_at("kernel", run_.environment.kernel);
    text_at("sweeps", sweeps_text(run_));
  }

  void counts() {
    const auto pair = [this](std::string_view key, std::int64_t first, std::int64_t second) {
      json_.key(key);
      row([&] { number(first), number(second); });
    };
    pair("controls", run_.controls.caught, run_.controls.expected);
    pair("mutants", run_.mutants.caught, run_.mutants.expected);
    pair("kept_plans", run_.kept_plans.passed, run_.kept_plans.run);
    std::int64_t images = 0;
    std::int64_t orders = 0;
    for (const CaseVerdict& one : run_.cases) {
      if (one.storage) images += one.storage->images;
      if (one.schedules) orders += one.schedules->explored;
    }
    json_.key("images"), number(images);
    json_.key("orders"), number(orders);
  }

  void grades() {
    const GradeTable table = grade_table(run_.grades);
    json_.key("grades");
    json_.begin_object();
    json_.key("oracles"), json_.texts_in(strings_, table.oracles);
    column("rows", table.rows, [this](const GradeRow& grade) {
      row([&] {
        text(grade.mutant);
        for (const GradeCell& cell : grade.cells) {
          row([&] { json_.flag(cell.declared), json_.texts_in(strings_, cell.targets); });
        }
      });
    });
    const auto pair = [this](const std::pair<std::string, std::string>& one) {
      row([&] { text(one.first), text(one.second); });
    };
    column("missed", table.missed, pair);
    column("not_expressible", table.not_expressible, pair);
    json_.end_object();
  }

  void contracts() {
    ClauseNotes notes;
    column("contracts", contract_blocks(run_), [&](const ContractBlock& block) {
      const std::vector<std::string> settings = block.settings();
      const std::vector<std::string> failures = block.failures();
      json_.begin_object();
      text_at("scenario", block.scenario);
      text_at("target", block.target);
      text_at("images", images_text(block));
      json_.key("settings"), json_.texts_in(strings_, settings);
      json_.key("failures"), json_.texts_in(strings_, failures);
      column("rows", block.cases, [&](const CaseVerdict* verdict) {
        row([&] {
          number(verdict - run_.cases.data());
          row([&] {
            for (const std::string& name : settings) text(setting_of(*verdict, name));
          });
          for (const std::string& failure : failures) contract_cell(*verdict, failure, notes);
        });
      });
      json_.end_object();
    });
    json_.key("clauses"), json_.texts_in(strings_, notes.clauses());
    json_.key("other_losses"), json_.texts_in(strings_, other_losses(run_));
  }

  void contract_cell(const CaseVerdict& verdict, const std::string& failure, ClauseNotes& notes) {
    row([&] {
      const harness::ContractCell* cell = cell_of(verdict, failure);
      if (cell == nullptr) return;
      text(cell->promise), text(harness::seen_in_words(*cell));
      number(static_cast<std::int64_t>(notes.number_of(cell->clause)));
      json_.flag(cell->broken > 0), text(cell->plan);
    });
  }

  void isolation() {
    json_.key("isolation");
    json_.begin_list();
    for (const CaseVerdict& one : run_.cases) {
      if (!one.isolation) continue;
      row([&] {
        number(&one - run_.cases.data()), text(one.isolation->anomaly);
        text(one.isolation->documented), text(one.isolation->source);
        number(one.isolation->occurred), json_.flag(is_deviation(one));
      });
    }
    json_.end_list();
  }

  void case_rows() {
    column("cases", run_.cases, [this](const CaseVerdict& one) {
      row([&] {
        text(one.scenario), text(one.title), text(one.variant), text(one.target), text(one.role);
        text(one.expected), text(one.observed), text(harness::to_string(one.result));
        text(one.reason), number(one.runs), number(one.points), text(closed_text(one));
        number(one.faults.planned), number(one.faults.fired);
        text(one.schedules ? schedules_text(*one.schedules) : "");
        number(std::ssize(one.findings)), json_.flag(counts_as_failure(one, strict_));
      });
    });
  }

  template <class Write>
  void finding_column(std::string_view key, const Write& write) {
    json_.key(key);
    json_.begin_list();
    for (const CaseVerdict& one : run_.cases) {
      for (const Finding& finding : one.findings) write(finding);
    }
    json_.end_list();
  }

  void finding_columns() {
    json_.key("findings");
    json_.begin_object();
    // Each is the only one of its name, so that it is not looked for in the table.
    finding_column("id", [this](const Finding& one) { json_.text(one.id); });
    finding_column("oracle", [this](const Finding& one) { text(one.oracle); });
    finding_column("severity", [this](const Finding& one) { text(one.severity); });
    finding_column("anomaly", [this](const Finding& one) { text(one.anomaly); });
    finding_column("claim", [this](const Finding& one) { text(one.claim); });
    finding_column("damage", [this](const Finding& one) {
      text(one.damage.empty() ? std::string_view() : one.damage.front().text);
    });
    finding_column("plan", [this](const Finding& one) { text(one.plan); });
    finding_column("runs", [this](const Finding& one) { number(one.runs); });
    json_.end_object();
  }

  const RunVerdict& run_;
  bool strict_;
  JsonText json_;
  StringTable strings_;
};

}  // namespace

HtmlData html_data(const RunVerdict& run, bool strict) {
  Documents cases;
  Documents findings;
  for (const CaseVerdict& one : run.cases) {
    cases.add(one);
    for (const Finding& finding : one.findings) findings.add(finding);
  }
  cases.finish();
  findings.finish();
  HtmlData data;
  data.index = Index(run, strict).write(cases.counts, findings.counts);
  data.cases = std::move(cases.texts);
  data.findings = std::move(findings.texts);
  return data;
}

}  // namespace splitproof::reports
