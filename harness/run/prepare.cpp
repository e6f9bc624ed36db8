// Calibration, the clean run and the reference states of a case.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/inject/client_conversation.h"
#include "harness/oracle/calibration.h"
#include "harness/oracle/server_promise.h"
#include "harness/oracle/storage_promise.h"
#include "harness/run/case_runner.h"
#include "harness/run/postgres_disk_world.h"
#include "harness/run/program_spec.h"
#include "harness/run/storage_sweep.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t operations_max = 6;
constexpr std::size_t operations_at_once_max = 8;
// Of five operations there are 326 serial orders of all sets, each of which is run for comparison.
constexpr std::size_t operations_in_every_order_max = 5;

// Different enough that a date, an hour, a minute and a second all differ.
Shift shifted(std::uint64_t seed) {
  using namespace std::chrono_literals;
  return {.clock = 24h * 40 + 3h + 7min + 11s, .sequences = 1000, .seed = seed + 1};
}

bool all_committed(const std::vector<Told>& told) {
  return std::ranges::all_of(
      told, [](const Told& one) { return one.outcome == sim::Outcome::committed; });
}

// Notes the digest of each committed state that a run passes through.
class StatesBetween final : public Observer {
 public:
  // Both are borrowed.
  StatesBetween(Experiment& experiment, std::vector<std::string>& digests)
      : experiment_(experiment), digests_(digests) {}

  void begin(ClientSessions&) override { look(); }
  void after(const Event&, std::size_t) override { look(); }
  void end(std::size_t) override { look(); }
  std::vector<Sight> take() override { return {}; }

 private:
  void look() {
    const auto seen = experiment_.look();
    if (seen == nullptr) return;
    if (digests_.empty() || digests_.back() != seen->digest) digests_.push_back(seen->digest);
  }

  Experiment& experiment_;
  std::vector<std::string>& digests_;
};

using Note = std::function<void(const RunRecord&, const char*)>;

class Preparation {
 public:
  Preparation(Experiment& experiment, std::uint64_t seed, const Note& note)
      : experiment_(experiment), note_(note) {
    usual_.shift.seed = seed;
    unusual_.shift = shifted(seed);
    for (const OperationSpec& operation : experiment.scenario().operations) {
      sessions_.push_back(operation.session);
    }
    at_once_ = sessions_of(experiment.scenario()).size() > 1;
    usual_.keep_what_is_seen = unusual_.keep_what_is_seen = at_once_;
  }

  Prepared prepare() {
    refuse_too_many();
    const RunRecord first = run(usual_, "calibration");
    if (runs_programs(experiment_.scenario())) refuse_unusable_programs(first);
    const RunRecord second = run(unusual_, "calibration");
    const Shape shape = expect(experiment_.world().shape(), "the tables cannot be described");
    Calibration calibration =
        calibrate(first.finally->state, second.finally->state, shape, experiment_.comparison());
    experiment_.compare_by(calibration.comparison);
    const std::set<std::string> left_out = answers_that_differ(first, second);
    RunRecord clean = refer(left_out);
    if (at_once_) {
      calibration = with_keys_that_order_decides(std::move(calibration), shape, ends());
      if (calibration.comparison.renamed != experiment_.comparison().renamed) {
        experiment_.compare_by(calibration.comparison);
        clean = refer(left_out);
      }
    }
    prepared_.compared_with_care = calibration.notes;
    for (const std::string& name : left_out) {
      prepared_.compared_with_care.push_back(
          fmt::format("answers of '{}': differ between two clean runs, not compared", name));
    }
    prepared_.unstable = calibration.unexplained;
    prepared_.clean = clean_run(std::move(clean), second, prepared_.unstable);
    if (SqliteDiskWorld* const storage = experiment_.world().on_disk()) refer_to_storage(*storage);
    if (const auto* const settings = experiment_.world().chosen_settings()) {
      refer_to_server(*settings);
    }
    return std::move(prepared_);
  }

 private:
  void refuse_too_many() const {
    const std::size_t most = at_once_ ? operations_at_once_max : operations_max;
    if (sessions_.size() <= most) return;
    throw UnusableInput(fmt::format(
        "found {} operations{}; a scenario has at most {}, because every set of them is run for "
        "comparison",
        sessions_.size(), at_once_ ? " of several sessions" : "", most));
  }

  // A program that fails by itself, or asks nothing, is a mistake of the line or file that names
  // it.
  void refuse_unusable_programs(const RunRecord& clean) const {
    for (const Told& told : clean.first) {
      const OperationSpec& operation =
          experiment_.scenario().operations[static_cast<std::size_t>(told.operation)];
      const std::string command = in_words(operation.program->command);
      if (told.outcome != sim::Outcome::committed) {
        throw UnusableInput(fmt::format(
            "found the command {}, which fails where nothing is wrong: {}; expected exit code 0. "
            "Its last lines:\n{}",
            command, told.why, told.output.empty() ? "(it wrote nothing)" : told.output));
      }
      const bool asks = std::ranges::any_of(clean.history.events, [&](const Event& event) {
        return event.operation == told.operation;
      });
      if (asks) continue;
      throw UnusableInput(fmt::format(
          "found the command {}, which asks the database nothing; expected a program that connects "
          "to the database in DATABASE_URL, or in PGHOST, PGPORT, PGUSER, PGPASSWORD and "
          "PGDATABASE",
          command));
    }
  }

