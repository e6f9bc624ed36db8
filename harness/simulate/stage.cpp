#include "harness/simulate/stage.h"

#include <fmt/format.h>

#include <utility>

#include "harness/run/failure.h"

namespace splitproof::harness::life {
namespace {

constexpr int tries_max = 3;
constexpr std::int64_t opening_balance = 100'000;

std::string account_of(int client) { return fmt::format("h{:02}", client + 1); }

}  // namespace

Stage::Stage(const LifeSpec& spec, const ServiceForms& forms)
    : spec_(spec),
      forms_(forms),
      swarm_(draw_swarm(spec.seed, spec.only)),
      machine_(swarm_, spec.seed),
      course_(spec.strikes ? *spec.strikes : draw_strikes(spec.seed, swarm_, spec.days)),
      judge_(machine_),
      source_(spec.seed, spec.clients, swarm_.start, swarm_.source) {
  if (spec.trace) course_.keep_trace();
  for (int i = 0; i < swarm_.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(machine_, course_));
  }
}

void Stage::set_up() {
  course_.begin_day(0);
  sim::Client& client = workers_.front()->client;
  bool good = sim::create_schema(client).outcome == sim::Outcome::committed;
  // The service's own money, and an account of each client.
  for (int i = 0; i <= spec_.clients; ++i) {
    const std::string account = i == spec_.clients ? "service" : account_of(i);
    const auto opened = sim::open_account(client, account, sim::Money{opening_balance});
    good = good && opened.outcome == sim::Outcome::committed;
    judge_.setting().accounts[account] = opening_balance;
  }
  if (!good) throw HarnessFailure("the life cannot be set up");
  course_.counts = {};
}

void Stage::report(const std::optional<Difference>& difference, const std::string& job) {
  if (!difference || found_) return;
  if ((spec_.blind & (1U << static_cast<unsigned>(difference->rule))) != 0) return;
  found_ = Found{difference->rule, difference->what, job, course_.now()};
  machine_.shut_down();
}

void Stage::work_off(Jobs jobs) {
  queue_ = std::move(jobs);
  while (!queue_.empty() && !is_over()) {
    work_once();
    if (is_over()) return;
    if (machine_.is_down()) recover();
    for (Job& job : again_) {
      ++course_.counts.retries;
      (job.tries < tries_max ? queue_ : owed_).push_back(std::move(job));
    }
    again_.clear();
  }
}

