// Cases and findings as the page's details. Private to the HTML page.
#pragma once

#include "harness/verdict/verdict.h"
#include "reports/html/json_text.h"

namespace splitproof::reports {

void write_details(const harness::CaseVerdict& verdict, StringTable& strings, JsonText& json);
void write_details(const harness::Finding& finding, StringTable& strings, JsonText& json);

}  // namespace splitproof::reports
