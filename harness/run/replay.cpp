#include "harness/run/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/isolation/isolation_case.h"
#include "harness/run/postgres_disk_world.h"
#include "harness/run/process_sweep.h"
#include "harness/run/program_spec.h"
#include "harness/run/schedules.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t rows_shown_max = 4;
constexpr std::size_t cell_width_max = 24;

std::string row_text(const std::vector<std::string>& columns, const std::vector<std::string>& row) {
  std::string text;
  for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
    if (!text.empty()) text += ", ";
    std::string cell = row[i];
    if (cell.size() > cell_width_max) cell = cell.substr(0, cell_width_max) + "…";
    text += fmt::format("{}={}", columns[i], cell);
  }
  return text;
}

// Writes the run down as it happens and watches the committed content from outside.
class Narrator {
 public:
  Narrator(World& world, std::vector<std::string> titles, Comparison comparison, State before,
           std::ostream& out)
      : world_(world),
        titles_(std::move(titles)),
        comparison_(std::move(comparison)),
        out_(out),
        held_(std::move(before)) {}

  void event(const Event& event) {
    heading(event.attempt, event.operation, event.retry);
    out_ << fmt::format("  {:>5}  {}{}\n", number_of(event), place_of(event), one_line(event.text));
    if (!event.struck.empty()) {
      const std::optional<Fault> fault = parse_fault(event.struck);
      out_ << fmt::format("         FAULT  {}: {}\n", event.struck, fault ? in_words(*fault) : "");
    }
    if (!event.waited_for.empty()) {
      out_ << fmt::format("         waited for {}{}\n", fmt::join(event.waited_for, ", "),
                          event.given_up ? "; no session was left that could move" : "");
    }
    out_ << fmt::format("         answer: {}\n", event.answer);
    held();
  }

  void told(const Told& told) {
    heading(told.attempt, told.operation, told.retry);
    out_ << fmt::format("         the client is told: {}{}{}\n", sim::to_string(told.outcome),
                        told.why.empty() ? "" : ", ", told.why);
    for (const std::string& open : told.left_open) {
      out_ << fmt::format("         left behind: {}\n", open);
    }
    held();
  }

 private:
  // As plans have it.
  static std::string number_of(const Event& event) {
    if (event.statement == 0) return "-";
    return name_of_client(event.client) + std::to_string(event.statement);
  }

  static std::string place_of(const Event& event) {
    if (is_of_machine(event.client)) return "";
    return fmt::format("[connection {}] ", event.connection);
  }

  // Whose statements follow; again and again where sessions take turns.
  void heading(int attempt, int operation, bool retry) {
    if (attempt == attempt_) return;
    attempt_ = attempt;
    out_ << fmt::format("\n{}{}\n", titles_[static_cast<std::size_t>(operation)],
                        retry ? " (tried again)" : "");
  }

  static std::string one_line(const std::string& text) {
    constexpr std::size_t width_max = 150;
    std::string line;
    for (const char c : text) {
      const bool blank = c == '\n' || c == '\t' || c == ' ';
      if (!blank) line += c;
      if (blank && !line.empty() && line.back() != ' ') line += ' ';
    }
    return line.size() <= width_max ? line : line.substr(0, width_max) + "…";
  }

  void held() {
    // Looking would change what the server writes.
    const PostgresDiskWorld* const mounted = world_.on_mounted_disk();
    if (mounted != nullptr && (mounted->is_counting() || !mounted->damage().empty())) return;
    const sim::Answer<State> state = world_.read();
    if (!state.ok()) {
      out_ << "         held: cannot be observed at this moment, a lock is held\n";
      return;
    }
    for (const TableDifference& difference :
         differences(held_, state.value(), comparison_, rows_shown_max)) {
      for (const auto& row : difference.expected) {
        out_ << fmt::format("         held: {} - {}\n", difference.table,
                            row_text(difference.columns, row));
      }
      for (const auto& row : difference.found) {
        out_ << fmt::format("         held: {} + {}\n", difference.table,
                            row_text(difference.columns, row));
      }
      if (difference.rows_left_out > 0) {
        out_ << fmt::format("         held: {}: and {} more changed rows\n", difference.table,
                            difference.rows_left_out);
      }
    }
    held_ = state.value();
  }

