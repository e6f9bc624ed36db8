#include "reports/isolation_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ostream>
#include <string>

#include "reports/case_text.h"
#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;

constexpr std::size_t cell_gap = 2;
constexpr std::size_t column_width_max = 24;

void add_once(std::vector<std::string>& texts, const std::string& text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

// "occurs 70": of 70 orders; "no 50/70" where not all of them were run; "no 70 !" where it is said
// to happen.
std::string cell_text(const CaseVerdict& verdict) {
  if (verdict.result == CaseResult::not_applicable) return "n/a";
  if (verdict.runs == 0 || verdict.observed == "unknown") return "?";
  std::string text = verdict.observed == "violated" ? "occurs" : "no";
  if (verdict.schedules) {
    const harness::ScheduleCount& orders = *verdict.schedules;
    text += orders.complete ? fmt::format(" {}", orders.of)
                            : fmt::format(" {}/{}", orders.explored, orders.of);
  }
  return is_deviation(verdict) ? text + " !" : text;
}

// All cells of one target.
class Block {
 public:
  Block(std::string target, const Paint& paint, std::ostream& out)
      : target_(std::move(target)), paint_(paint), out_(out) {}

  void add(const CaseVerdict& verdict) {
    cells_.push_back(&verdict);
    add_once(columns_, verdict.variant);
    add_once(rows_, verdict.isolation->anomaly);
  }

  const std::string& target() const { return target_; }

  void write() const {
    out_ << paint_.bold(fmt::format("Isolation on {}", printable(target_))) << "\n";
    write_header();
    for (const std::string& row : rows_) write_row(row);
  }

  void write_orders() const {
    for (const CaseVerdict* const cell : cells_) {
      const harness::Finding* const finding = headline_of(*cell);
      if (finding == nullptr || finding->plan.empty()) continue;
      out_ << "  "
           << shorten(fmt::format("{}  {}  {}",
                                  pad_right(printable(cell->isolation->anomaly), row_title_width()),
                                  pad_right(printable(cell->variant), longest(columns_)),
                                  printable(finding->plan)),
                      page_width - 2)
           << "\n";
    }
  }

 private:
  static std::size_t longest(const std::vector<std::string>& texts) {
    std::size_t width = 0;
    for (const std::string& text : texts) width = std::max(width, display_width(printable(text)));
    return width;
  }

  std::size_t row_title_width() const { return longest(rows_); }

  // Long names are broken behind their first hyphen.
  static std::pair<std::string, std::string> halves_of(const std::string& column) {
    const std::string name = printable(column);
    const std::size_t hyphen = name.find('-');
    if (hyphen == std::string::npos) return {name, ""};
    return {name.substr(0, hyphen + 1), name.substr(hyphen + 1)};
  }

  const CaseVerdict* find(const std::string& row, const std::string& column) const {
    const auto found = std::ranges::find_if(cells_, [&](const CaseVerdict* cell) {
      return cell->isolation->anomaly == row && cell->variant == column;
    });
    return found == cells_.end() ? nullptr : *found;
  }

  std::size_t width_of(const std::string& column) const {
    const auto [upper, lower] = halves_of(column);
    std::size_t width = std::max(display_width(upper), display_width(lower));
    for (const CaseVerdict* const cell : cells_) {
      if (cell->variant == column) width = std::max(width, display_width(cell_text(*cell)));
    }
    return std::min(width, column_width_max);
  }

  void write_header() const {
    std::string first(2 + row_title_width(), ' ');
    std::string second = first;
    for (const std::string& column : columns_) {
      const auto [upper, lower] = halves_of(column);
      const std::size_t width = width_of(column);
      first += std::string(cell_gap, ' ') + pad_right(shorten(upper, width), width);
      second += std::string(cell_gap, ' ') + pad_right(shorten(lower, width), width);
    }
    for (std::string* const line : {&first, &second}) {
      line->erase(line->find_last_not_of(' ') + 1);
      if (!line->empty()) out_ << paint_.dim(*line) << "\n";
    }
  }

  void write_row(const std::string& row) const {
    out_ << "  " << pad_right(printable(row), row_title_width());
    std::size_t blanks = cell_gap;
    for (const std::string& column : columns_) {
      const CaseVerdict* const cell = find(row, column);
      const std::string text = cell == nullptr ? "" : cell_text(*cell);
      const std::size_t width = width_of(column);
      if (cell != nullptr) {
        const std::string shown = shorten(text, width);
        out_ << std::string(blanks, ' ')
             << (cell->result == CaseResult::pass ? shown : paint_.as(cell->result, shown));
        blanks = cell_gap + width - display_width(shown);
      } else {
        blanks += cell_gap + width;
      }
    }
    out_ << "\n";
  }

  std::string target_;
  const Paint& paint_;
  std::ostream& out_;
  std::vector<const CaseVerdict*> cells_;
  std::vector<std::string> rows_;
  std::vector<std::string> columns_;
};

}  // namespace

bool is_deviation(const CaseVerdict& verdict) {
  return verdict.isolation && verdict.result == CaseResult::fail;
}

void write_isolation_table(const std::vector<CaseVerdict>& cases, const Paint& paint,
                           std::ostream& out) {
  std::vector<Block> blocks;
  std::int64_t cells = 0;
  for (const CaseVerdict& verdict : cases) {
    if (!verdict.isolation) continue;
    ++cells;
    auto block = std::ranges::find(blocks, verdict.target, &Block::target);
    if (block == blocks.end()) {
      blocks.emplace_back(verdict.target, paint, out);
      block = std::prev(blocks.end());
    }
    block->add(verdict);
  }
  if (blocks.empty()) return;
  for (const Block& block : blocks) {
    block.write();
    out << "\n";
  }
  write_labelled("  ",
                 "occurs N, no N: in one, in none of N orders of the sessions' steps, each of "
                 "which was run or differs from one that was only in steps that do not touch "
                 "each other; N/M: only N runs, of about M orders; !: not as documented",
                 out);
  for (const Block& block : blocks) {
    out << "\n"
        << paint.bold(fmt::format("The shortest order in which it occurs, on {}",
                                  printable(block.target())))
        << "\n";
    block.write_orders();
  }
  const auto deviations = std::ranges::count_if(cases, is_deviation);
  out << fmt::format("\ndeviations from the documentation: {} in {}\n", deviations,
                     count_of(cells, "cell", "cells"));
}

}  // namespace splitproof::reports
