#include "reports/grades.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::GradeLine;

constexpr std::size_t mutant_width_max = 56;
constexpr std::size_t mutant_width_min = 6;
constexpr std::size_t gap = 2;
constexpr std::string_view nothing = ".";

std::string mutant_of(const GradeLine& line) { return line.scenario + " / " + line.variant; }

std::string place_of(const GradeLine& line) { return mutant_of(line) + " on " + line.target; }

template <class Value>
void add_once(std::vector<Value>& values, const Value& value) {
  if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

std::vector<std::string> oracles_as_met(const std::vector<GradeLine>& lines) {
  std::vector<std::string> oracles;
  for (const GradeLine& line : lines) {
    for (const std::string& oracle : line.caught) add_once(oracles, oracle);
    if (!line.declared.empty()) add_once(oracles, line.declared);
  }
  return oracles;
}

// Each line tells a part of the order in which oracles are asked. Taken next is the first that no
// line puts behind one that is still waiting; where lines contradict each other, the first met.
std::vector<std::string> oracles_of(const std::vector<GradeLine>& lines) {
  std::vector<std::string> waiting = oracles_as_met(lines);
  std::vector<std::string> ordered;
  const auto waits = [&](const std::string& oracle) {
    return std::ranges::any_of(lines, [&](const GradeLine& line) {
      const auto end = std::ranges::find(line.caught, oracle);
      return end != line.caught.end() &&
             std::any_of(line.caught.begin(), end, [&](const auto& one) {
               return std::ranges::find(waiting, one) != waiting.end();
             });
    });
  };
  while (!waiting.empty()) {
    auto next = std::ranges::find_if_not(waiting, waits);
    if (next == waiting.end()) next = waiting.begin();
    ordered.push_back(*next);
    waiting.erase(next);
  }
  return ordered;
}

void enter(const GradeLine& line, const std::vector<std::string>& oracles, GradeRow& row) {
  row.cells.resize(oracles.size());
  for (std::size_t i = 0; i < oracles.size(); ++i) {
    GradeCell& cell = row.cells[i];
    cell.declared |= oracles[i] == line.declared;
    if (std::ranges::find(line.caught, oracles[i]) != line.caught.end()) {
      add_once(cell.targets, line.target);
    }
  }
}

void remark(const GradeLine& line, GradeTable& table) {
  if (!line.not_expressible.empty()) {
    table.not_expressible.emplace_back(place_of(line), line.not_expressible);
    return;
  }
  if (line.declared.empty() || std::ranges::find(line.caught, line.declared) != line.caught.end()) {
    return;
  }
  table.missed.emplace_back(place_of(line), line.declared + " must object and does not");
}

// A letter of its own for each target: its first that is still free, else a digit.
std::vector<std::string> letters_of(const std::vector<std::string>& targets) {
  std::vector<std::string> letters;
  for (const std::string& target : targets) {
    std::string letter;
    for (const char one : target + "123456789abcdefghijklmnopqrstuvwxyz") {
      letter = std::string(1, one);
      const bool plain = (one >= 'a' && one <= 'z') || (one >= '1' && one <= '9');
      if (plain && std::ranges::find(letters, letter) == letters.end()) break;
    }
    letters.push_back(letter);
  }
  return letters;
}

// A, B, … Z, AA, AB, …
std::string column_name(std::size_t index) {
  std::string name(1, static_cast<char>('A' + index % 26));
  return index < 26 ? name : column_name(index / 26 - 1) + name;
}

class Page {
 public:
  Page(const GradeTable& table, const Paint& paint, std::ostream& out)
      : table_(table), paint_(paint), out_(out), letters_(letters_of(table.targets)) {
    for (const GradeRow& row : table.rows) {
      mutant_width_ = std::max(mutant_width_, display_width(printable(row.mutant)));
      for (const GradeCell& cell : row.cells) {
        cell_width_ = std::max(cell_width_, display_width(text_of(cell)));
      }
    }
    mutant_width_ = std::min(mutant_width_, mutant_width_max);
  }

  void write() {
    out_ << "\n" << paint_.bold("Which oracle objects to which mutant") << "\n";
    legend();
    const std::size_t room = page_width - gap - mutant_width_;
    const std::size_t columns = std::max<std::size_t>(1, room / (gap + cell_width_));
    for (std::size_t first = 0; first < table_.oracles.size(); first += columns) {
      part(first, std::min(first + columns, table_.oracles.size()));
    }
    remarks("Missed", table_.missed);
    remarks("Not expressible", table_.not_expressible);
  }

 private:
  std::string text_of(const GradeCell& cell) const {
    std::string text;
    for (std::size_t i = 0; i < table_.targets.size(); ++i) {
      const auto& in = cell.targets;
      if (std::ranges::find(in, table_.targets[i]) != in.end()) text += letters_[i];
    }
    if (cell.declared) return fmt::format("[{}]", text.empty() ? "-" : text);
    return text.empty() ? std::string(nothing) : text;
  }

  void legend() {
    std::string text;
    for (std::size_t i = 0; i < table_.oracles.size(); ++i) {
      text += fmt::format("{}{} {}", i == 0 ? "" : ", ", column_name(i), table_.oracles[i]);
    }
    write_labelled("  oracles  ", text, out_);
    text.clear();
    for (std::size_t i = 0; i < table_.targets.size(); ++i) {
      text += fmt::format("{}{} {}", i == 0 ? "" : ", ", letters_[i], table_.targets[i]);
    }
    write_labelled(
        "  objects  ",
        fmt::format("on {}; in brackets the oracle that must, - where it does not", text), out_);
  }

  void line(const std::string& mutant, const std::vector<std::string>& cells) {
    std::string text = "  " + pad_right(shorten(mutant, mutant_width_), mutant_width_);
    for (const std::string& cell : cells) {
      text += std::string(gap, ' ') + pad_left(cell, cell_width_);
    }
    out_ << text << "\n";
  }

  void part(std::size_t first, std::size_t end) {
    std::vector<std::string> titles;
    for (std::size_t i = first; i < end; ++i) titles.push_back(column_name(i));
    line("mutant", titles);
    for (const GradeRow& row : table_.rows) {
      std::vector<std::string> cells;
      for (std::size_t i = first; i < end; ++i) cells.push_back(text_of(row.cells[i]));
      line(printable(row.mutant), cells);
    }
  }

  void remarks(std::string_view title,
               const std::vector<std::pair<std::string, std::string>>& remarks) {
    if (remarks.empty()) return;
    out_ << "  " << title << "\n";
    for (const auto& [who, why] : remarks) write_labelled("  - ", who + ": " + why, out_);
  }

  const GradeTable& table_;
  const Paint& paint_;
  std::ostream& out_;
  std::vector<std::string> letters_;
  std::size_t mutant_width_ = mutant_width_min;
  std::size_t cell_width_ = 3;
};

}  // namespace

GradeTable grade_table(const std::vector<GradeLine>& lines) {
  GradeTable table;
  table.oracles = oracles_of(lines);
  for (const GradeLine& line : lines) {
    add_once(table.targets, line.target);
    auto row = std::ranges::find(table.rows, mutant_of(line), &GradeRow::mutant);
    if (row == table.rows.end()) row = table.rows.insert(row, {mutant_of(line), {}});
    enter(line, table.oracles, *row);
    remark(line, table);
  }
  return table;
}

void write_grades(const std::vector<GradeLine>& lines, const Paint& paint, std::ostream& out) {
  if (lines.empty()) return;
  const GradeTable table = grade_table(lines);
  Page(table, paint, out).write();
}

}  // namespace splitproof::reports
