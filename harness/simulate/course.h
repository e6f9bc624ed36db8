// What a life has seen so far: which strikes are due and have fired, what was counted, and the
// digest of all decisions and answers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/simulate/chance.h"
#include "harness/simulate/strike.h"
#include "harness/verdict/simulation.h"
#include "sim/sql/rows.h"

namespace splitproof::harness::life {

// A rolling hash, equal on every machine and from every build.
class Digest {
 public:
  void add(std::uint64_t number) { value_ = mix(value_, number); }
  void add(std::string_view text);
  void add(const sim::Rows& rows);
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

using Counts = SimulationCounts;

class Course {
 public:
  explicit Course(Strikes strikes);

  // Keep a line of each event, for finding the first at which two lives part.
  void keep_trace() { keeps_trace_ = true; }
  bool keeps_trace() const { return keeps_trace_; }
  // `what` was answered at this moment; the digest already holds it.
  void note(std::string_view what);
  std::vector<std::string> take_trace() { return std::move(trace_); }

  void begin_day(int day);
  // No strike is due any more.
  void be_calm() { next_ = strikes_.size(); }
  // Takes the next step of the day, and gives `strike` what is due at it; it answers whether the
  // strike could be carried out there.
  void step(const std::function<bool(Strike&)>& strike);
  Moment now() const { return now_; }

  // Sorted; with what was found out while they were carried out.
  const Strikes& strikes() const { return strikes_; }
  const std::vector<bool>& fired() const { return fired_; }
  // The survivors of the power failure that was carried out last.
  void note_survivors(const sim::Survivors& survivors);

  Digest digest;
  Counts counts;

 private:
  Strikes strikes_;
  std::vector<bool> fired_;
  std::size_t next_ = 0;
  std::size_t last_power_ = 0;
  Moment now_;
  bool keeps_trace_ = false;
  std::vector<std::string> trace_;
};

}  // namespace splitproof::harness::life
