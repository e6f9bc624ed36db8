#include "sim/sql/sqlite/chance.h"

#include <algorithm>

namespace splitproof::sim {
namespace {

Rng& rng_of(sqlite3_context* context) {
  return static_cast<ChanceTable::Seat*>(sqlite3_user_data(context))->rng();
}

void random_number(sqlite3_context* context, int /*count*/, sqlite3_value** /*arguments*/) {
  sqlite3_result_int64(context, static_cast<sqlite3_int64>(rng_of(context).next()));
}

// As SQLite's own: a length below 1 counts as 1.
void random_blob(sqlite3_context* context, int /*count*/, sqlite3_value** arguments) {
  const sqlite3_int64 length = std::max<sqlite3_int64>(1, sqlite3_value_int64(arguments[0]));
  if (length > sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LENGTH, -1)) {
    sqlite3_result_error_toobig(context);
    return;
  }
  auto* const bytes =
      static_cast<unsigned char*>(sqlite3_malloc64(static_cast<sqlite3_uint64>(length)));
  if (bytes == nullptr) {
    sqlite3_result_error_nomem(context);
    return;
  }
  Rng& rng = rng_of(context);
  std::generate_n(bytes, length, [&] { return static_cast<unsigned char>(rng.next()); });
  sqlite3_result_blob64(context, bytes, static_cast<sqlite3_uint64>(length), sqlite3_free);
}

}  // namespace

ChanceTable::Seat::Seat(ChanceTable& table) : table_(table), rng_(table.next_rng()) {
  table_.seats_.push_back(this);
}

ChanceTable::Seat::~Seat() { std::erase(table_.seats_, this); }

void ChanceTable::reseed(std::uint64_t seed) {
  seed_ = seed;
  opened_ = 0;
  for (Seat* const seat : seats_) seat->rng_ = next_rng();
}

Rng ChanceTable::next_rng() {
  // The odd constant, 2^64 divided by the golden ratio, keeps the seeds of neighbours far apart.
  constexpr std::uint64_t stride = 0x9E3779B97F4A7C15U;
  return Rng(seed_ + stride * ++opened_);
}

int install_chance(sqlite3* database, ChanceTable::Seat& seat) {
  constexpr int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS;
  const int code = sqlite3_create_function_v2(database, "random", 0, flags, &seat, random_number,
                                              nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return code;
  return sqlite3_create_function_v2(database, "randomblob", 1, flags, &seat, random_blob, nullptr,
                                    nullptr, nullptr);
}

}  // namespace splitproof::sim
