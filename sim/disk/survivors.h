// Which of the things that were done and not synced are on the disk after a loss of power. It is a
// part of a plan: read by people, and pasted back.
//
// One bit an item, in the order in which they were done; at most one item is torn: it survives in a
// way that it was never meant to be. Text: "keep=1101", or "keep=30:3fffff00" for more than 24
// items, with their number before the colon and the first item in the highest bit, and
// "keep=110 torn=2:zero".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace splitproof::sim {

// What stands in a torn sector where it was being written.
enum class Tear {
  zero,
  garbage,
  front,  // The front half is written, the back half is as before.
  back,
};

std::string_view to_string(Tear tear);

struct TornItem {
  std::size_t item = 0;  // Counted from 0; its bit is set.
  Tear tear = Tear::zero;

  friend bool operator==(const TornItem&, const TornItem&) = default;
};

struct Survivors {
  std::vector<bool> keep;
  std::optional<TornItem> torn;

  friend bool operator==(const Survivors&, const Survivors&) = default;
};

std::string to_text(const Survivors& survivors);
// None where the text is not such a one.
std::optional<Survivors> survivors_of(std::string_view text);

}  // namespace splitproof::sim
