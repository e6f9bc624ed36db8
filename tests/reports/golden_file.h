// Compares a rendered page with the approved one in tests/reports/golden.
//
// On a difference the page is kept in the temporary folder, so that a wanted change is approved by
// looking at it and copying it; no switch makes a test approve by itself.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace splitproof::reports {

std::string read_tree_file(const std::string& path_from_root);

testing::AssertionResult equals_golden(const std::string& page, const std::string& name);

}  // namespace splitproof::reports
