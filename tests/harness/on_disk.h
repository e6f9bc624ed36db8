// A case on a simulated disk, for tests: one table, one operation of two rows.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/run/sqlite_disk_world.h"
#include "tests/harness/experiments.h"
#include "tests/harness/one_case.h"
#include "tests/harness/outcomes.h"

namespace splitproof::harness {

inline const Texts two_rows{"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"};

class OnDisk : public testing::Test {
 protected:
  OnDisk() {
    be_one_case(scenario_, "on-disk", "sqlite");
    scenario_.variants.front().storage.emplace();
  }

  CaseOutcome run(const StorageSetting& setting, const OperationFactory& operation,
                  bool claims_durable = false, const std::string& plan = "",
                  const Promises& promises = {}) {
    SqliteDiskWorld world(setting);
    scenario_.variants.front().storage = StorageSpec{setting, claims_durable};
    const Case subject = case_of(scenario_, "sqlite");
    CaseOptions options;
    options.promises = promises;
    if (!plan.empty()) options.plan = plan_of(plan);
    return run_case(subject, world, {operation}, options);
  }

  Scenario scenario_ = scenario_of({"CREATE TABLE t (id INTEGER PRIMARY KEY)"});
};

}  // namespace splitproof::harness
