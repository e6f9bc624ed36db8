#include "harness/schedule/footprint.h"

#include <algorithm>

namespace splitproof::harness {

void Footprint::touch(std::string_view place, bool written) {
  const auto at = std::ranges::lower_bound(places_, place, {}, &Place::name);
  if (at != places_.end() && at->name == place) {
    at->written = at->written || written;
  } else {
    places_.insert(at, {std::string(place), written});
  }
}

const Footprint::Place* Footprint::find(std::string_view place) const {
  const auto at = std::ranges::lower_bound(places_, place, {}, &Place::name);
  return at != places_.end() && at->name == place ? &*at : nullptr;
}

bool Footprint::writes(std::string_view place) const {
  const Place* const known = find(place);
  return known != nullptr && known->written;
}

void Footprint::add(const Footprint& other) {
  everything_ = everything_ || other.everything_;
  for (const Place& place : other.places_) touch(place.name, place.written);
}

Footprint Footprint::without(std::string_view kind) const {
  Footprint rest = *this;
  std::erase_if(rest.places_, [&](const Place& place) {
    return std::string_view(place.name).substr(0, place.name.find(':')) == kind;
  });
  return rest;
}

std::string Footprint::in_words() const {
  if (everything_) return "everything";
  std::string words;
  for (const Place& place : places_) {
    if (!words.empty()) words += ", ";
    words += (place.written ? "writes " : "reads ") + place.name;
  }
  return words.empty() ? "nothing" : words;
}

bool dependent(const Footprint& left, const Footprint& right) {
  if (left.everything_ || right.everything_) return true;
  auto mine = left.places_.begin();
  auto theirs = right.places_.begin();
  while (mine != left.places_.end() && theirs != right.places_.end()) {
    const int order = mine->name.compare(theirs->name);
    if (order == 0 && (mine->written || theirs->written)) return true;
    if (order <= 0) ++mine;
    if (order >= 0) ++theirs;
  }
  return false;
}

}  // namespace splitproof::harness
