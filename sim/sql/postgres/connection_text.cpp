#include "sim/sql/postgres/connection_text.h"

#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace splitproof::sim {
namespace {

std::string quoted(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

}  // namespace

Answer<ConnectionText> without_its_password(const std::string& connection) {
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(connection.c_str(), &problem), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> message(problem, &PQfreemem);
  if (options == nullptr) {
    return Error{ErrorKind::invalid, "", problem != nullptr ? problem : "memory ran out"};
  }
  ConnectionText text;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::string_view(option->keyword) == "password") {
      text.password = option->val;
    } else {
      text.connection += (text.connection.empty() ? "" : " ") + std::string(option->keyword) + "=" +
                         quoted(option->val);
    }
  }
  return text;
}

}  // namespace splitproof::sim
