// What readers of the service look at.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>

#include "harness/simulate/expected_rows.h"
#include "harness/simulate/tables.h"

namespace splitproof::harness::life {

using sim::Row;
using sim::Statement;

Statement view_statement(View view, const sim::Month& month) {
  switch (view) {
    case View::campaign_half:
      return {fmt::format("/* read campaign metrics */ SELECT month, client_id, platform, {} "
                          "FROM campaign_summaries WHERE month = $1 ORDER BY client_id, platform",
                          fmt::join(campaign_columns(), ", ")),
              {sim::to_string(month)}};
    case View::conversion_half:
      return {fmt::format("/* read conversion metrics */ SELECT month, client_id, platform, {} "
                          "FROM campaign_summaries WHERE month = $1 ORDER BY client_id, platform",
                          fmt::join(conversion_columns(), ", ")),
              {sim::to_string(month)}};
    case View::cache:
      return {fmt::format("/* read the cache */ SELECT {} FROM dashboard_cache "
                          "WHERE month >= $1 ORDER BY month, client_id, platform",
                          cache_columns),
              {sim::to_string(month)}};
    case View::accounts:
      return "/* read the accounts */ SELECT name, balance_minor FROM accounts ORDER BY name";
  }
  std::abort();
}

std::vector<Row> view_expected(View view, const sim::Month& month, const Model& model) {
  std::vector<Row> rows;
  if (view == View::accounts) {
    for (const auto& [name, balance] : model.accounts) rows.push_back({name, balance});
    return rows;
  }
  if (view == View::cache) {
    for (auto it = model.cache.lower_bound({month, "", ""}); it != model.cache.end(); ++it) {
      rows.push_back(cache_row(it->first, it->second, model.refreshed_on));
    }
    return rows;
  }
  for (auto it = model.sums.lower_bound({month, "", ""});
       it != model.sums.end() && it->first.month == month; ++it) {
    Row row{sim::to_string(month), it->first.client, it->first.platform};
    const auto half =
        view == View::campaign_half ? campaign_half(it->second) : conversion_half(it->second);
    row.insert(row.end(), half.begin(), half.end());
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace splitproof::harness::life
