#include "reports/ledger.h"

#include <nlohmann/json.hpp>

namespace splitproof::reports {

std::string render_ledger(const std::vector<harness::LedgerEntry>& entries) {
  std::string text;
  for (const harness::LedgerEntry& entry : entries) {
    nlohmann::ordered_json line;
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
    text += line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text += '\n';
  }
  return text;
}

}  // namespace splitproof::reports
