#include "sim/sql/engine.h"

#include <string>

namespace splitproof::sim {
namespace {

std::string_view level_words(Isolation isolation) {
  switch (isolation) {
    case Isolation::read_committed:
      return "READ COMMITTED";
    case Isolation::repeatable_read:
      return "REPEATABLE READ";
    case Isolation::serializable:
      return "SERIALIZABLE";
  }
  return "";
}

}  // namespace

Statement begin_statement(Dialect dialect, Isolation isolation, Access access) {
  if (dialect == Dialect::sqlite) {
    const bool immediate = isolation == Isolation::serializable && access == Access::read_write;
    return immediate ? "BEGIN IMMEDIATE" : "BEGIN";
  }
  std::string text = "BEGIN ISOLATION LEVEL ";
  text += level_words(isolation);
  if (access == Access::read_only) text += " READ ONLY";
  return text;
}

}  // namespace splitproof::sim
