// What is known of the dependencies between programs that run at once: nothing, and that is said.
#include <gtest/gtest.h>

#include "harness/program/programs.h"
#include "harness/run/case_runner.h"
#include "harness/run/evidence.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

TEST(ProgramEvidence, IsAGapAndNotTheAbsenceOfACircle) {
  Scenario scenario;
  scenario.data.sql = {"CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1)"};
  for (const char session : {'a', 'b'}) {
    OperationSpec operation;
    operation.session = session;
    operation.title = std::string(1, session);
    operation.program.emplace();
    operation.program->command = {"psql", "-X", "-q", "-c", "UPDATE t SET a = a + 1"};
    operation.program->folder = "/";
    scenario.operations.push_back(operation);
  }
  const auto world = postgres_world();
  Experiment experiment(*world, scenario, {[] { return Operation(); }, [] { return Operation(); }});
  const auto programs = make_programs(*shared_guardian(), scenario.operations, "");
  experiment.run_clients_in(programs.get());
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  const RunRecord run =
      evidence_of(experiment, parse_plan("order=ba").value(), {}, prepared.references);
  ASSERT_TRUE(run.dependencies);
  EXPECT_EQ(run.dependencies->gap, "what programs of their own read and write is not looked at");
  EXPECT_FALSE(run.dependencies->anomaly);
}

}  // namespace
}  // namespace splitproof::harness
