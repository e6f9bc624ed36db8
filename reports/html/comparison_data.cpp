#include "reports/html/comparison_data.h"

#include "reports/html/json_text.h"

namespace splitproof::reports {

namespace {

class ComparisonJson {
 public:
  std::string write(const harness::ReportComparison& comparison) {
    json_.begin_object();
    json_.key("before"), text(comparison.before);
    json_.key("now"), text(comparison.now);
    json_.key("alike"), json_.number(comparison.alike);
    json_.key("cases");
    list(comparison.cases, [this](const harness::CaseComparison& one) {
      json_.begin_list();
      text(one.scenario), text(one.variant), text(one.target), text(one.before), text(one.now);
      findings(one.appeared), findings(one.mended);
      json_.texts_in(strings_, one.vanished), json_.texts_in(strings_, one.added);
      json_.end_list();
    });
    json_.table(strings_);
    json_.end_object();
    return json_.take();
  }

 private:
  void text(std::string_view value) { json_.text_in(strings_, value); }

  template <class Element, class Write>
  void list(const std::vector<Element>& elements, const Write& write) {
    json_.begin_list();
    for (const Element& element : elements) write(element);
    json_.end_list();
  }

  void findings(const std::vector<harness::ComparedFinding>& findings) {
    list(findings, [this](const harness::ComparedFinding& one) {
      json_.begin_list();
      text(one.id), text(one.words);
      json_.end_list();
    });
  }

  StringTable strings_;
  JsonText json_;
};

}  // namespace

std::string comparison_data(const harness::ReportComparison& comparison) {
  return ComparisonJson().write(comparison);
}

std::string lacks_data(const std::vector<std::string>& lacks) {
  JsonText json;
  json.begin_list();
  for (const std::string& sentence : lacks) json.text(sentence);
  json.end_list();
  return json.take();
}

}  // namespace splitproof::reports