  World& world_;
  std::vector<std::string> titles_;
  Comparison comparison_;
  std::ostream& out_;
  State held_;
  int attempt_ = 0;
};

// What observers see of the run is seen in runs of their own.
void watch(Experiment& experiment, const Plan& plan, const RunOptions& shown,
           const std::function<void(const RunRecord&)>& judge) {
  ScheduleOptions options;
  options.run.shift = shown.shift;
  observe(experiment, plan, options, judge);
}

}  // namespace

RunOptions narrated(World& world, std::vector<std::string> titles, Comparison comparison,
                    State before, std::ostream& out) {
  const auto narrator = std::make_shared<Narrator>(world, std::move(titles), std::move(comparison),
                                                   std::move(before), out);
  RunOptions options;
  options.on_event = [narrator](const Event& event) { narrator->event(event); };
  options.on_told = [narrator](const Told& told) { narrator->told(told); };
  return options;
}

bool needs_process(const Plan& plan) {
  return std::ranges::any_of(plan.strikes,
                             [](const Strike& strike) { return needs_process(strike); });
}

std::string unfit(const Plan& plan, const Scenario& scenario) {
  if (scenario.property.empty() && !plan.operations.empty()) {
    return fmt::format(
        "found the operation '{}' in the plan; expected none, for the scenario has its own",
        plan.operations.front());
  }
  std::set<char> sessions = sessions_of(scenario);
  if (scenario.anomaly != nullptr) {
    for (const AnomalySession& session : scenario.anomaly->sessions)
      sessions.insert(session.letter);
    if (!plan.strikes.empty() || plan.order.empty()) {
      return "the plan is that of a cell of the isolation table; expected an order of its sessions "
             "and nothing else";
    }
  }
  if (plan.order.empty()) return "";
  if (sessions.size() < 2) {
    return "the plan has an order, and the scenario has one session; expected a plan without it";
  }
  for (const Turn& turn : plan.order) {
    if (sessions.contains(turn.session)) continue;
    return fmt::format("found the session '{}' in the plan's order; expected one of {}",
                       turn.session, fmt::join(sessions, ", "));
  }
  return "";
}

ReplayResult replay(const Case& subject, World& world, std::vector<OperationFactory> operations,
                    const Plan& plan, std::uint64_t seed, std::ostream& out, ClientHost* clients,
                    ClientProcesses* programs) {
  if (subject.scenario->anomaly != nullptr) return replay_isolation(subject, world, plan, out);
  Experiment experiment(world, *subject.scenario, std::move(operations));
  const bool has_programs = runs_programs(*subject.scenario);
  if (has_programs) experiment.run_clients_in(programs);
  const Prepared prepared = prepare(experiment, seed, [](const RunRecord&, const char*) {});
  if (!has_programs && clients != nullptr && needs_process(plan)) {
    use_processes(experiment, prepared.clean, *clients, subject.variant->code);
  }
  out << fmt::format("{} / {} on {}, plan: {}\n", subject.scenario->name, subject.variant->name,
                     subject.target, to_string(plan));
  RunOptions options = narrated(world, prepared.references.titles, experiment.comparison(),
                                prepared.references.before().state, out);
  options.shift.seed = seed;
  options.keep_what_is_seen = sessions_of(*subject.scenario).size() > 1;
  ReplayResult result;
  const auto judge = [&](const RunRecord& run) {
    for (const auto& [name, oracle] : all_oracles()) {
      for (Violation& violation : oracle(run, prepared.references)) {
        result.violations.push_back(std::move(violation));
      }
    }
  };
  result.run = experiment.run(plan, options);
  judge(result.run);
  if (plan.strikes.empty()) watch(experiment, plan, options, judge);
  out << '\n';
  for (const Damage& damage : result.run.after->damage) out << damage.text << '\n';
  return result;
}

std::vector<std::string> shell_words(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool begun = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\'') {
      quoted = !quoted;
      begun = true;
    } else if (!quoted && c == '\\' && i + 1 < line.size()) {
      word += line[++i];
      begun = true;
    } else if (!quoted && c == ' ') {
      if (begun) words.push_back(std::move(word));
      word.clear();
      begun = false;
    } else {
      word += c;
      begun = true;
    }
  }
  if (begun) words.push_back(std::move(word));
  return words;
}

}  // namespace splitproof::harness
