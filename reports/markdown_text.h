// Text made safe for GitHub's Markdown: what comes out of a database or a scenario reads on the
// page as it is, and makes no heading, no table cell, no link and no HTML of its own.
#pragma once

#include <string>
#include <string_view>

namespace splitproof::reports {

// One line of plain text, also at the start of a line and inside a table.
std::string markdown_text(std::string_view text);

// `text` as inline code; not for tables, where a bar would end the cell.
std::string markdown_code(std::string_view text);

// A block of code, its lines made printable one by one. It ends with a line end.
std::string markdown_block(std::string_view language, std::string_view text);

}  // namespace splitproof::reports
