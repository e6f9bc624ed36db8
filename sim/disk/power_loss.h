// What may be left on a disk after the power failed: the crash images of one moment.
//
// Which items survive is an explicit choice, never chance of its own (survivors.h); crash_items.h
// says what an item is, and what can be together. visit() takes all sets that can be, while they
// are not more than `all_max`. Beyond that it takes nothing, everything, each prefix, everything
// but each single one (and what needs it), and sets drawn from the seed. Beside these, each sector
// is torn in each way, as the last thing that reached the disk, and as the one that everything else
// outran. Images that are equal are given once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sim/disk/crash_items.h"
#include "sim/disk/disk_image.h"
#include "sim/disk/survivors.h"

namespace splitproof::sim {

struct CrashOptions {
  // All subsets of twelve items.
  std::size_t all_max = 4096;
  std::size_t samples = 64;
  std::uint64_t seed = 0;
  bool tear = true;
};

struct CrashImage {
  Survivors survivors;
  DiskImage image;
};

struct CrashCounts {
  std::size_t items = 0;
  // Sets of items that can survive, none of them torn; none where they are more than `all_max`.
  std::optional<std::size_t> sets;
  std::size_t images = 0;  // Given.
  std::size_t equal = 0;   // Not given, because an equal one was.

  bool complete() const { return sets.has_value(); }
};

// The digests of images that were given. Moments between which nothing was told have most of their
// images in common: a crash at the second one, with what was new lost, is a crash at the first.
using SeenImages = std::unordered_set<std::uint64_t>;

class PowerLoss {
 public:
  // `state` is copied, which is cheap.
  PowerLoss(const DiskState& state, const Persona& persona);

  std::size_t items() const { return items_.size(); }
  // In words: "sector 3 of /db-journal".
  std::string describe(std::size_t item) const;
  // False where a plan does not fit: another number of items, or a set that cannot be.
  bool can_be(const Survivors& survivors) const;
  // `survivors` must be ones that can be.
  DiskImage image(const Survivors& survivors) const;
  // Sets that can be: the first so many items, with what they need; all but one, and what needs it;
  // and those that the seed draws.
  Survivors first(std::size_t count) const;
  Survivors all_but(std::size_t item) const;
  Survivors drawn(std::uint64_t seed) const;
  // The items that are sectors of this file, and make a difference.
  std::vector<std::size_t> sectors_of(std::string_view name) const;
  // Gives the images one by one, in the same order for the same options, until `judge` answers
  // false. Those in `seen` are left out, and those given are added to it.
  CrashCounts visit(const CrashOptions& options,
                    const std::function<bool(const CrashImage&)>& judge, SeenImages& seen) const;
  CrashCounts visit(const CrashOptions& options,
                    const std::function<bool(const CrashImage&)>& judge) const {
    SeenImages seen;
    return visit(options, judge, seen);
  }

 private:
  using Bits = std::vector<bool>;
  class Visit;

  // With the needs of what is in it, and with what makes no difference.
  Bits closed(Bits bits) const;
  // Without what needs, by however many steps, an item that is not in it.
  Bits reduced(Bits bits) const;
  bool has_needs(const Bits& bits, std::size_t item) const;
  // Of bytes in a sector.
  struct Range {
    std::size_t from = 0;
    std::size_t to = 0;
  };
  // Those that may be damaged when this item is torn.
  std::vector<Range> ranges_at_risk(const CrashItem& item) const;
  void tear(FileContent& content, const CrashItem& item, const TornItem& torn) const;
  std::string name_of(InodeNumber inode) const;

  DiskState state_;
  Persona persona_;
  std::vector<CrashItem> items_;
};

}  // namespace splitproof::sim
