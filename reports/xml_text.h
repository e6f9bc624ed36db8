// Text made safe for XML 1.0. Characters that no XML document may hold, not even escaped, become
// visible escapes ("\x1b"), and bytes that are not UTF-8 become U+FFFD; so a parser accepts
// whatever a database answered.
#pragma once

#include <string>
#include <string_view>

namespace splitproof::reports {

// For the text between tags. Line ends are kept.
std::string xml_text(std::string_view text);

// For an attribute's value within double quotes. Line ends are made visible as "\n".
std::string xml_attribute(std::string_view text);

}  // namespace splitproof::reports
