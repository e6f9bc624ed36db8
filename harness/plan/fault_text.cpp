// Faults as text, in plans and scenarios, and back.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/plan/fault.h"

namespace splitproof::harness {

namespace {

constexpr std::string_view error_prefix = "error:";
constexpr std::string_view rollback_suffix = "+rollback";
constexpr std::string_view power_prefix = "power:";

bool is_code(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

constexpr char recovery_mark = '/';

std::string in_plan(const sim::Survivors& survivors) {
  std::string text = sim::to_text(survivors);
  std::ranges::replace(text, ' ', ',');
  return text;
}

std::optional<sim::Survivors> survivors_in(std::string_view text) {
  std::string words(text);
  std::ranges::replace(words, ',', ' ');
  return sim::survivors_of(words);
}

// "3:keep=11"
std::optional<CutPower::Again> again_in(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  CutPower::Again again;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + colon, again.change);
  if (failure != std::errc{} || end != text.data() + colon || again.change < 1) return std::nullopt;
  std::optional<sim::Survivors> survivors = survivors_in(text.substr(colon + 1));
  if (!survivors) return std::nullopt;
  again.survivors = *std::move(survivors);
  return again;
}

std::optional<Fault> parse_cut(std::string_view text) {
  CutPower cut;
  std::optional<sim::Survivors> survivors = survivors_in(text.substr(0, text.find(recovery_mark)));
  if (!survivors) return std::nullopt;
  cut.survivors = *std::move(survivors);
  while (text.find(recovery_mark) != std::string_view::npos) {
    text.remove_prefix(text.find(recovery_mark) + 1);
    std::optional<CutPower::Again> again = again_in(text.substr(0, text.find(recovery_mark)));
    if (!again) return std::nullopt;
    cut.again.push_back(*std::move(again));
  }
  return cut;
}

}  // namespace

// Faults that are told apart by a word alone.
const std::vector<std::pair<std::string_view, Fault>>& worded_faults() {
  using When = CrashServer::When;
  using How = CrashServer::How;
  static const std::vector<std::pair<std::string_view, Fault>> faults{
      {"throw", ThrowException{}},
      {"throw-after", ThrowException{.after = true}},
      {"drop", DropConnection{}},
      {"lose-reply", LoseReply{}},
      {"terminate", TerminateBackend{}},
      {"terminate-after", TerminateBackend{.after = true}},
      {"crash", CrashServer{}},
      {"crash-unanswered", CrashServer{When::unanswered}},
      {"crash-after", CrashServer{When::after}},
      {"kill", KillProcess{}},
      {"kill-after", KillProcess{.after = true}},
      {"tear-reply", TearReply{}},
      {"delay", DelayReply{}},
      {"term", EndProcess{}},
      {"term-after", EndProcess{.after = true}},
      {"stop", StopProcess{}},
      {"full-disk", FillDisk{}},
      {"lose-sync", LoseSync{}},
      {"nomem", RefuseMemory{}},
      {"immediate-stop", CrashServer{When::before, How::immediate}},
      {"immediate-stop-unanswered", CrashServer{When::unanswered, How::immediate}},
      {"immediate-stop-after", CrashServer{When::after, How::immediate}},
      {"kill-backend", CrashServer{When::before, How::backend}},
      {"kill-backend-unanswered", CrashServer{When::unanswered, How::backend}},
      {"kill-backend-after", CrashServer{When::after, How::backend}},
  };
  return faults;
}

std::string to_string(const CutPower& cut) {
  std::string text = in_plan(cut.survivors);
  for (const CutPower::Again& again : cut.again) {
    text += fmt::format("{}{}:{}", recovery_mark, again.change, in_plan(again.survivors));
  }
  return text;
}

std::string to_string(const Fault& fault) {
  if (const auto* error = std::get_if<RaiseError>(&fault)) {
    return fmt::format("{}{}{}", error_prefix, error->code,
                       error->rolls_back ? rollback_suffix : "");
  }
  if (const auto* cut = std::get_if<CutPower>(&fault)) {
    return fmt::format("{}{}", power_prefix, to_string(*cut));
  }
  const auto known =
      std::ranges::find(worded_faults(), fault, &std::pair<std::string_view, Fault>::second);
  return std::string(known->first);
}

std::string fault_words() {
  std::string words;
  for (const auto& [word, fault] : worded_faults()) {
    if (!words.empty()) words += word == worded_faults().back().first ? " or " : ", ";
    words += word;
  }
  return words;
}

std::optional<Fault> parse_fault(std::string_view text) {
  for (const auto& [word, fault] : worded_faults()) {
    if (text == word) return fault;
  }
  if (text.starts_with(power_prefix)) return parse_cut(text.substr(power_prefix.size()));
  if (!text.starts_with(error_prefix)) return std::nullopt;
  text.remove_prefix(error_prefix.size());
  const bool rolls_back = text.ends_with(rollback_suffix);
  if (rolls_back) text.remove_suffix(rollback_suffix.size());
  if (!is_code(text)) return std::nullopt;
  return RaiseError{std::string(text), rolls_back};
}

}  // namespace splitproof::harness
