// What the platforms and the hotels' front desks have to tell, and when they tell it: on the day
// after, late, in parts, twice, corrected, or not for weeks.
//
// A row is a function of the seed, its client, platform and day, and its version, so that it can be
// asked for at any time; a correction is a second version. Nothing comes later than `owed_days_max`
// after its day, unless the life ends before: the service deletes daily rows after 90 days, and
// what comes for a month whose rows were deleted is, as its documentation says, no longer summed
// up.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/simulate/swarm.h"
#include "sim/aggregator/daily_row.h"
#include "sim/aggregator/reservations.h"
#include "sim/base/rng.h"

namespace splitproof::harness::life {

inline constexpr int owed_days_max = 40;

// One row, by the number of its client, of its platform (0: google, 1: meta) and of its day.
struct RowName {
  int client = 0;
  int platform = 0;
  int day = 1;
  friend auto operator<=>(const RowName&, const RowName&) = default;
};

// What comes of one day at a time.
struct RowDelivery {
  int day = 1;
  std::vector<RowName> rows;
};

// A front desk's reservations of a day; the reference names their day.
struct DeskDelivery {
  std::string reference;
  std::vector<sim::Reservation> reservations;
};

struct Deliveries {
  std::vector<RowDelivery> rows;
  std::vector<DeskDelivery> desks;
};

class Source {
 public:
  Source(std::uint64_t seed, int clients, sim::Day start, SourceManners manners);

  // What comes on this day, which is one later than that of the call before, the first being 1. The
  // reservations and rows of the day itself come later.
  Deliveries on(int day);
  // All that did not come yet, up to the day of the last call of on().
  Deliveries owed();

  // The row as the source knows it by now.
  sim::DailyRow row(const RowName& name) const;
  // Of all days for which on() was called; after owed(), as they are in the end.
  std::vector<sim::DailyRow> all_rows() const;
  const std::vector<DeskDelivery>& all_desks() const { return desks_; }

  sim::Day date(int day) const;
  int number(sim::Day date) const;
  RowName name_of(const sim::DailyRow& row) const;
  int leap_days() const { return leap_days_; }
  // Nights, of any client, whose day had not 24 hours.
  int changed_nights() const { return changed_nights_; }

 private:
  struct Due {
    std::map<int, std::vector<RowName>> rows;  // By their day.
    std::vector<std::size_t> desks;            // Positions in desks_.
  };

  void schedule_rows(int day);
  void schedule_desks(int day);
  void add_desk(sim::Rng& rng, int client, int day, DeskDelivery& delivery);
  int corrected_on(const RowName& name) const;
  std::uint64_t number_of(const RowName& name) const;
  void add(const Due& due, Deliveries& deliveries) const;

  std::uint64_t seed_;
  int clients_;
  sim::Day start_;
  SourceManners manners_;
  std::vector<sim::TimeZone> zones_;
  std::map<int, Due> due_;
  std::vector<DeskDelivery> desks_;
  int days_ = 0;
  int knows_ = 0;  // The corrections that come until this day.
  int leap_days_ = 0;
  int changed_nights_ = 0;
};

}  // namespace splitproof::harness::life
