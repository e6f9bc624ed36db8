// What a step touched, as far as the order of two steps can matter: places, named by whoever knows
// the database, that it read or wrote.
//
// A place is whatever one step can notice of another: a table's committed rows, the locks on its
// rows, SQLite's write lock. In doubt a step has touched everything; that costs runs and hides
// nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace splitproof::harness {

class Footprint {
 public:
  void read(std::string_view place) { touch(place, false); }
  void write(std::string_view place) { touch(place, true); }
  // Nobody knows what it touched.
  void everything() { everything_ = true; }
  void add(const Footprint& other);

  bool is_everything() const { return everything_; }
  bool is_nothing() const { return !everything_ && places_.empty(); }
  bool reads(std::string_view place) const { return find(place) != nullptr; }
  bool writes(std::string_view place) const;
  // The same but for the places of one kind: `kind` itself, and those named "kind:…".
  Footprint without(std::string_view kind) const;
  // "reads x, writes y", in the order of the places; "everything"; "nothing".
  std::string in_words() const;

  // Whether the order of two such steps of different sessions can matter: one of them wrote what
  // the other touched.
  friend bool dependent(const Footprint& left, const Footprint& right);
  friend bool operator==(const Footprint&, const Footprint&) = default;

 private:
  struct Place {
    std::string name;
    bool written = false;
    friend bool operator==(const Place&, const Place&) = default;
  };

  void touch(std::string_view place, bool written);
  const Place* find(std::string_view place) const;

  bool everything_ = false;
  std::vector<Place> places_;  // By name.
};

bool dependent(const Footprint& left, const Footprint& right);

}  // namespace splitproof::harness
