// The program is killed in the middle of a run on PostgreSQL, so that it cannot clean up: soon
// nothing of it may be there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <functional>

#include "sim/process/deadline.h"
#include "tests/scenarios/support.h"
#include "tests/support/leftovers.h"

namespace splitproof::tests {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A run of all cases, on two servers, in the hands of a test that ends it.
class Victim {
 public:
  // The program runs these cases on PostgreSQL.
  explicit Victim(const Texts& cases = built_cases())
      : cases_(cases), left_(program_.pid(), mark()) {}

  // Waits until `moment` is there; fails the test when the program ends or a minute passes before.
  void wait_for(const std::function<bool(const Victim&)>& moment) {
    const sim::Deadline deadline(std::chrono::minutes(1));
    for (left_.watch(); !moment(*this); left_.watch()) {
      if (program_.has_ended_within(milliseconds(1)) || deadline.passed()) {
        const Ended ended = program_.wait();
        FAIL() << "the moment did not come: " << to_string(ended.status) << " " << ended.err;
      }
    }
  }

  void end_by(int signal) {
    left_.watch();
    program_.signal(signal);
  }

  Ended wait() { return program_.wait(); }

  // What is there of it now.
  std::vector<std::string> left() const { return left_.found(); }

  // The same, as soon as there is nothing, or after some seconds. One second is what is promised;
  // a machine that runs other tests at the same time may not let the guardian run at once.
  std::vector<std::string> left_in_the_end() const {
    const sim::Deadline deadline(std::chrono::seconds(10));
    std::vector<std::string> found = left();
    while (!found.empty() && !deadline.passed()) found = left();
    return found;
  }

  bool has_folder() const { return !left_.folders().empty(); }

  // Is there a process with these words in its title, such as a server's for one database?
  bool has_process(const std::string& words) const {
    for (const std::string& line : left_.command_lines()) {
      if (line.find(words) != std::string::npos) return true;
    }
    return false;
  }

  // The n-th database that the program makes, from 1: each case has one of its own.
  std::string database(int number) const {
    return "splitproof_" + std::to_string(program_.pid()) + "_" + std::to_string(number) + " ";
  }

 private:
  // Each test process has its own folder, and so its own mark.
  std::string mark() const { return "SPLITPROOF_TEST_MARK=" + folder_.path(); }

  static Texts arguments(const Texts& cases) {
    Texts all{"run", "--target", "postgres", "--jobs", "2"};
    all.insert(all.end(), cases.begin(), cases.end());
    return all;
  }

  Texts cases_;
  ScratchFolder folder_;
  Program program_{arguments(cases_), folder_,
                   Program::Options{.environment = {{"SPLITPROOF_TEST_MARK", folder_.path()}},
                                    .account = std::nullopt,
                                    .program = ""}};
  Leftovers left_;
};

struct Moment {
  const char* name;
  std::function<bool(const Victim&)> has_come;
};

void PrintTo(const Moment& moment, std::ostream* out) { *out << moment.name; }

class KilledProgram : public testing::TestWithParam<Moment> {};

TEST_P(KilledProgram, LeavesNothing) {
  Victim victim;
  ASSERT_NO_FATAL_FAILURE(victim.wait_for(GetParam().has_come));
  victim.end_by(SIGKILL);
  EXPECT_EQ(victim.wait().status.signal, SIGKILL);
  EXPECT_THAT(victim.left_in_the_end(), IsEmpty());
}

TEST_P(KilledProgram, ThatIsOnlyAskedToStopLeavesNothingAndSaysSo) {
  Victim victim;
  ASSERT_NO_FATAL_FAILURE(victim.wait_for(GetParam().has_come));
  victim.end_by(SIGTERM);
  const Ended ended = victim.wait();
  EXPECT_EQ(ended.status.code, 143) << to_string(ended.status) << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, HasSubstr("STOPPED BEFORE THE END"));
  EXPECT_THAT(victim.left_in_the_end(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    When, KilledProgram,
    testing::Values(
        Moment{"AServersFolderIsThere", [](const Victim& victim) { return victim.has_folder(); }},
        Moment{"TheServersFilesAreMade",
               [](const Victim& victim) { return victim.has_process("initdb"); }},
        Moment{"AServerRuns",
               [](const Victim& victim) { return victim.has_process("checkpointer"); }},
        Moment{"TheFirstCaseRuns",
               [](const Victim& victim) { return victim.has_process(victim.database(1)); }},
        Moment{"AClientRunsAsAProcess",
               [](const Victim& victim) { return victim.has_process("client-process"); }},
        Moment{"LaterCasesRun",
               [](const Victim& victim) { return victim.has_process(victim.database(4)); }}),
    [](const testing::TestParamInfo<Moment>& moment) { return moment.param.name; });

TEST(KilledAtOnce, LeavesNothing) {
  Victim victim;
  victim.end_by(SIGKILL);
  EXPECT_EQ(victim.wait().status.signal, SIGKILL);
  EXPECT_THAT(victim.left_in_the_end(), IsEmpty());
}

// The look itself: it sees a living run's guardian, servers, folders and shared memory.
TEST(Leftovers, OfALivingRunAreSeen) {
  // Of cases in which no server crashes, so that one is there at any moment.
  Victim victim({"random-operations", "independent-sums"});
  ASSERT_NO_FATAL_FAILURE(victim.wait_for([](const Victim& one) {
    return one.has_process(one.database(1)) && one.has_process(one.database(2));
  }));
  const std::vector<std::string> found = victim.left();
  for (const char* const text :
       {"sp-guardian", "checkpointer", "/dev/shm/", "segment ", "splitproof run"}) {
    EXPECT_THAT(found, Contains(HasSubstr(text)));
  }
  victim.end_by(SIGKILL);
  victim.wait();
  EXPECT_THAT(victim.left_in_the_end(), IsEmpty());
}

}  // namespace
}  // namespace splitproof::tests
