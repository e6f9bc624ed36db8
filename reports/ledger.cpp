#include "reports/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/digest.h"

namespace splitproof::reports {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view chain_key = ",\"chain\":\"";

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <class List>
void add_if_any(Json& line, const char* key, const List& list) {
  if (!list.empty()) line[key] = list;
}

void add_what_oracles_go_by(Json& line, const harness::LedgerEntry& entry) {
  if (entry.bench != 0) line["bench"] = entry.bench;
  if (entry.interleaved) line["interleaved"] = true;
  add_if_any(line, "answers", entry.answers);
  for (const harness::LedgerStrike& one : entry.struck) {
    line["struck"].push_back({{"fault", one.fault},
                              {"client", one.client},
                              {"operation", one.operation},
                              {"statement", one.statement}});
  }
  add_if_any(line, "retry_told", entry.retry_told);
  add_if_any(line, "retry_held", entry.retry_held);
  add_if_any(line, "left_open", entry.left_open);
  for (const harness::LedgerSight& one : entry.sights) {
    line["sights"].push_back({{"kind", one.kind}, {"seen", one.seen}});
  }
  for (const harness::LedgerBreach& one : entry.breaches) {
    line["breaches"].push_back({{"invariant", one.invariant},
                                {"always", one.always},
                                {"after_retries", one.after_retries}});
  }
  add_if_any(line, "damaged", entry.damaged);
  if (entry.failed_commit) line["failed_commit"] = true;
  if (entry.dependencies) {
    line["dependencies"] = {{"anomaly", entry.dependencies->anomaly},
                            {"proof", entry.dependencies->proof}};
  }
}

// Where the link of a line begins that ends in one; npos where it does not.
std::size_t link_place(std::string_view line) {
  constexpr std::size_t digits = 64;
  const std::size_t length = chain_key.size() + digits + 2;
  if (line.size() < length || !line.ends_with("\"}")) return std::string_view::npos;
  const std::size_t place = line.size() - length;
  return line.substr(place, chain_key.size()) == chain_key ? place : std::string_view::npos;
}

std::string next_link(const std::string& link, std::string_view line) {
  constexpr std::string_view algorithm = "sha256:";
  return sha256_of(link + " " + std::string(line)).substr(algorithm.size());
}

}  // namespace

std::string render_ledger(const std::vector<harness::LedgerEntry>& entries) {
  std::string text;
  std::string link;
  for (const harness::LedgerEntry& entry : entries) {
    Json line;
    line["scenario"] = entry.scenario;
    line["variant"] = entry.variant;
    line["target"] = entry.target;
    line["purpose"] = entry.purpose;
    line["plan"] = entry.plan;
    line["operations"] = entry.operations;
    line["fired"] = entry.fired;
    line["told"] = entry.told;
    line["held"] = entry.held;
    line["retried"] = entry.retried;
    line["finally"] = entry.finally;
    line["broken"] = entry.broken;
    // Only programs have them.
    for (const harness::LedgerTransaction& one : entry.transactions) {
      line["transactions"].push_back({{"operation", one.operation},
                                      {"retry", one.retry},
                                      {"connection", one.connection},
                                      {"statements", one.statements},
                                      {"told", one.told},
                                      {"held", one.held},
                                      {"known_by", one.known_by}});
    }
    for (const harness::LedgerImages& one : entry.images) {
      line["images"].push_back({{"held", one.held}, {"images", one.images}, {"plan", one.plan}});
    }
    add_what_oracles_go_by(line, entry);
    std::string written = text_of(line);
    link = next_link(link, written);
    written.pop_back();
    text += fmt::format("{}{}{}\"}}\n", written, chain_key, link);
  }
  return text;
}

std::vector<std::string> broken_links(std::string_view text) {
  std::vector<std::string> broken;
  std::string link;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t place = link_place(line);
    if (place == std::string_view::npos) {
      broken.push_back(fmt::format("line {} has no link of the chain", number));
      continue;
    }
    const std::string written(
        line.substr(place + chain_key.size(), line.size() - 2 - place - chain_key.size()));
    if (next_link(link, std::string(line.substr(0, place)) + "}") != written) {
      broken.push_back(fmt::format(
          "line {} does not fit the chain: it was changed, or a line before it is gone, is new or "
          "stands elsewhere",
          number));
    }
    link = written;
  }
  return broken;
}

}  // namespace splitproof::reports
