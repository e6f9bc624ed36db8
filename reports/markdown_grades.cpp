#include "reports/markdown_grades.h"

#include <fmt/format.h>

#include <ostream>

#include "reports/grades.h"
#include "reports/layout.h"
#include "reports/markdown_text.h"

namespace splitproof::reports {

namespace {

std::string text_of(const GradeCell& cell) {
  std::string text;
  for (const std::string& target : cell.targets) {
    text += (text.empty() ? "" : "+") + markdown_text(target);
  }
  if (cell.declared) return fmt::format("**{}**", text.empty() ? "missed" : text);
  return text;
}

void write_list(std::string_view title,
                const std::vector<std::pair<std::string, std::string>>& remarks,
                std::ostream& out) {
  if (remarks.empty()) return;
  out << "\n" << title << "\n\n";
  for (const auto& [who, why] : remarks) {
    out << "- " << markdown_text(who) << ": " << markdown_text(why) << "\n";
  }
}

}  // namespace

void write_markdown_grades(const std::vector<harness::GradeLine>& lines, std::ostream& out) {
  const GradeTable table = grade_table(lines);
  out << fmt::format(
      "\n### Which oracle objects to which mutant\n\n<details{}><summary>{}, {}; bold: the oracle "
      "that must object</summary>\n\n| mutant |",
      table.missed.empty() ? "" : " open", count_of(std::ssize(table.rows), "mutant", "mutants"),
      count_of(std::ssize(table.oracles), "oracle", "oracles"));
  for (const std::string& oracle : table.oracles) out << " " << markdown_text(oracle) << " |";
  out << "\n|---|";
  for (std::size_t i = 0; i < table.oracles.size(); ++i) out << "---|";
  out << "\n";
  for (const GradeRow& row : table.rows) {
    out << "| " << markdown_text(row.mutant) << " |";
    for (const GradeCell& cell : row.cells) out << " " << text_of(cell) << " |";
    out << "\n";
  }
  write_list("Missed", table.missed, out);
  write_list("Not expressible", table.not_expressible, out);
  out << "\n</details>\n";
}

}  // namespace splitproof::reports
