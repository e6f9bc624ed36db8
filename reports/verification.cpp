#include "reports/verification.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::CaseCheck;
using harness::Confirmation;
using harness::VerificationVerdict;

std::string counted(std::int64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

void render_folder(const VerificationVerdict& verdict, std::ostream& out) {
  out << printable(verdict.folder) << '\n';
  if (!verdict.root.empty()) {
    out << fmt::format("  {} in MANIFEST, its root {}\n", counted(verdict.files, "file", "files"),
                       printable(verdict.root));
  }
  if (!verdict.signature.empty()) out << fmt::format("  {}\n", printable(verdict.signature));
  for (const harness::FileChange& change : verdict.changed) {
    out << fmt::format("  CHANGED  {} {}\n", printable(change.path), printable(change.what));
  }
  for (const std::string& missing : verdict.lacks) {
    out << fmt::format("  lacks    {}\n", printable(missing));
  }
  if (verdict.changed.empty() && !verdict.root.empty()) {
    out << "  each file is as it was when the report was written\n";
  }
}

std::string name_of(const CaseCheck& check) {
  return printable(fmt::format("{} / {} on {}", check.scenario, check.variant, check.target));
}

void render_cases(const VerificationVerdict& verdict, std::ostream& out) {
  std::size_t width = 0;
  for (const CaseCheck& check : verdict.cases) {
    width = std::max(width, display_width(name_of(check)));
  }
  for (const CaseCheck& check : verdict.cases) {
    out << fmt::format("{}  {}, {}\n", pad_right(name_of(check), width),
                       to_string(check.answer, verdict.offline),
                       counted(check.runs, "run", "runs"));
    for (const std::string& why : check.because) out << fmt::format("    {}\n", printable(why));
    for (const std::string& taken : check.taken) {
      out << fmt::format("    not checked: {}\n", printable(taken));
    }
  }
}

std::string summary(const VerificationVerdict& verdict) {
  std::int64_t runs = 0;
  for (const CaseCheck& check : verdict.cases) runs += check.runs;
  std::string text;
  for (const Confirmation answer :
       {Confirmation::confirmed, Confirmation::differs, Confirmation::impossible}) {
    const auto count = std::ranges::count(verdict.cases, answer, &CaseCheck::answer);
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count,
                        answer == Confirmation::confirmed && count == 1 ? "case confirmed"
                        : answer == Confirmation::confirmed             ? "cases confirmed"
                                                            : to_string(answer, verdict.offline));
  }
  if (text.empty()) text = "no case to check";
  return fmt::format("{}, {} {}", text, counted(runs, "run", "runs"),
                     verdict.offline ? "judged again from what is written down" : "run again");
}

}  // namespace

void render_verification(const VerificationVerdict& verdict, std::ostream& out) {
  render_folder(verdict, out);
  out << '\n';
  render_cases(verdict, out);
  if (!verdict.cases.empty()) out << '\n';
  out << summary(verdict);
  if (!verdict.changed.empty()) {
    out << fmt::format("; {} of the folder changed",
                       counted(std::ssize(verdict.changed), "part", "parts"));
  }
  out << '\n';
}

}  // namespace splitproof::reports
