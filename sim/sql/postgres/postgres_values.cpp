#include "sim/sql/postgres/postgres_values.h"

#include <algorithm>
#include <charconv>
#include <pqxx/field>
#include <pqxx/row>
#include <string_view>
#include <variant>

namespace splitproof::sim {
namespace {

// Type numbers that PostgreSQL has never changed (catalog pg_type).
constexpr pqxx::oid int8_oid = 20;
constexpr pqxx::oid int2_oid = 21;
constexpr pqxx::oid int4_oid = 23;
constexpr pqxx::oid float4_oid = 700;
constexpr pqxx::oid float8_oid = 701;

template <class Number>
Value parse(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Value value_of(const pqxx::field& field, pqxx::oid type) {
  if (field.is_null()) return Null{};
  const std::string_view text(field.c_str(), field.size());
  switch (type) {
    case int2_oid:
    case int4_oid:
    case int8_oid:
      return parse<std::int64_t>(text);
    case float4_oid:
    case float8_oid:
      return parse<double>(text);
    default:
      return std::string(text);
  }
}

}  // namespace

ParameterTexts::ParameterTexts(const std::vector<Value>& parameters) {
  texts_.reserve(parameters.size());
  pointers_.reserve(parameters.size());
  for (const Value& parameter : parameters) {
    texts_.push_back(to_string(parameter));
    const bool is_null = std::holds_alternative<Null>(parameter);
    pointers_.push_back(is_null ? nullptr : texts_.back().c_str());
  }
}

bool has_zero_byte(const Statement& statement) {
  const auto has_zero = [](const std::string& text) {
    return text.find('\0') != std::string::npos;
  };
  return has_zero(statement.text()) ||
         std::ranges::any_of(statement.parameters(), [&](const Value& parameter) {
           const auto* const text = std::get_if<std::string>(&parameter);
           return text != nullptr && has_zero(*text);
         });
}

Rows rows_of(const pqxx::result& result, StatementKind kind) {
  Rows rows;
  const pqxx::row_size_type width = result.columns();
  std::vector<pqxx::oid> types;
  for (pqxx::row_size_type column = 0; column < width; ++column) {
    rows.columns.emplace_back(result.column_name(column));
    types.push_back(result.column_type(column));
  }
  rows.rows.reserve(result.size());
  for (const pqxx::row& found : result) {
    Row row;
    row.reserve(width);
    for (pqxx::row_size_type column = 0; column < width; ++column) {
      row.push_back(value_of(found[column], types[column]));
    }
    rows.rows.push_back(std::move(row));
  }
  // The server counts the rows of a query in the same place.
  if (kind == StatementKind::write) {
    rows.affected = static_cast<std::int64_t>(result.affected_rows());
  }
  return rows;
}

}  // namespace splitproof::sim
