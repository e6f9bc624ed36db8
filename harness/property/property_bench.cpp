#include "harness/property/property_bench.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::harness {

namespace {

constexpr const char* as_the_service_does = "transactional";

}  // namespace

PropertyBench::PropertyBench(const Case& subject, World& world, OperationCatalog catalog,
                             std::uint64_t seed)
    : subject_(subject), catalog_(std::move(catalog)), seed_(seed), scenario_(*subject.scenario) {
  check_code();
  scenario_.operations.assign(property_operations_max, {});
  std::vector<OperationFactory> slots;
  for (std::size_t i = 0; i < property_operations_max; ++i) slots.push_back(slot(i));
  experiment_ = std::make_unique<Experiment>(world, scenario_, std::move(slots));
  read_initial();
  std::vector<std::string> families = scenario_.faults;
  if (families.empty()) families = {"error", "throw", "drop", "lose-reply"};
  faults_ = faults_of(world.dialect(), families);
}

void PropertyBench::read_initial() {
  const std::shared_ptr<const Observation> initial = experiment_->initial();
  initial_ = Model::of(initial->state);
  const auto different =
      differences(initial_.tables(initial->state), initial->state, experiment_->comparison(), 1);
  if (different.empty()) return;
  const SourcePlace& place = scenario_.place;
  throw UnusableInput(
      fmt::format("{}:{}:{}: found initial data in {} that the model does not know; expected only "
                  "accounts, counters, and daily rows whose client_name is the client_id",
                  place.file, place.line, place.column, different.front().table));
}

// A name of a form that no operation has would quietly test the service as it is.
void PropertyBench::check_code() const {
  const std::string& code = subject_.variant->code;
  std::string refusal;
  for (const OperationSpec& operation : one_of_each()) {
    const auto bound = catalog_(operation, code);
    if (bound.ok()) return;
    refusal = bound.error();
  }
  const SourcePlace& place = subject_.variant->place;
  throw UnusableInput(fmt::format("{}:{}:{}: no generated operation is written as '{}': {}",
                                  place.file, place.line, place.column, code, refusal));
}

OperationFactory PropertyBench::slot(std::size_t index) {
  return [this, index]() -> Operation {
    if (index >= bound_.size()) {
      return [](sim::Client&) { return sim::TransactionEnd{}; };
    }
    return [this, operation = bound_[index]()](sim::Client& client) {
      kinds_.emplace_back();
      const sim::TransactionEnd end = operation(client);
      if (end.error) kinds_.back() = end.error->kind;
      return end;
    };
  };
}

void PropertyBench::use(std::vector<Command> commands) {
  if (commands.empty() || commands.size() > property_operations_max) {
    throw UnusableInput(
        fmt::format("found {} operations in the plan; expected 1 to {}, such as "
                    "transfer(r1,A,B,3.00)",
                    commands.size(), property_operations_max));
  }
  commands_ = std::move(commands);
  bound_.clear();
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    OperationSpec spec = spec_of(commands_[i]);
    spec.place = scenario_.place;
    auto bound = catalog_(spec, subject_.variant->code);
    if (!bound.ok()) bound = catalog_(spec, as_the_service_does);
    if (!bound.ok()) {
      throw UnusableInput(fmt::format("the operation '{}' cannot be used: {}",
                                      to_string(commands_[i]), bound.error()));
    }
    bound_.push_back(std::move(bound).value());
    scenario_.operations[i] = std::move(spec);
  }
}

RunRecord PropertyBench::run(Plan plan, RunOptions options) {
  plan.operations.clear();
  for (const Command& command : commands_) plan.operations.push_back(to_string(command));
  kinds_.clear();
  const auto all = (std::uint64_t{1} << commands_.size()) - 1;
  options.operations = static_cast<unsigned>(all);
  options.shift.seed = seed_;
  return experiment_->run(plan, options);
}

bool PropertyBench::add_strike(Plan& plan, const StrikeDraft& draft, int operation,
                               const RunRecord& seen) const {
  const Fault& fault = faults_.at(static_cast<std::size_t>(draft.fault) % faults_.size());
  const std::vector<FaultPoint>& points = draft.in_retry ? seen.retry_points : seen.points;
  // Before a strike that is planned already, another one would move it to another statement.
  const std::size_t free = seen.fired.empty() ? 0 : seen.fired.back().event + 1;
  std::vector<int> statements;
  int attempt = 0;
  for (const FaultPoint& point : points) {
    const Event& event = seen.history.events.at(point.event);
    if (event.operation != operation || point.event < free) continue;
    if (attempt == 0) attempt = event.attempt;
    if (event.attempt == attempt && can_strike(fault, point)) {
      statements.push_back(point.statement);
    }
  }
  if (statements.empty()) return false;
  const int statement = statements.at(static_cast<std::size_t>(draft.point) % statements.size());
  plan.strikes.push_back({'a', statement, fault, draft.persistent, draft.in_retry});
  std::ranges::stable_partition(plan.strikes, std::logical_not{}, &Strike::in_retry);
  return true;
}

}  // namespace splitproof::harness
