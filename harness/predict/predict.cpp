#include "harness/predict/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "harness/predict/rules.h"

namespace splitproof::harness {

namespace {

// Where the fault leaves its statement done.
bool acts_afterwards(const Fault& fault) {
  const std::string text = to_string(fault);
  return text.ends_with("-after") || text.ends_with("-unanswered") || text == "lose-reply" ||
         text == "tear-reply" || text == "delay";
}

bool strikes_there(const Strike& strike, const Prediction& prediction) {
  if (strike.in_retry || strike.client != prediction.client) return false;
  if (prediction.after == prediction.statement) {
    // A retry doubles what was done; where the fault leaves it undone, the retry is the first.
    const bool needs_it_done = prediction.kind == "doubling-retry";
    return strike.statement == prediction.statement &&
           (!needs_it_done || acts_afterwards(strike.fault));
  }
  if (strike.statement == prediction.after) return acts_afterwards(strike.fault);
  return prediction.after < strike.statement && strike.statement <= prediction.statement;
}

// Whether another session moves behind a step of the prediction's client that lies there. Where a
// turn goes on as far as it can, its last step is not known.
bool switches_there(const Plan& plan, const Prediction& prediction) {
  std::map<char, int> steps;
  for (std::size_t i = 0; i + 1 < plan.order.size(); ++i) {
    const Turn& turn = plan.order[i];
    if (turn.refused) continue;
    if (turn.steps == 0) {
      steps[turn.session] = -1;
      continue;
    }
    int& taken = steps[turn.session];
    if (taken < 0) continue;
    taken += turn.steps;
    if (turn.session != prediction.client || plan.order[i + 1].session == turn.session) continue;
    if (prediction.after == prediction.statement && taken == prediction.statement - 1) return true;
    if (prediction.after <= taken && taken < prediction.statement) return true;
  }
  return false;
}

bool confirms(const Finding& finding, const Plan& plan, const Prediction& prediction) {
  const auto strikes = [&] {
    return std::ranges::any_of(
        plan.strikes, [&](const Strike& strike) { return strikes_there(strike, prediction); });
  };
  if (prediction.kind == "read-modify-write") return switches_there(plan, prediction);
  if (prediction.kind == "doubling-retry") {
    return (finding.oracle == "unsafe-retry" || finding.oracle == "converges") && strikes();
  }
  return strikes() || switches_there(plan, prediction);
}

bool has_several_clients(const History& history) {
  return std::ranges::any_of(history.events, [&](const Event& event) {
    return event.client != history.events.front().client;
  });
}

int danger_at(const FaultPoint& point, const std::vector<Prediction>& predictions) {
  if (point.in_retry || point.place == PointKind::disk) return 0;
  int danger = 0;
  for (const Prediction& prediction : predictions) {
    const bool there = point.client == prediction.client && prediction.after <= point.statement &&
                       point.statement <= prediction.statement;
    if (there) danger = std::max(danger, prediction.danger);
  }
  return danger;
}

}  // namespace

std::vector<Prediction> predict(const History& clean, sim::Dialect dialect,
                                const std::vector<FaultPoint>& points) {
  const Steps steps = steps_of(clean, dialect, points);
  std::vector<Prediction> all;
  for (const auto rule : {writes_apart, several_connections, read_modify_write, swallowed_errors,
                          survived_errors, doubling_retries}) {
    std::ranges::move(rule(steps), std::back_inserter(all));
  }
  if (has_several_clients(clean)) {
    for (Prediction& one : all) one.because = fmt::format("Client {}: {}", one.client, one.because);
  }
  std::ranges::stable_sort(all, {}, [](const Prediction& one) {
    return std::tuple{-one.danger, one.client, one.statement, one.after};
  });
  return all;
}

std::vector<FaultPoint> most_dangerous_first(std::vector<FaultPoint> points,
                                             const std::vector<Prediction>& predictions) {
  std::vector<std::pair<int, FaultPoint>> ranked;
  for (FaultPoint& point : points) ranked.emplace_back(danger_at(point, predictions), point);
  std::ranges::stable_sort(ranked, std::greater<>(), &std::pair<int, FaultPoint>::first);
  std::ranges::transform(ranked, points.begin(), &std::pair<int, FaultPoint>::second);
  return points;
}

void confirm(std::vector<Prediction>& predictions, const Finding& finding,
             const std::vector<Plan>& plans) {
  for (Prediction& prediction : predictions) {
    if (prediction.confirmed) continue;
    prediction.confirmed = std::ranges::any_of(
        plans, [&](const Plan& plan) { return confirms(finding, plan, prediction); });
    if (prediction.confirmed) prediction.finding = finding.id;
  }
}

}  // namespace splitproof::harness
