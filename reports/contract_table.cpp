// The contract matrix on the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "reports/case_text.h"
#include "reports/contract.h"
#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::CaseVerdict;
using harness::ContractCell;

constexpr std::size_t table_indent = 2;
constexpr std::size_t table_gap = 2;

std::string promise_word(const ContractCell& cell) {
  if (cell.promise == "whole and durable") return "durable";
  return cell.promise == "nothing" ? "none" : printable(cell.promise);
}

std::string seen_word(const ContractCell& cell) {
  if (cell.tried == 0) return "not tried";
  if (cell.broken > 0) return fmt::format("BROKEN {}/{}", cell.broken, cell.tried);
  if (harness::not_kept(cell) > 0) {
    return fmt::format("lost {}/{}", harness::not_kept(cell), cell.tried);
  }
  return fmt::format("{} {}", cell.promise == "whole and durable" ? "kept" : "no loss", cell.tried);
}

std::string short_cell(const ContractCell* cell, ClauseNotes& notes) {
  if (cell == nullptr) return "-";
  return fmt::format("{} [{}] {}", promise_word(*cell), notes.number_of(cell->clause),
                     seen_word(*cell));
}

// The two lines of a title: a long one is broken behind its last underscore.
std::pair<std::string, std::string> title_halves(const std::string& title) {
  constexpr std::size_t length_max = 12;
  const std::size_t mark = title.rfind('_');
  if (title.size() < length_max || mark == std::string::npos) return {title, ""};
  return {title.substr(0, mark + 1), title.substr(mark + 1)};
}

// Rows and columns of texts; the last lines are cells of failures.
class ContractTable {
 public:
  ContractTable(const ContractBlock& block, ClauseNotes& notes) {
    const std::vector<std::string> settings = block.settings();
    const std::vector<std::string> failures = block.failures();
    const bool names = block.has_equal_rows();
    if (names) titles_.emplace_back("variant");
    titles_.insert(titles_.end(), settings.begin(), settings.end());
    begins_ = titles_.size();
    titles_.insert(titles_.end(), failures.begin(), failures.end());
    for (const CaseVerdict* const one : block.cases) {
      Row row{one, {}};
      if (names) row.texts.push_back(printable(one->variant));
      for (const std::string& name : settings)
        row.texts.push_back(printable(setting_of(*one, name)));
      for (const std::string& failure : failures) {
        row.texts.push_back(short_cell(cell_of(*one, failure), notes));
      }
      rows_.push_back(std::move(row));
    }
  }

  void write(const Paint& paint, std::ostream& out) const {
    if (width() > page_width) return write_listed(paint, out);
    std::vector<std::string> upper;
    std::vector<std::string> lower;
    for (const std::string& title : titles_) {
      const auto [first, second] = title_halves(printable(title));
      upper.push_back(first);
      lower.push_back(second);
    }
    for (const auto& line : {joined(upper), joined(lower)}) {
      if (!line.empty()) out << paint.dim(std::string(table_indent, ' ') + line) << "\n";
    }
    for (const Row& row : rows_) {
      out << std::string(table_indent, ' ') << painted(row, joined(row.texts), paint) << "\n";
    }
  }

 private:
  struct Row {
    const CaseVerdict* verdict;
    std::vector<std::string> texts;
  };

  static std::string painted(const Row& row, const std::string& text, const Paint& paint) {
    const bool is_broken = std::ranges::any_of(
        row.verdict->contract->cells, [](const ContractCell& cell) { return cell.broken > 0; });
    return is_broken ? paint.as(harness::CaseResult::fail, text) : text;
  }

  std::size_t width_of(std::size_t column) const {
    const auto [upper, lower] = title_halves(printable(titles_[column]));
    std::size_t width = std::max(display_width(upper), display_width(lower));
    for (const Row& row : rows_) width = std::max(width, display_width(row.texts[column]));
    return width;
  }

