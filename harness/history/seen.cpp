#include "harness/history/seen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace splitproof::harness {

namespace {

// FNV-1a, 64 bits.
class Fingerprint {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    }
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

std::uint64_t fingerprint_of(const sim::Row& row) {
  Fingerprint fingerprint;
  for (const sim::Value& value : row) {
    const std::string text = sim::to_string(value);
    fingerprint.add(fmt::format("{}:{}:", value.index(), text.size()));
    fingerprint.add(text);
  }
  return fingerprint.value();
}

}  // namespace

std::string digest_of_answer(const sim::Answer<sim::Rows>& answer) {
  if (!answer.ok()) return "";
  const sim::Rows& rows = answer.value();
  std::vector<std::uint64_t> all;
  all.reserve(rows.rows.size());
  for (const sim::Row& row : rows.rows) all.push_back(fingerprint_of(row));
  std::ranges::sort(all);
  Fingerprint fingerprint;
  fingerprint.add(fmt::format("{}:{}:", rows.affected, rows.columns.size()));
  for (const std::uint64_t one : all) fingerprint.add(fmt::format("{:x},", one));
  return fmt::format("{:016x}", fingerprint.value());
}

}  // namespace splitproof::harness