// Until there is nothing to do or the process is gone.
void Stage::work_once() {
  sim::Rng rng(stream(spec_.seed, Purpose::turns, mix(static_cast<std::uint64_t>(day_), ++turns_)));
  std::vector<std::function<void()>> bodies;
  for (const auto& worker : workers_) {
    worker->rng = sim::Rng(rng.next());
    bodies.emplace_back([this, &worker = *worker] { work(worker); });
  }
  machine_.crew().run(bodies, rng);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Stage::work(Worker& worker) {
  try {
    while (!queue_.empty() && !machine_.is_down()) {
      worker.job = std::move(queue_.front());
      queue_.pop_front();
      perform(worker);
      worker.job.reset();
      worker.request.reset();
    }
  } catch (const ProcessDied&) {
    // The job stays with the worker; recover() finds it there.
  } catch (...) {
    failure_ = std::current_exception();
    machine_.shut_down();
  }
}

void Stage::perform(Worker& worker) {
  ++worker.job->tries;
  worker.engine.begin_operation();
  if (const auto* const reading = std::get_if<ReadJob>(&worker.job->wish)) {
    read(worker, *reading);
  } else {
    perform_request(worker);
  }
  if (!machine_.is_down() && worker.engine.has_open_transaction()) {
    report(Difference{Rule::hand_back, "a transaction is left open"},
           describe(*worker.job, source_));
  }
}

Request Stage::request_of(const Wish& wish) {
  struct Ask {
    Stage& stage;
    Request operator()(const RowDelivery& one) const {
      CollectRows asked{stage.source_.date(one.day), {}};
      for (const RowName& name : one.rows) {
        asked.rows.push_back(stage.source_.row(name));
      }
      return asked;
    }
    Request operator()(const DeskDelivery& one) const {
      return BookDesk{one.reference, one.reservations};
    }
    Request operator()(const AggregateJob& one) const {
      return AggregateMonth{one.month, stage.machine_.today()};
    }
    Request operator()(const RefreshJob&) const { return RefreshCache{stage.machine_.today()}; }
    Request operator()(const MoveMoney& one) const { return one; }
    Request operator()(const RetainJob&) const { return DeleteOld{stage.machine_.today()}; }
    Request operator()(const ReadJob&) const { throw HarnessFailure("a reader asks for nothing"); }
  };
  return std::visit(Ask{*this}, wish);
}

sim::TransactionEnd Stage::call(Worker& worker, const Request& request) {
  struct Call {
    const ServiceForms& forms;
    sim::Client& client;
    sim::TransactionEnd operator()(const CollectRows& one) const {
      return forms.collect(client, one.date, one.rows);
    }
    sim::TransactionEnd operator()(const BookDesk& one) const {
      return forms.book(client, one.reference, one.reservations);
    }
    sim::TransactionEnd operator()(const AggregateMonth& one) const {
      return forms.aggregate(client, one.month, one.today);
    }
    sim::TransactionEnd operator()(const RefreshCache& one) const {
      return forms.refresh(client, one.today);
    }
    sim::TransactionEnd operator()(const MoveMoney& one) const {
      return forms.transfer(client, one.reference, one.from, one.to, one.amount);
    }
    sim::TransactionEnd operator()(const DeleteOld& one) const {
      return forms.retain(client, one.today);
    }
  };
  return std::visit(Call{forms_, worker.client}, request);
}

void Stage::perform_request(Worker& worker) {
  worker.request = request_of(worker.job->wish);
  const sim::TransactionEnd end = call(worker, *worker.request);
  if (machine_.is_down()) throw ProcessDied{};
  course_.digest.add(to_string(end.outcome));
  report(judge_.told(*worker.request, end, worker.engine.doubt()), describe(*worker.job, source_));
  take_end(worker, end);
  worker.engine.begin_operation();
}

void Stage::take_end(Worker& worker, const sim::TransactionEnd& end) {
  Counts& counts = course_.counts;
  if (end.attempts > 1) counts.retries += end.attempts - 1;
  if (is_refused(*worker.request)) {
    // The cron job comes again on another day; the month is still remembered.
    ++counts.refused;
    return;
  }
  switch (end.outcome) {
    case sim::Outcome::committed:
      ++counts.committed;
      note_done(*worker.request);
      return;
    case sim::Outcome::aborted:
      ++counts.aborted;
      break;
    case sim::Outcome::indeterminate:
      ++counts.indeterminate;
      break;
  }
  again_.push_back(*worker.job);
}

void Stage::note_done(const Request& request) {
  if (const auto* const rows = std::get_if<CollectRows>(&request)) {
    course_.counts.rows_collected += std::ssize(rows->rows);
    to_sum_up_.insert(sim::month_of(rows->date));
  } else if (const auto* const desk = std::get_if<BookDesk>(&request)) {
    for (const auto& [key, added] : desk_rows(*desk)) to_sum_up_.insert(sim::month_of(key.date));
  } else if (const auto* const month = std::get_if<AggregateMonth>(&request)) {
    ++course_.counts.months_aggregated;
    to_sum_up_.erase(month->month);
    cache_is_old_ = true;
  } else if (std::holds_alternative<RefreshCache>(request)) {
    cache_is_old_ = false;
  }
}

void Stage::read(Worker& worker, const ReadJob& job) {
  std::optional<std::string> seen;
  std::vector<sim::Row> expected_second;
  const auto look = [&](View view, const std::vector<sim::Row>& expected,
                        const sim::Answer<sim::Rows>& found) {
    if (!seen) {
      seen = first_difference(view == View::accounts ? "accounts" : "what the reader sees",
                              view == View::accounts ? 1 : 3, found.value(), expected);
    }
  };
  sim::TransactionOptions options;
  options.access = sim::Access::read_only;
  const auto body = [&](sim::Transaction& transaction) -> sim::Status {
    seen.reset();
    const auto first = transaction.execute(view_statement(job.first, job.month));
    if (!first.ok()) return first.error();
    // Nobody else went on since the statement was executed: this is the moment it saw.
    look(job.first, view_expected(job.first, job.month, judge_.model()), first);
    expected_second = view_expected(job.second, job.month, judge_.model());
    const auto second = transaction.execute(view_statement(job.second, job.month));
    if (!second.ok()) return second.error();
    look(job.second, expected_second, second);
    return sim::Done{};
  };
  const sim::TransactionEnd end = sim::run_transaction(worker.client, options, body);
  if (machine_.is_down()) throw ProcessDied{};
  course_.digest.add(to_string(end.outcome));
  worker.engine.begin_operation();
  if (end.outcome != sim::Outcome::committed) return;
  ++course_.counts.reads;
  if (seen) report(Difference{Rule::read, *seen}, describe(*worker.job, source_));
}

// The job again that asked for this.
void Stage::remember(const Request& request) {
  if (const auto* const rows = std::get_if<CollectRows>(&request)) {
    RowDelivery delivery{source_.number(rows->date), {}};
    for (const sim::DailyRow& row : rows->rows) delivery.rows.push_back(source_.name_of(row));
    queue_.push_back({delivery});
  } else if (const auto* const desk = std::get_if<BookDesk>(&request)) {
    queue_.push_back({DeskDelivery{desk->reference, desk->reservations}});
  } else if (const auto* const month = std::get_if<AggregateMonth>(&request)) {
    to_sum_up_.insert(month->month);
  } else if (std::holds_alternative<RefreshCache>(request)) {
    cache_is_old_ = true;
  } else if (const auto* const move = std::get_if<MoveMoney>(&request)) {
    queue_.push_back({*move});
  }
  // Retention comes again by itself.
}

void Stage::recover() {
  Jobs interrupted;
  std::optional<Request> struck;
  std::string at = "recovery";
  const std::size_t turn = machine_.struck_turn();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    Worker& worker = *workers_[i];
    worker.client.discard();
    worker.engine.begin_operation();
    if (worker.job) {
      if (i == turn) {
        struck = worker.request;
        at = "recovery after " + describe(*worker.job, source_);
      }
      // A crash is none of the job's own failed tries.
      --worker.job->tries;
      interrupted.push_back(*std::exchange(worker.job, std::nullopt));
    }
    worker.request.reset();
  }
  judge_.look_away();
  const Machine::Restarted restarted = machine_.restart();
  ++course_.counts.recoveries;
  course_.digest.add(restarted.image);
  if (restarted.survivors) course_.note_survivors(*restarted.survivors);
  std::vector<Request> redo;
  report(judge_.recovered(restarted, struck, redo), at);
  for (Job& job : interrupted) queue_.push_front(std::move(job));
  for (const Request& request : redo) remember(request);
}

}  // namespace splitproof::harness::life