  std::size_t width() const {
    std::size_t sum = table_indent + table_gap * (titles_.size() - 1);
    for (std::size_t column = 0; column < titles_.size(); ++column) sum += width_of(column);
    return sum;
  }

  std::string joined(const std::vector<std::string>& texts) const {
    std::string line;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      line += (i == 0 ? "" : std::string(table_gap, ' ')) + pad_right(texts[i], width_of(i));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  }

  // What is too wide for a table: a row in as many lines as it has cells.
  void write_listed(const Paint& paint, std::ostream& out) const {
    std::size_t longest = 0;
    for (std::size_t i = begins_; i < titles_.size(); ++i) {
      longest = std::max(longest, display_width(printable(titles_[i])));
    }
    for (const Row& row : rows_) {
      std::string settings;
      for (std::size_t i = 0; i < begins_; ++i) {
        settings += (i == 0 ? "" : ", ") + printable(titles_[i]) + " " + row.texts[i];
      }
      out << painted(row, shorten("  " + settings, page_width), paint) << "\n";
      for (std::size_t i = begins_; i < titles_.size(); ++i) {
        const std::string title = pad_right(printable(titles_[i]), longest);
        write_labelled(fmt::format("    {}  ", title), row.texts[i], out);
      }
    }
  }

  std::vector<std::string> titles_;
  std::size_t begins_ = 0;  // The first column of a failure.
  std::vector<Row> rows_;
};

void write_contract_legend(std::ostream& out) {
  write_labelled(
      "  ",
      "durable: whole, and all that was told committed is there; whole: what was "
      "committed up to some moment; none: even that is not promised; [n]: the note that "
      "says so; kept N, no loss N: in N moments, images or runs; lost K/N: in K of N less "
      "than that was there, as the promise allows; BROKEN K/N: as it does not allow",
      out);
}

// The first plan that shows each loss.
void write_first_plans(const ContractBlock& block, std::ostream& out) {
  std::vector<std::pair<std::string, std::string>> lines;
  std::size_t longest = 0;
  for (const CaseVerdict* const one : block.cases) {
    for (const ContractCell& cell : one->contract->cells) {
      if (cell.plan.empty()) continue;
      lines.emplace_back(printable(one->variant + ", " + cell.failure), cell.plan);
      longest = std::max(longest, display_width(lines.back().first));
    }
  }
  for (const auto& [title, plan] : lines) {
    write_labelled(fmt::format("  {}  ", pad_right(title, longest)), plan, out);
  }
}

}  // namespace

void write_contract(const harness::RunVerdict& run, const Paint& paint, std::ostream& out) {
  const std::vector<ContractBlock> blocks = contract_blocks(run);
  if (blocks.empty()) return;
  ClauseNotes notes;
  for (const ContractBlock& block : blocks) {
    out << "\n"
        << paint.bold(fmt::format("What {} keeps when what it stands on fails: {}",
                                  printable(block.target), printable(block.scenario)))
        << "\n";
    ContractTable(block, notes).write(paint, out);
    write_labelled("  ", images_text(block), out);
  }
  out << "\n";
  write_contract_legend(out);
  for (std::size_t i = 0; i < notes.clauses().size(); ++i) {
    write_labelled(fmt::format("  [{}] ", i + 1), notes.clauses()[i], out);
  }
  for (const std::string& loss : other_losses(run)) write_labelled("  - ", loss, out);
  for (const ContractBlock& block : blocks) {
    const auto loses = [](const CaseVerdict* one) {
      return std::ranges::any_of(one->contract->cells,
                                 [](const ContractCell& cell) { return !cell.plan.empty(); });
    };
    if (std::ranges::none_of(block.cases, loses)) continue;
    out << "\n"
        << paint.bold(fmt::format("The first plan that shows a loss: {} on {}",
                                  printable(block.scenario), printable(block.target)))
        << "\n";
    write_first_plans(block, out);
  }
}

}  // namespace splitproof::reports
