// A case on a simulated disk, for tests: one table, one operation of two rows.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/run/case_runner.h"
#include "harness/run/sqlite_disk_world.h"
#include "tests/harness/experiments.h"
#include "tests/harness/outcomes.h"

namespace splitproof::harness {

inline const Texts two_rows{"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"};

class OnDisk : public testing::Test {
 protected:
  OnDisk() {
    scenario_.name = scenario_.title = "on-disk";
    Variant variant;
    variant.name = variant.code = "as-it-is";
    variant.expect["sqlite"] = {};
    variant.storage.emplace();
    scenario_.variants = {variant};
  }

  CaseOutcome run(const StorageSetting& setting, const OperationFactory& operation,
                  bool claims_durable = false, const std::string& plan = "",
                  const Promises& promises = {}) {
    SqliteDiskWorld world(setting);
    scenario_.variants.front().storage = StorageSpec{setting, claims_durable};
    Case subject;
    subject.scenario = &scenario_;
    subject.variant = &scenario_.variants.front();
    subject.target = subject.target_kind = "sqlite";
    subject.argument = "on-disk";
    CaseOptions options;
    options.promises = promises;
    if (!plan.empty()) options.plan = plan_of(plan);
    return run_case(subject, world, {operation}, options);
  }

  Scenario scenario_ = scenario_of({"CREATE TABLE t (id INTEGER PRIMARY KEY)"});
};

}  // namespace splitproof::harness
