#include "reports/annotations.h"

#include <fmt/format.h>

#include <ostream>
#include <string_view>
#include <vector>

#include "reports/case_text.h"
#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;
using harness::RunVerdict;

// The message of a command: everything up to the line's end.
std::string escape_message(std::string_view text) {
  std::string result;
  for (const char one : text) {
    if (one == '%') {
      result += "%25";
    } else if (one == '\r') {
      result += "%0D";
    } else if (one == '\n') {
      result += "%0A";
    } else {
      result += one;
    }
  }
  return result;
}

// A property also ends at a colon or a comma.
std::string escape_property(std::string_view text) {
  std::string result;
  for (const char one : escape_message(text)) {
    if (one == ':') {
      result += "%3A";
    } else if (one == ',') {
      result += "%2C";
    } else {
      result += one;
    }
  }
  return result;
}

struct Annotation {
  std::string_view command;  // "error" or "warning"
  CasePlace place;
  std::string title;
  std::string message;
};

void write(const Annotation& annotation, std::ostream& out) {
  out << "::" << annotation.command << " ";
  const CasePlace& place = annotation.place;
  if (!place.file.empty()) {
    out << "file=" << escape_property(printable(place.file)) << ",";
    if (place.line > 0) out << "line=" << place.line << ",";
  }
  out << "title=" << escape_property(annotation.title) << "::" << escape_message(annotation.message)
      << "\n";
}

void add_line(std::string_view label, std::string_view value, std::string& text) {
  if (value.empty()) return;
  text += fmt::format("{}{}{}", text.empty() ? "" : "\n", label, printable(value));
}

std::string message_of(const CaseVerdict& verdict) {
  std::string text;
  add_line("", verdict.reason, text);
  if (const Finding* headline = headline_of(verdict)) {
    add_line("claim: ", headline->claim, text);
    add_line("because: ", headline->because, text);
    for (const harness::Damage& one : headline->damage) add_line("damage: ", one.text, text);
    add_line("see it again: ", headline->replay, text);
    const std::int64_t others = std::ssize(verdict.findings) - 1;
    if (others > 0) {
      add_line("", count_of(others, "other finding is", "other findings are") + " in the report",
               text);
    }
  }
  if (text.empty())
    text = fmt::format("expected {}, observed {}", verdict.expected, verdict.observed);
  return text;
}

std::string title_of(const CaseVerdict& verdict) {
  const Finding* headline = headline_of(verdict);
  const std::string by =
      headline == nullptr ? "" : fmt::format(" ({})", printable(headline->oracle));
  // A case that passes is annotated only because of its warnings.
  const std::string_view word = verdict.result == CaseResult::pass
                                    ? "a warning, which --strict counts as a failure"
                                    : harness::to_string(verdict.result);
  return fmt::format("{}: {}{}", name_of(verdict), word, by);
}

bool undecided(const CaseVerdict& verdict) {
  return verdict.result == CaseResult::inconclusive || verdict.result == CaseResult::unstable ||
         verdict.result == CaseResult::vacuous;
}

void write_not_run(const RunVerdict& run, std::ostream& out) {
  std::int64_t count = 0;
  std::string names;
  for (const CaseVerdict& verdict : run.cases) {
    if (verdict.result != CaseResult::not_run) continue;
    ++count;
    names += "\n" + name_of(verdict);
  }
  if (count == 0) return;
  const std::string title = count_of(count, "case was not run", "cases were not run");
  write({"warning", {}, title, "A run with such cases is not a pass:" + names}, out);
}

}  // namespace

void AnnotationRenderer::render(const RunVerdict& run, std::ostream& out) const {
  const auto annotate = [&](std::string_view command, const CaseVerdict& verdict) {
    write({command, place_of(options_.place_of, verdict), title_of(verdict), message_of(verdict)},
          out);
  };
  for (const CaseVerdict& verdict : run.cases) {
    if (counts_as_failure(verdict, options_.strict)) annotate("error", verdict);
  }
  if (!run.complete) {
    write({"warning",
           {},
           "splitproof was stopped before its end",
           "What was not reached is not in the report."},
          out);
  }
  for (const CaseVerdict& verdict : run.cases) {
    if (undecided(verdict) && !counts_as_failure(verdict, options_.strict)) {
      annotate("warning", verdict);
    }
  }
  write_not_run(run, out);
}

}  // namespace splitproof::reports
