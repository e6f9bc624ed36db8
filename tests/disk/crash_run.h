// A transaction on a disk, with what the disk held after each operation, and a judge of what a loss
// of power at that moment may leave.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/disk/power_loss.h"
#include "tests/disk/support.h"

namespace splitproof::tests {

// What stood on the disk after an operation that may have changed it.
struct CrashPoint {
  std::string operation;
  sim::DiskState state;
  bool told = false;  // The transaction was said to be committed.
};

// Takes notes of each such operation, and passes all of them.
class Notes : public sim::DiskGate {
 public:
  explicit Notes(const sim::Disk& disk) : disk_(disk) {}
  sim::DiskVerdict judge(const sim::DiskOperation& operation) override;
  void done(const sim::DiskOperation& operation, sim::DiskCode code) override;
  // The transaction was said to be committed.
  void tell();

  // A lie, where the test wants one; empty: none.
  std::function<sim::DiskVerdict(const sim::DiskOperation&)> verdict;
  std::vector<CrashPoint> points;

 private:
  const sim::Disk& disk_;
  bool told_ = false;
};

// Three rows that one transaction inserts, unless the test says otherwise.
struct CrashSetting {
  sim::Persona persona;
  sim::DiskDatabaseOptions options;
  std::function<sim::DiskVerdict(const sim::DiskOperation&)> lie;
  // What is durable before the transaction.
  std::vector<std::string> preparation = {"CREATE TABLE t (a INTEGER PRIMARY KEY, b)"};
  std::vector<std::string> transaction = {"BEGIN", "INSERT INTO t VALUES (1, 'one')",
                                          "INSERT INTO t VALUES (2, 'two')",
                                          "INSERT INTO t VALUES (3, 'three')", "COMMIT"};
  // How it is looked at afterwards; the last one answers `before` or `after`.
  std::vector<std::string> look = {"SELECT b FROM t ORDER BY a"};
  std::string before;
  std::string after = "one two three ";
};

// The points of the transaction, and of another one behind it; the first is before it.
std::vector<CrashPoint> points_of(const CrashSetting& setting);

// What the image is found to hold after its recovery, or what is wrong.
std::string recovered(DiskWorld& world, const CrashSetting& setting, const sim::DiskImage& image);

struct CrashSwept {
  // How many crash images of all points were found to be what: "before", "after", "lost" (before,
  // though it was told), or what was wrong.
  std::map<std::string, int> tally;
  std::string first_bad;  // Where it was, and what survived.
  bool complete = true;   // Every set of survivors at every point.
};

CrashSwept sweep(const CrashSetting& setting);

// Whether anything was found that is neither before nor after nor lost.
bool is_damaged(const CrashSwept& swept);

}  // namespace splitproof::tests
