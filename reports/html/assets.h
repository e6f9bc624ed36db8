// The page's script and style, as the build joined them from reports/html/page.
#pragma once

#include <string_view>

namespace splitproof::reports {

extern const std::string_view page_script;
extern const std::string_view page_style;

}  // namespace splitproof::reports
