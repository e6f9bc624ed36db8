// What the database holds beside what the model says: all of it, or what one request has touched.
//
// A difference is told by the first row that differs, in words, and has the rule that it breaks.
// The only column that is left out is collection_log.collected_at, which is the database's own
// clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/simulate/model.h"
#include "sim/sql/session.h"

namespace splitproof::harness::life {

// What a finding is about.
enum class Rule {
  rows,         // A daily row is lost, doubled, filed under another day, or has other numbers.
  log,          // A collection is not in the log as it was told.
  split_month,  // One half of a month's metrics is there and the other is not.
  sums,         // A month is not the sum of its rows.
  tracking,     // A month counts as aggregated that is not, or the other way round.
  cache,        // The dashboards' cache is not what it was refreshed from.
  ledger,       // A movement is lost, doubled, or moved another amount.
  retention,    // Rows are deleted too early, or not at all.
  told,         // A client was told something else than what happened.
  read,         // A reader saw a state between.
  integrity,    // The database is damaged, or cannot be opened.
  hand_back,    // A transaction or a lock was left behind.
  converges,    // Without faults, something is never done.
};
inline constexpr int rules_count = 13;

// "rows", "split-month", …
std::string_view to_string(Rule rule);

struct Difference {
  Rule rule = Rule::rows;
  std::string what;  // A sentence without a full stop.
};

// Empty where there is none; an error where the database does not answer.
using Compared = sim::Answer<std::optional<Difference>>;

Compared compare_all(sim::Session& session, const Model& model);
// What `request` touches, after it was applied to the model.
Compared compare_touched(sim::Session& session, const Model& model, const Request& request);

// What readers of the service look at, each in one statement: a month, the cache of that month and
// those after it, all accounts.
enum class View { campaign_half, conversion_half, cache, accounts };
sim::Statement view_statement(View view, const sim::Month& month);
std::vector<sim::Row> view_expected(View view, const sim::Month& month, const Model& model);

// The first difference of rows in the order of their keys; the keys are the first columns. Empty
// where there is none.
std::optional<std::string> first_difference(std::string_view table, std::size_t keys,
                                            const sim::Rows& found,
                                            const std::vector<sim::Row>& expected);

}  // namespace splitproof::harness::life
