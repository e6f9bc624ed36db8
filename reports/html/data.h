// What report.html shows, as JSON: an index that is read when the page is opened, and documents
// with the details of cases and findings, each read when somebody looks at one of them.
//
// Texts are numbers in each document's list "strings", so that none is written twice. The format is
// private to the page and written anew with each report: whoever wants data reads report.json.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

struct HtmlData {
  std::string index;
  std::vector<std::string> cases;     // Of some cases each, in order.
  std::vector<std::string> findings;  // Of some findings each, in order.
};

HtmlData html_data(const harness::RunVerdict& run, bool strict);

}  // namespace splitproof::reports
