#include "harness/run/held_book.h"

#include <fmt/format.h>

#include <optional>

#include "harness/plan/fault.h"

namespace splitproof::harness {

std::string HeldBook::note(const Event& event) {
  const std::optional<Fault> fault = parse_fault(event.struck);
  // Before its answer was lost, it was carried out.
  const bool lost = fault && std::holds_alternative<LoseReply>(*fault);
  const bool ok = event.answer.starts_with("ok") || lost;
  const auto session = std::pair(event.client, event.connection);
  const auto open = open_.find(session);
  const auto* error = fault ? std::get_if<RaiseError>(&*fault) : nullptr;
  std::string held;
  // As it was when the event came.
  const bool has_open = open_.contains(session);
  switch (event.kind) {
    case sim::StatementKind::begin:
      if (ok) open_[session] = {};
      break;
    case sim::StatementKind::commit:
      held = ends(open, ok, true);
      break;
    case sim::StatementKind::rollback:
      held = ends(open, ok, false);
      break;
    case sim::StatementKind::write:
      if (ok) held = writes(open, event.name);
      break;
    default:
      break;
  }
  // What never reached the server left it as it was, where nothing was open there.
  const bool unsent = fault && std::holds_alternative<DropConnection>(*fault);
  const bool gone = event.answer.starts_with("no answer") && !lost;
  if (gone || (error != nullptr && error->rolls_back)) {
    open_.erase(session);
    if (gone && (has_open || !unsent))
      held = "what became of the open work is not known before it is read";
  }
  return held;
}

std::string HeldBook::ends(Open::iterator open, bool ok, bool commits) {
  if (open == open_.end()) return "";
  const std::vector<std::string> names = open->second;
  // A COMMIT that fails leaves the transaction open on SQLite.
  if (ok || dialect_ == sim::Dialect::postgres) open_.erase(open);
  if (names.empty()) return "";
  const std::string all = fmt::format("{}", fmt::join(names, ", "));
  if (!ok) return commits ? fmt::format("not committed: {}", all) : "";
  return fmt::format("{}: {}", commits ? "committed" : "rolled back", all);
}

std::string HeldBook::writes(Open::iterator open, const std::string& name) {
  if (open == open_.end()) return fmt::format("committed at once: {}", name);
  open->second.push_back(name);
  return fmt::format("open, not committed: {}", fmt::join(open->second, ", "));
}

}  // namespace splitproof::harness
