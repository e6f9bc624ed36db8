#include "sim/sql/postgres/connection_string.h"

#include <libpq-fe.h>

#include <memory>

namespace splitproof::sim {

std::map<std::string, std::string> parameters_in(const std::string& connection) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(connection.c_str(), nullptr), &PQconninfoFree);
  std::map<std::string, std::string> parameters;
  if (options == nullptr) return parameters;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) parameters[option->keyword] = option->val;
  }
  return parameters;
}

}  // namespace splitproof::sim
