#include "reports/html/details.h"

namespace splitproof::reports {

namespace {

class FindingDetails {
 public:
  FindingDetails(StringTable& strings, JsonText& json) : strings_(strings), json_(json) {}

  void write(const harness::Finding& finding) {
    json_.begin_object();
    json_.key("because"), text(finding.because);
    json_.key("replay"), text(finding.replay);
    json_.key("damage");
    list(finding.damage, [&](const harness::Damage& one) { text(one.name), text(one.text); });
    json_.key("story");
    list(finding.story, [&](const harness::StoryLine& one) { text(one.actor), text(one.text); });
    json_.key("differences");
    list(finding.differences, [&](const harness::TableDifference& one) {
      text(one.table), json_.texts_in(strings_, one.columns);
      rows(one.expected), rows(one.found);
      json_.number(static_cast<std::int64_t>(one.rows_left_out));
    });
    json_.key("dependencies");
    list(finding.dependencies, [&](const harness::DependencyLine& one) {
      text(one.from), text(one.to), text(one.kind), json_.flag(one.predicate);
      text(one.item), text(one.because);
    });
    for (const auto& [key, value] : {std::pair{"spec", &finding.spec},
                                     {"script", &finding.script},
                                     {"output", &finding.output}}) {
      if (!value->empty()) json_.key(key), text(*value);
    }
    if (finding.timeline) timeline(*finding.timeline);
    json_.end_object();
  }

 private:
  void text(std::string_view value) { json_.text_in(strings_, value); }

  // Each element a list of what `write` writes of it.
  template <class Element, class Write>
  void list(const std::vector<Element>& elements, const Write& write) {
    json_.begin_list();
    for (const Element& element : elements) {
      json_.begin_list();
      write(element);
      json_.end_list();
    }
    json_.end_list();
  }

  void rows(const std::vector<std::vector<std::string>>& rows) {
    json_.begin_list();
    for (const std::vector<std::string>& row : rows) json_.texts_in(strings_, row);
    json_.end_list();
  }

  void timeline(const harness::Timeline& timeline) {
    json_.key("timeline");
    json_.begin_object();
    json_.key("lanes"), json_.texts_in(strings_, timeline.lanes);
    json_.key("steps");
    list(timeline.steps, [&](const harness::TimelineStep& one) { step(one); });
    json_.key("stages");
    list(timeline.stages, [&](const harness::Stage& one) {
      text(one.title), text(one.holds);
      list(one.tables, [&](const harness::StageTable& table) { stage_table(table); });
    });
    json_.end_object();
  }

  void step(const harness::TimelineStep& one) {
    text(harness::to_string(one.kind)), json_.number(one.lane), text(one.label);
    json_.number(one.statement), json_.flag(one.retry), text(one.sql);
    json_.texts_in(strings_, one.parameters);
    text(one.fault), text(one.answer), text(one.waits_for);
    text(one.told), text(one.held), text(one.stored), json_.number(one.stage);
  }

  void stage_table(const harness::StageTable& table) {
    text(table.name), json_.texts_in(strings_, table.columns);
    list(table.rows, [&](const harness::StageRow& row) {
      text(harness::to_string(row.mark)), json_.texts_in(strings_, row.cells);
      if (row.wrong.empty()) return;
      json_.texts_in(strings_, row.right);
      json_.begin_list();
      for (const std::size_t column : row.wrong) {
        json_.number(static_cast<std::int64_t>(column));
      }
      json_.end_list();
    });
    json_.number(static_cast<std::int64_t>(table.rows_left_out));
  }

  StringTable& strings_;
  JsonText& json_;
};

}  // namespace

void write_details(const harness::Finding& finding, StringTable& strings, JsonText& json) {
  FindingDetails(strings, json).write(finding);
}

}  // namespace splitproof::reports
