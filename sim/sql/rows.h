// What a statement gave back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/sql/statement.h"

namespace splitproof::sim {

using Row = std::vector<Value>;

struct Rows {
  std::vector<std::string> columns;
  std::vector<Row> rows;
  // Rows inserted, updated or deleted; 0 for other statements.
  std::int64_t affected = 0;
};

}  // namespace splitproof::sim
