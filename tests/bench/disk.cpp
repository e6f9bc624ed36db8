// How many crash images are judged in a second, and how many runs of a sweep of disk errors.
//
// To judge an image is to put it on a disk, open the database (which recovers it), check its
// integrity, read all its rows and close it. The bare loop beside it does nothing but deserialize
// the same database, open, check and read: there is nothing to recover. The images are all those of
// one transaction at all its points, choosing and making them included.
//
// The second part is about growth: transactions of more and more operations. The power fails after
// each of them, from one run, with the images that no earlier point had. Then each of them fails
// once, in a run of its own that puts the disk back, opens, runs the transaction, closes, opens
// again, checks and reads; a longer transaction is longer to run.
//
// The two of a pair take turns, once a round (first argument, default 5), so that what else the
// machine does falls on both alike. Numbers are medians over the rounds, of this program's
// processor time.
#include "sim/disk/disk.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/disk/disk_database.h"
#include "sim/disk/power_loss.h"

namespace splitproof::sim {
namespace {

// Of the bare loop, that is aimed at.
constexpr double aim = 0.8;

void require(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

std::unique_ptr<Session> open(Engine& engine) {
  Answer<std::unique_ptr<Session>> opened = engine.connect();
  require(opened.ok(), opened.ok() ? "" : opened.error().message);
  return std::move(opened).value();
}

void run(Session& session, const std::string& sql) {
  const Answer<Rows> answer = session.execute(Statement(sql));
  require(answer.ok(), answer.ok() ? "" : sql + ": " + answer.error().message);
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// A database of some tables of some rows, and a transaction that changes each of them.
struct Setting {
  std::string title;
  int tables = 1;
  int rows = 20;
  DiskDatabaseOptions options;

  std::vector<std::string> preparation() const {
    std::vector<std::string> all;
    for (int table = 0; table < tables; ++table) {
      all.push_back(fmt::format("CREATE TABLE t{} (a INTEGER PRIMARY KEY, b)", table));
      all.push_back(
          fmt::format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                      "WHERE i < {}) INSERT INTO t{} SELECT i, 'row ' || i FROM n",
                      rows, table));
    }
    return all;
  }
  std::vector<std::string> reading() const {
    std::vector<std::string> all{"PRAGMA integrity_check"};
    for (int table = 0; table < tables; ++table) {
      all.push_back(fmt::format("SELECT * FROM t{} ORDER BY a", table));
    }
    return all;
  }
  std::vector<std::string> transaction(int changes) const {
    std::vector<std::string> all{"BEGIN"};
    for (int i = 0; i < changes; ++i) {
      all.push_back(fmt::format("INSERT INTO t{} (b) VALUES ('more')", i % tables));
    }
    all.emplace_back("COMMIT");
    return all;
  }
};

struct World {
  explicit World(const Setting& setting)
      : disk(*persona_named("honest")), database(disk, clock, setting.options) {}

  ManualClock clock{Instant{}};
  Disk disk;
  DiskDatabase database;
};

DiskImage prepared(const Setting& setting) {
  World world(setting);
  {
    const auto session = open(world.database);
    for (const std::string& sql : setting.preparation()) run(*session, sql);
  }
  return world.disk.state().seen();
}

class Snapshots final : public DiskGate {
 public:
  explicit Snapshots(const Disk& disk) : disk_(disk) {}
  DiskVerdict judge(const DiskOperation& /*operation*/) override { return {}; }
  void done(const DiskOperation& operation, DiskCode /*code*/) override {
    if (changes_disk(operation.act)) points.push_back(disk_.state());
  }
  std::vector<DiskState> points;

 private:
  const Disk& disk_;
};

std::vector<DiskState> points_of(const Setting& setting, const DiskImage& image, int changes = 3) {
  World world(setting);
  world.disk.restore(image);
  Snapshots snapshots(world.disk);
  const auto session = open(world.database);
  world.disk.set_gate(&snapshots);
  for (const std::string& sql : setting.transaction(changes)) run(*session, sql);
  world.disk.set_gate(nullptr);
  return std::move(snapshots.points);
}

void look_at(World& world, const std::vector<Statement>& reading) {
  const auto session = world.database.look();
  require(session.ok(), "the database cannot be opened");
  for (const Statement& statement : reading) {
    require(session.value()->execute(statement).ok(), "the database is damaged");
  }
  world.disk.cut_power();
}

std::vector<Statement> reading_of(const Setting& setting) {
  const std::vector<std::string> reading = setting.reading();
  return {reading.begin(), reading.end()};
}

// Answers how many images there were.
std::size_t judge_images(const Setting& setting, World& world,
                         const std::vector<DiskState>& points) {
  const std::vector<Statement> reading = reading_of(setting);
  std::size_t images = 0;
  for (const DiskState& point : points) {
    const PowerLoss loss(point, world.disk.persona());
    images += loss.visit({},
                         [&](const CrashImage& image) {
                           world.disk.restore(image.image);
                           look_at(world, reading);
                           return true;
                         })
                  .images;
  }
  return images;
}

void read_bare(sqlite3* database, const std::vector<std::string>& reading) {
  for (const std::string& sql : reading) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
    std::string text;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      for (int column = 0; column < sqlite3_column_count(statement); ++column) {
        text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      }
    }
    require(sqlite3_finalize(statement) == SQLITE_OK, "the bare loop cannot read");
  }
}

void deserialize(std::size_t times, const std::vector<std::string>& reading,
                 const std::vector<std::byte>& bytes) {
  for (std::size_t i = 0; i < times; ++i) {
    sqlite3* database = nullptr;
    sqlite3_open_v2(":memory:", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    auto* const copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
    std::memcpy(copy, bytes.data(), bytes.size());
    const auto size = static_cast<sqlite3_int64>(bytes.size());
    require(sqlite3_deserialize(database, "main", copy, size, size,
                                SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) ==
                SQLITE_OK,
            "the bare loop cannot deserialize");
    read_bare(database, reading);
    sqlite3_close(database);
  }
}

void measure_images(const Setting& setting, int rounds) {
  const DiskImage image = prepared(setting);
  const std::vector<DiskState> points = points_of(setting, image);
  Setting plain = setting;
  plain.options.journal = JournalMode::remove;
  const DiskImage plain_image = prepared(plain);
  const FileContent& file = plain_image.files.at("/db");
  std::vector<std::byte> bytes(file.size());
  file.read(bytes, 0);
  World world(setting);
  std::vector<double> judged;
  std::vector<double> bare;
  std::vector<double> ratios;
  std::size_t images = 0;
  for (int round = 0; round < rounds; ++round) {
    const double begin = processor_seconds();
    images = judge_images(setting, world, points);
    const double middle = processor_seconds();
    deserialize(images, setting.reading(), bytes);
    const double end = processor_seconds();
    judged.push_back(static_cast<double>(images) / (middle - begin));
    bare.push_back(static_cast<double>(images) / (end - middle));
    ratios.push_back(judged.back() / bare.back());
  }
  fmt::print("{:<28} {:>6} {:>7} {:>9.0f} {:>9.0f}   {:.2f} of it (aim {})\n", setting.title,
             points.size(), images, median(judged), median(bare), median(ratios), aim);
}

class FailNth final : public DiskGate {
 public:
  explicit FailNth(std::uint64_t ordinal) : ordinal_(ordinal) {}
  DiskVerdict judge(const DiskOperation& operation) override {
    if (++seen_ != ordinal_) return {};
    return {.kind = DiskVerdict::Kind::fail, .code = usual_failure(operation.act)};
  }
  void done(const DiskOperation& /*operation*/, DiskCode /*code*/) override {}
  bool fired() const { return seen_ >= ordinal_; }

 private:
  std::uint64_t ordinal_;
  std::uint64_t seen_ = 0;
};

// Answers how many runs there were.
std::size_t sweep_errors(const Setting& setting, World& world, const DiskImage& image,
                         int changes) {
  const std::vector<Statement> reading = reading_of(setting);
  const std::vector<std::string> transaction = setting.transaction(changes);
  for (std::uint64_t ordinal = 1;; ++ordinal) {
    world.disk.restore(image);
    FailNth gate(ordinal);
    {
      const auto session = open(world.database);
      world.disk.set_gate(&gate);
      for (const std::string& sql : transaction) {
        if (!session->execute(Statement(sql)).ok()) break;
      }
    }
    world.disk.set_gate(nullptr);
    look_at(world, reading);
    if (!gate.fired()) return ordinal;
  }
}

std::size_t sweep_power(const Setting& setting, World& world, const DiskImage& image, int changes) {
  const std::vector<Statement> reading = reading_of(setting);
  SeenImages seen;
  std::size_t images = 0;
  for (const DiskState& point : points_of(setting, image, changes)) {
    images += PowerLoss(point, world.disk.persona())
                  .visit(
                      {.all_max = 16, .samples = 8},
                      [&](const CrashImage& one) {
                        world.disk.restore(one.image);
                        look_at(world, reading);
                        return true;
                      },
                      seen)
                  .images;
  }
  return images;
}

struct Timed {
  std::size_t runs = 0;
  std::vector<double> seconds;

  void measure(const std::function<std::size_t()>& work) {
    const double begin = processor_seconds();
    runs = work();
    seconds.push_back(processor_seconds() - begin);
  }
  std::string report() const {
    const double time = median(seconds);
    return fmt::format("{:>6} {:>7.3f} s {:>7.0f}/s", runs, time, static_cast<double>(runs) / time);
  }
};

void measure_growth(const Setting& setting, int rounds) {
  const DiskImage image = prepared(setting);
  World world(setting);
  for (const int changes : {2, 4, 8, 16}) {
    Timed power;
    Timed errors;
    for (int round = 0; round < rounds; ++round) {
      power.measure([&] { return sweep_power(setting, world, image, changes); });
      errors.measure([&] { return sweep_errors(setting, world, image, changes); });
    }
    fmt::print("{:<20} {:>6}   {}   {}\n", setting.title, points_of(setting, image, changes).size(),
               power.report(), errors.report());
  }
}

Setting setting_of(int tables, JournalMode journal) {
  Setting setting;
  setting.title = fmt::format("{} table{}, {}", tables, tables == 1 ? "" : "s", to_string(journal));
  setting.tables = tables;
  setting.options.journal = journal;
  return setting;
}

}  // namespace
}  // namespace splitproof::sim

int main(int argc, char** argv) {
  using namespace splitproof::sim;
  try {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    require(rounds > 0, "usage: bench_disk [ROUNDS]");
    fmt::print("{:<28} {:>6} {:>7} {:>9} {:>9}\n", "crash images a second", "points", "images",
               "judged", "bare");
    for (const int tables : {1, 7}) {
      for (const JournalMode journal : {JournalMode::remove, JournalMode::wal}) {
        measure_images(setting_of(tables, journal), rounds);
      }
    }
    fmt::print("\n{:<20} {:>6}   {:<28}   {}\n", "growth of sweeps", "points",
               "crash images, seconds", "error runs, seconds");
    for (const JournalMode journal : {JournalMode::remove, JournalMode::wal}) {
      measure_growth(setting_of(16, journal), rounds);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_disk: {}\n", error.what());
    return 1;
  }
  return 0;
}
