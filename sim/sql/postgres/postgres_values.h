// Parameters on their way to the server and values on their way back, both as text.
//
// It includes libpqxx, so only this folder may include it.
#pragma once

#include <pqxx/result>
#include <string>
#include <vector>

#include "sim/sql/rows.h"
#include "sim/sql/statement.h"

namespace splitproof::sim {

// Parameters as libpq wants them: C strings, a null pointer for NULL. The texts live here.
class ParameterTexts {
 public:
  explicit ParameterTexts(const std::vector<Value>& parameters);
  ParameterTexts(const ParameterTexts&) = delete;
  ParameterTexts& operator=(const ParameterTexts&) = delete;

  const std::vector<const char*>& pointers() const { return pointers_; }

 private:
  std::vector<std::string> texts_;
  std::vector<const char*> pointers_;
};

// True when some text has a zero byte, which PostgreSQL cannot hold and a C string would end at.
bool has_zero_byte(const Statement& statement);

Rows rows_of(const pqxx::result& result, StatementKind kind);

}  // namespace splitproof::sim
