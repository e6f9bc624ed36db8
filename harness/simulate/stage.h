// A life while it is lived: the workers at their jobs, crashes and recoveries between them, and
// what is due on which day. Private to this folder; live() is the way in.
#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <set>
#include <vector>

#include "harness/simulate/jobs.h"
#include "harness/simulate/judge.h"
#include "harness/simulate/life.h"
#include "harness/simulate/life_engine.h"
#include "harness/simulate/source.h"

namespace splitproof::harness::life {

class Stage {
 public:
  Stage(const LifeSpec& spec, const ServiceForms& forms);

  LifeEnd run();

 private:
  struct Worker {
    Worker(Machine& machine, Course& course)
        : engine(machine, course), client(engine, machine.crew(), rng) {}

    LifeEngine engine;
    sim::Rng rng{0};
    sim::Client client;
    std::optional<Job> job;          // Under way.
    std::optional<Request> request;  // What it asked for, if it writes.
  };
  using Jobs = std::deque<Job>;

  // Before the life.
  void set_up();

  // Days (stage_days.cpp).
  void live_day(int day);
  Jobs morning(int day, sim::Rng& rng);
  Jobs noon(int day, sim::Rng& rng);
  Jobs evening(int day, sim::Rng& rng);
  void add_readers(Jobs& jobs, int count, sim::Rng& rng) const;
  void add_transfer(Jobs& jobs, int day, int number, sim::Rng& rng);
  std::vector<sim::Month> months_to_sum_up();
  // Without strikes, until nothing is left to do.
  void come_to_rest();
  void finish(Jobs jobs);
  void judge_the_end();
  std::optional<Difference> compare_with_source() const;

  // Workers (stage.cpp).
  // What is not done after some tries is left in owed_.
  void work_off(Jobs jobs);
  void work_once();
  void work(Worker& worker);
  void perform(Worker& worker);
  void perform_request(Worker& worker);
  void read(Worker& worker, const ReadJob& job);
  sim::TransactionEnd call(Worker& worker, const Request& request);
  Request request_of(const Wish& wish);
  void take_end(Worker& worker, const sim::TransactionEnd& end);
  void note_done(const Request& request);
  void recover();
  void remember(const Request& request);

  // Keeps the first of what is wrong, and ends the life.
  void report(const std::optional<Difference>& difference, const std::string& job);
  bool is_over() const { return found_.has_value(); }

  const LifeSpec& spec_;
  const ServiceForms& forms_;
  Swarm swarm_;
  Machine machine_;
  Course course_;
  Judge judge_;
  Source source_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Jobs queue_;
  Jobs again_;                      // To be tried again in this part of the day.
  Jobs owed_;                       // On the next day.
  std::set<sim::Month> to_sum_up_;  // Months whose rows have changed since.
  bool cache_is_old_ = false;
  std::vector<std::string> transfers_;  // References, as they were planned.
  std::exception_ptr failure_;          // Of ours, within a worker.
  std::uint64_t turns_ = 0;             // Runs of the crew.
  int day_ = 0;
  std::optional<Found> found_;
};

}  // namespace splitproof::harness::life
