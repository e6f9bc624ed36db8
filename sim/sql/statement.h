// One SQL statement with its parameters and its kind.
//
// The kind is found once, from the first keywords, when the statement is made; nobody else parses
// SQL. Parameters are written $1, $2, … on both engines. A leading comment names the statement for
// people and survives on the wire: "/* save campaign metrics */ INSERT …".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace splitproof::sim {

struct Null {
  friend bool operator==(const Null&, const Null&) = default;
  friend auto operator<=>(const Null&, const Null&) = default;
};

using Value = std::variant<Null, std::int64_t, double, std::string>;

// Null is "NULL", text is itself, numbers are in decimal.
std::string to_string(const Value& value);

enum class StatementKind {
  begin,
  commit,
  rollback,
  savepoint,
  release,
  rollback_to,
  read,   // SELECT, VALUES, SHOW, EXPLAIN, PRAGMA: changes nothing by itself.
  write,  // Everything else, DDL included.
};

std::string_view to_string(StatementKind kind);

class Statement {
 public:
  // Not explicit: a literal is a statement, `session.execute("BEGIN")` reads as it should.
  Statement(std::string text, std::vector<Value> parameters = {});
  Statement(const char* text) : Statement(std::string(text)) {}
  // For whoever knows better than the first keywords: what several statements amount to that are
  // sent as one, or what is asked of no server.
  static Statement of_kind(StatementKind kind, std::string text,
                           std::vector<Value> parameters = {});

  const std::string& text() const { return text_; }
  const std::vector<Value>& parameters() const { return parameters_; }
  StatementKind kind() const { return kind_; }

  // The words of the leading comment, or else the SQL itself in one line of at most 60 characters.
  std::string name() const;

 private:
  std::string text_;
  std::vector<Value> parameters_;
  StatementKind kind_;
};

}  // namespace splitproof::sim