  RunRecord run(const RunOptions& options, const char* purpose) {
    RunRecord record = experiment_.run({}, options);
    note_(record, purpose);
    return record;
  }

  // The clean run, and the reference states under the present comparison.
  RunRecord refer(const std::set<std::string>& left_out) {
    References& references = prepared_.references;
    references = {};
    for (const OperationSpec& operation : experiment_.scenario().operations) {
      references.titles.push_back(operation.title);
    }
    references.clients = sessions_;
    references.answers_left_out = left_out;
    references.all = (1U << sessions_.size()) - 1;
    RunRecord clean = run(usual_, "clean");
    references.by_dependencies = at_once_ && sessions_.size() > operations_in_every_order_max;
    if (at_once_ && !references.by_dependencies) {
      refer_to_orders();
    } else {
      refer_to_sets();
    }
    references.by_operations.insert_or_assign(references.all, clean.finally);
    if (experiment_.scenario().by_transaction) refer_to_transactions();
    return clean;
  }

  void refer_to_storage(SqliteDiskWorld& storage) {
    References& references = prepared_.references;
    const StorageSetting& setting = storage.setting();
    references.promises = {
        {Breakdown::process_killed, promised_after_kill(setting.journal)},
        {Breakdown::power_lost,
         promised_after_power_loss(setting.journal, setting.synchronous, storage.disk().persona())},
        {Breakdown::error, promised_after_error(setting.journal)}};
    references.committed = committed_states(experiment_, usual_);
    experiment_.know_what_is_durable(
        durable_statements(prepared_.clean.record.history, sim::Dialect::sqlite));
  }

  void refer_to_server(const sim::ServerSettings& settings) {
    References& references = prepared_.references;
    references.promises = promised_after_crash(settings);
    pass_through(references.committed);
    const PostgresDiskWorld* const mounted = experiment_.world().on_mounted_disk();
    if (mounted == nullptr) return;
    references.promises = {
        {Breakdown::power_lost, promised_after_power_loss(settings, mounted->persona())}};
    experiment_.know_what_is_durable(
        durable_statements(prepared_.clean.record.history, sim::Dialect::postgres));
  }

  // The clean run, with the digest of each committed state that it passes through.
  RunRecord pass_through(std::vector<std::string>& digests) {
    StatesBetween states(experiment_, digests);
    RunOptions options = usual_;
    options.observers = {&states};
    return run(options, "reference");
  }

  void refer_to_transactions() {
    References& references = prepared_.references;
    references.by_transaction = true;
    const RunRecord record = pass_through(references.between);
    for (const Told& told : record.first) {
      for (const TransactionTold& transaction : told.transactions) {
        references.transactions.push_back(transaction.statements);
      }
    }
  }

  void refer_to_sets() {
    References& references = prepared_.references;
    references.by_operations.emplace(0, experiment_.initial());
    for (unsigned set = 1; set < references.all; ++set) {
      RunOptions options = usual_;
      options.operations = set;
      const RunRecord record = run(options, "reference");
      if (all_committed(record.last)) references.by_operations.emplace(set, record.finally);
    }
  }

  void refer_to_orders() {
    References& references = prepared_.references;
    for (const std::vector<int>& order : serial_orders(sessions_)) {
      SerialRun serial;
      serial.order = order;
      for (const int operation : order) serial.set |= 1U << static_cast<unsigned>(operation);
      if (order.empty()) {
        serial.held = experiment_.initial();
      } else if (!refer_to_order(serial)) {
        continue;
      }
      // As in the list: what serial runs under faults are compared with.
      if (std::ranges::is_sorted(order)) {
        references.by_operations.emplace(serial.set, serial.held);
      }
      references.serial.push_back(std::move(serial));
    }
  }

  // False where some operation does not commit in this order.
  bool refer_to_order(SerialRun& serial) {
    RunOptions options = usual_;
    options.sequence = serial.order;
    const RunRecord record = run(options, "reference");
    serial.held = record.finally;
    for (const Told& told : record.last) {
      serial.answers[told.operation] =
          answers_of(record.history, told.attempt, prepared_.references.answers_left_out);
    }
    return all_committed(record.last);
  }

  // Names of statements whose answers are not those of the other run, which differs in clocks,
  // sequences and chance alone: the numbers of transactions, for example.
  std::set<std::string> answers_that_differ(const RunRecord& first, const RunRecord& second) const {
    std::set<std::string> names;
    const std::vector<Event>& ours = first.history.events;
    const std::vector<Event>& theirs = second.history.events;
    for (std::size_t i = 0; at_once_ && i < std::min(ours.size(), theirs.size()); ++i) {
      if (ours[i].name == theirs[i].name && ours[i].seen != theirs[i].seen) {
        names.insert(ours[i].name);
      }
    }
    return names;
  }

  std::vector<State> ends() const {
    std::vector<State> states;
    for (const SerialRun& serial : prepared_.references.serial) {
      if (serial.set == prepared_.references.all) states.push_back(serial.held->state);
    }
    return states;
  }

  Experiment& experiment_;
  const Note& note_;
  RunOptions usual_;
  RunOptions unusual_;
  std::vector<char> sessions_;
  bool at_once_ = false;
  Prepared prepared_;
};

}  // namespace

Prepared prepare(Experiment& experiment, std::uint64_t seed, const Note& note) {
  return Preparation(experiment, seed, note).prepare();
}

}  // namespace splitproof::harness
