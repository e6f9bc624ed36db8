// What a life has seen so far: which strikes are due and have fired, what was counted, and the
// digest of all decisions and answers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "harness/simulate/chance.h"
#include "harness/simulate/strike.h"
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

struct Counts {
  int days = 0;
  std::int64_t statements = 0;
  std::int64_t transactions = 0;  // COMMITs that were answered.
  std::int64_t committed = 0;     // Jobs, as they were told.
  std::int64_t aborted = 0;
  std::int64_t indeterminate = 0;
  std::int64_t refused = 0;  // A month that is not over.
  std::int64_t retries = 0;  // Transactions and jobs that were tried again.
  std::int64_t rows_collected = 0;
  std::int64_t months_aggregated = 0;
  std::int64_t reads = 0;  // Of readers, judged.
  int kills = 0;
  int power_failures = 0;
  int recoveries = 0;
  int disk_errors = 0;
  int whole_checks = 0;
  std::uint64_t switches = 0;  // Of workers.
  int leap_days = 0;
  int changed_nights = 0;
};

class Course {
 public:
  explicit Course(Strikes strikes);

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
};

}  // namespace splitproof::harness::life
